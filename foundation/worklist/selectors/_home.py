"""What people hold: of their own house, which only an emergency lets them, and of which queue."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F

from foundation.people.models import Staff
from foundation.worklist import rules
from foundation.worklist.models import WorkItem


def held_at_home(*, queue: str, path: str) -> Sequence[int]:
    """Return the items that people of their own house hold, in and below a place of the tree."""
    rows = WorkItem.objects.filter(
        queue=queue,
        state=rules.HELD,
        institution__path__startswith=path,
        holder__institution=F("institution"),
    )
    return tuple(rows.order_by("id").values_list("id", flat=True))


def held_in(*, staff: Staff, queues: Sequence[str]) -> str:
    """Return the queue of these from which a person holds an item, or nothing."""
    rows = WorkItem.objects.filter(holder=staff, state=rules.HELD, queue__in=queues)
    found: str | None = rows.order_by("id").values_list("queue", flat=True).first()
    return found or ""
