"""Sets of the automatic tier for tests, and what they said."""

from __future__ import annotations

from datetime import date

from authorization.models import Request, TierSet, TierVerdict
from authorization.services import tier
from foundation.people.models import Staff
from tests.factories.people import NOON
from tests.factories.rules import LONG_AGO

LINES = (
    "reject A07: amount_differs 95",
    "human: amount_from 100,000.00",
    "pass: code 1002 1101; read_equal 90; accounts_active; voucher_unused",
)


def in_force(by: Staff, approved_by: Staff, *lines: str, valid_from: date = LONG_AGO) -> TierSet:
    """Put a set in force since long ago."""
    made: TierSet = TierSet.objects.create(
        lines=list(lines or LINES),
        valid_from=valid_from,
        reason="起始",
        proposed_by=by,
        proposed_at=NOON,
        approved_by=approved_by,
        approved_at=NOON,
    )
    return made


def judged(item: Request, by: Staff, approved_by: Staff) -> TierVerdict:
    """Judge an item by a set of its own."""
    in_force(by, approved_by)
    made = tier.judge(number=item.number, at=NOON)
    assert made is not None
    return made
