"""Long files: those of a person, and the rows that go into the next part of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from foundation.ledger import rules
from foundation.ledger.models import Export
from foundation.ledger.selectors._accounts import account
from foundation.ledger.selectors._history import full_statement, trial_accounts
from foundation.ledger.selectors._journal import JournalQuery, journal, journal_count
from foundation.people.models import Staff
from foundation.trail import selectors as trail
from foundation.trail.models import Event

SHOWN_MAX = 50


def exports(*, staff: Staff) -> Sequence[Export]:
    """Return the long files that a person asked for, the newest first."""
    return tuple(Export.objects.filter(staff=staff).order_by("-id")[:SHOWN_MAX])


def export(*, key: UUID, staff: Staff) -> Export:
    """Return a long file that the person asked for; refuse one that is unknown or another's."""
    found: Export | None = Export.objects.filter(key=key, staff=staff).first()
    if found is None:
        raise rules.NoSuchExport
    return found


def export_timeline(*, export: Export) -> Sequence[Event]:
    """Return what happened with a long file, newest first."""
    return trail.timeline(subject=export.subject)


def export_total(*, kind: str, asked: Mapping[str, Any]) -> int | None:
    """Return how many lines a long file will have, None where that is not known before."""
    if kind == rules.JOURNAL_FILE:
        return journal_count(query=_query(asked))
    if kind == rules.STATEMENT_FILE:
        return full_statement(**_span(asked), limit=1).legs
    return None


def export_rows(
    *, kind: str, asked: Mapping[str, Any], after: str, limit: int
) -> tuple[Sequence[Any], str]:
    """Return the rows after a place, as they can be seen now, and the place where they end."""
    rows: Sequence[Any]
    if kind == rules.JOURNAL_FILE:
        rows = journal(query=_query(asked), before=int(after) if after else None, limit=limit)
        return rows, str(rows[-1].pk) if rows else after
    if kind == rules.STATEMENT_FILE:
        rows = full_statement(**_span(asked), after=after, limit=limit).lines
        return rows, rows[-1].place if rows else after
    on = date.fromisoformat(asked["on"])
    facts = {name: asked[name] for name in ("chart_id", "places", "currency")}
    rows = trial_accounts(**facts, on=on, after=after, limit=limit)
    return rows, str(rows[-1].key) if rows else after


def _query(asked: Mapping[str, Any]) -> JournalQuery:
    days = {name: date.fromisoformat(asked[name]) for name in ("first", "last")}
    return JournalQuery(**{**asked, **days})


def _span(asked: Mapping[str, Any]) -> dict[str, Any]:
    days = {name: date.fromisoformat(asked[name]) for name in ("first", "last")}
    return {"account": account(number=asked["number"]), **days}
