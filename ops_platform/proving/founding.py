"""The bank that every trial begins with: two outlets, two people at each, subjects, a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.db import connection

from foundation.people import services as people
from foundation.people.models import Institution, Staff

FIRST_DAY = date(2026, 11, 2)
AT = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
BY = "proof"
# Currency, side, customer's and outlet of the accounts that a trial begins with.
BEGIN = (("CNY", "2011", 0), ("CNY", "2011", 1), ("USD", "2011", 0), ("CNY", "1001", 0),
         ("CNY", "1001", 1), ("USD", "1001", 0), ("JPY", "1001", 1))  # fmt: skip


@dataclass(frozen=True)
class House:
    """The outlets' ids, and the two people who close the days of each."""

    places: tuple[int, ...]
    people: dict[int, tuple[Staff, Staff]]


def found() -> House:
    """Make the bank in a database that has nothing yet; it stays, what is tried in it does not."""
    with people.acting_as_system(reason="prove_ledger"):
        head = people.open_institution(number="11", name="Head", kind="head", parent=None)
        branch = people.open_institution(number="1101", name="Branch", kind="branch", parent=head)
        outlets = [
            people.open_institution(number=number, name=number, kind="outlet", parent=branch)
            for number in ("110101", "110102")
        ]
        with connection.cursor() as cursor:
            for month in (FIRST_DAY, date(2026, 12, 1), date(2027, 1, 1)):
                cursor.execute("SELECT ledger_month(%s)", [month])
        return House(tuple(outlet.pk for outlet in outlets), {one.pk: _two(one) for one in outlets})


def _two(outlet: Institution) -> tuple[Staff, Staff]:
    first, second = (
        Staff(
            number=f"{outlet.number}{place}",
            name=f"{outlet.number} {place}",
            institution=outlet,
            grade=3,
            person=UUID(int=outlet.pk * 10 + place, version=4),
        )
        for place in (1, 2)
    )
    for one in (first, second):
        one.save(force_insert=True)
    return first, second
