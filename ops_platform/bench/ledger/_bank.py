"""A bank for the ledger's bench: 300 outlets, 10,000 customers, a hot account, and its history.

The history is written by `grow.sql` as the owner, set by set, with every guard of the tables in
force; the books prove themselves afterwards (`verify_books`).
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import psycopg2
from django.db import transaction
from django.utils import timezone

from foundation.ledger import services as ledger
from foundation.people import services as people
from foundation.people.models import Institution, Staff
from ops_platform.bench import databases

OUTLETS, CUSTOMERS = 300, 10_000
# Customers are numbered from here, without a check digit, so that a script can count them.
FIRST_NUMBER = 1_000_000_000_000_000_001
HOT, BUSY = FIRST_NUMBER + CUSTOMERS, FIRST_NUMBER + CUSTOMERS + 1
TELLER, SHARDS = "110001", 16
_SQL = Path(__file__).with_name("grow.sql")
_A_DAY = 50_000
_MONTHS = 12


def found(name: str) -> None:
    """Found the bank in a new database: outlets, one teller each, accounts, an open day."""
    databases.copy("bench_empty", name)
    databases.use(name)
    at = timezone.localtime()
    with people.acting_as_system(reason="bench"):
        place = people.open_institution
        head = place(number="11", name="总行", kind="head", parent=None)
        branch = place(number="1101", name="分行", kind="branch", parent=head)
        for number in range(OUTLETS):
            text = f"2{number:05}"
            outlet = place(number=text, name=f"{number}号网点", kind="outlet", parent=branch)
            ledger.open_day(institution_id=outlet.pk, on=at.date(), at=at, by=TELLER)
        Staff.objects.bulk_create(
            Staff(number=f"3{row.number[1:]}", name="行员", institution=row, grade=1)
            for row in Institution.objects.filter(kind="outlet").order_by("id")
        )
    with psycopg2.connect(databases.owner(name)) as link, link.cursor() as line:
        tables, _day = _parts()
        line.execute("SET LOCAL app.scope = '*'")
        line.execute(tables, {"first": FIRST_NUMBER, "customers": CUSTOMERS, "today": at.date()})
    link.close()
    with people.acting_as_system(reason="bench"), transaction.atomic():
        # As two people do it, or the books would say that nobody approved it.
        maker, checker = Staff.objects.filter(number__startswith="3").order_by("number")[:2]
        asked = ledger.propose_shards(
            number=str(HOT), shards=SHARDS, reason="bench", at=at, by=maker
        )
        ledger.decide_shards(request_id=asked.pk, approve=True, at=at, by=checker)


def grow(name: str, *, postings: int, after: int = 0) -> None:
    """Write so many postings of the past year, two an entry, after those that are there."""
    _tables, day = _parts()
    days = _days(timezone.localdate())
    link = psycopg2.connect(databases.owner(name))
    try:
        for place in range(after // 2, postings // 2, _A_DAY):
            on = days[place * len(days) // (20_000_000 // 2) if place else 0]
            with link, link.cursor() as line:
                line.execute("SET LOCAL app.scope = '*'")
                line.execute("SET LOCAL work_mem = '64MB'")
                # The guards look into the months by plans that are made once.
                line.execute("SET LOCAL plan_cache_mode = force_generic_plan")
                line.execute(day, {"from": place, "count": _A_DAY, "day": on})
        link.autocommit = True
        with link.cursor() as line:
            line.execute("VACUUM (ANALYZE)")
    finally:
        link.close()


def _days(today: date) -> list[date]:
    """Return the days of the past year on which something is posted, sixteen a month."""
    past = [today - timedelta(days=number) for number in range(_MONTHS * 30, 0, -1)]
    return [day for day in past if day.day <= 16]


def _parts() -> list[str]:
    return _SQL.read_text().split("-- One day of the past.\n")
