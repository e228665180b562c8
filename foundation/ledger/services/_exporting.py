"""Letting lines of the journal leave the house: counted, and told on the trail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from foundation.ledger import rules, selectors
from foundation.ledger.models import JournalLine
from foundation.ledger.selectors import JournalQuery
from foundation.trail import services as trail

EXPORT_MAX = 10_000


def export_journal(
    *, query: JournalQuery, institution_id: int, kind: str, at: datetime, by: str
) -> Sequence[JournalLine]:
    """Return the lines that fit, for a file; refuse more than a file is made for."""
    lines = selectors.journal(query=query, limit=EXPORT_MAX + 1)
    if len(lines) > EXPORT_MAX:
        raise rules.TooManyLines(most=EXPORT_MAX)
    trail.record(
        institution_id=institution_id,
        actor=by,
        action="ledger.export_journal",
        subject=f"ledger.journal:{query.first}/{query.last}",
        at=at,
        detail={"kind": kind, "lines": len(lines)},
    )
    return lines
