"""Entries of the register of blank vouchers, as tests meet them."""

from __future__ import annotations

from itertools import count
from typing import Any

from foundation.people.models import Institution, Staff
from monitoring.models import BlankRange
from monitoring.rules import blanks as rules
from tests.factories.people import DAY, NOON

_hundreds = count(1)


def said(place: Institution, by: Staff, **more: Any) -> BlankRange:
    """Say that a hundred numbers that nobody else has were sent to an outlet."""
    begins = next(_hundreds) * 100
    told: dict[str, Any] = {
        "layout": "slip", "fate": rules.OUTLET,
        "first": f"{begins:08}", "last": f"{begins + 99:08}",
    }  # fmt: skip
    row: BlankRange = BlankRange.objects.create(
        **{**told, **more}, institution=place, said_by=by, said_person=by.person, said_on=DAY,
        said_at=NOON,
    )  # fmt: skip
    return row


def accepted(row: BlankRange, by: Staff) -> BlankRange:
    """Let somebody accept an entry."""
    row.state, row.decided_by, row.decided_person, row.decided_at = (
        rules.ACCEPTED, by, by.person, NOON,
    )  # fmt: skip
    row.save(update_fields=["state", "decided_by", "decided_person", "decided_at"])
    return row


def given(place: Institution, by: Staff, keeper: Staff, **more: Any) -> BlankRange:
    """Give numbers to an outlet, or what else is said of them, accepted."""
    return accepted(said(place, by, **more), keeper)
