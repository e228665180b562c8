"""Rows of a list that have no page of their own: the list shows one alone, with what happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from django.http import Http404, QueryDict

from foundation.kernel.text import whole
from foundation.trail import selectors as trail


class Told(Protocol):
    """A row that the trail tells of."""

    @property
    def subject(self) -> str:
        """Return the name under which the trail knows the row."""
        ...


def asked(query: QueryDict) -> int | None:
    """Return the number of the row that an address asks for alone; None for the whole list."""
    return whole(query.get("of", ""))


def shown(of: int | None, rows: Sequence[Told]) -> dict[str, Any]:
    """Return what the part `ui/_alone.html` needs: the row's timeline; Http404 without the row."""
    if of is None:
        return {"of": None, "timeline": ()}
    if not rows:
        raise Http404
    return {"of": of, "timeline": trail.timeline(subject=rows[0].subject)}
