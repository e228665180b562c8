"""Slips as tests meet them: issued straight into a state, or through the service."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from foundation.kernel.numbering import item_number
from foundation.people.models import Institution, Staff
from monitoring.models import Bulletin, Slip
from monitoring.rules import slips as rules
from monitoring.services import slips
from tests.factories.people import DAY, NOON

_serials = count(900_001)


def slip(place: Institution, by: Staff, *, kind: str = rules.ERROR) -> Slip:
    """Put a slip before any institution, whether it would take one or not; class 2 if graded."""
    graded = rules.KINDS[kind].graded
    row: Slip = Slip.objects.create(
        institution=place,
        number=item_number(centre=rules.CENTRE, day=DAY, serial=next(_serials)),
        kind=kind,
        state=rules.KINDS[kind].flow.start,
        code="J201" if graded else "",
        error_class=2 if graded else None,
        text="金额与流水不符",
        issued_by=by,
        issued_label=by.label,
        issued_person=by.person,
        issued_at=NOON,
        issued_on=DAY,
        due_at=None if kind in (rules.HINT, rules.CASE) else NOON + timedelta(days=2),
    )
    return row


def issued(by: Staff, *, at: datetime = NOON, **said: Any) -> Slip:
    """Issue a slip of an error at the outlet, through the service."""
    told: dict[str, Any] = {"kind": rules.ERROR, "place": "110801", "text": "凭证金额与流水不符"}
    if rules.KINDS[said.get("kind", rules.ERROR)].graded:
        told["code"] = "J201"
    return slips.issue(draft=slips.Draft(**(told | said)), by=by, at=at)


def due(slip: Slip) -> datetime:
    """Return until when a slip is answered that has a clock."""
    assert slip.due_at is not None, "this kind has a clock"
    return slip.due_at


def bulletin(place: Institution) -> Bulletin:
    """Keep a bulletin of an institution without making its files."""
    version = Bulletin.objects.filter(institution=place).count() + 1
    row: Bulletin = Bulletin.objects.create(
        institution=place, month=DAY.replace(day=1), version=version, upto=DAY,
        facts={"errors": 1, "audited": 0, "errors_before": 0, "rate": None, "repeated": 0,
               "points": 3},
        pdf=b"%PDF-1.7", xlsx=b"PK", made_at=NOON,
    )  # fmt: skip
    return row
