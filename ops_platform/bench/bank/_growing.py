"""Makes 100,000 items out of the few that were played: planned here, written by `grow.sql`.

Nothing is switched off for it: every constraint, trigger and policy of the tables holds, and the
books still prove themselves afterwards (`verify_books`).
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import psycopg2

from foundation.kernel import numbering
from foundation.kernel.calendar import SHANGHAI
from foundation.kernel.money import Money
from foundation.ledger.models import Account
from foundation.people import services as people
from foundation.people.models import Staff, StaffRole
from monitoring.services import strays
from ops_platform.bench.bank._founding import DAYS

ITEMS = 100_000
CENTRE = "02"
SQL = Path(__file__).with_name("grow.sql")
# Of a hundred items so many came to this end; one in five is of today.
PAST = (("matched", 93), ("audited", 3), ("rejected", 3), ("withdrawn", 1))
TODAY = (
    ("matched", 84),
    ("open", 5),
    ("queued", 5),
    ("rejected", 3),
    ("unread", 1),
    ("returned", 1),
    ("withdrawn", 1),
)
TODAY_EVERY = 5
# Every so many items of today come from the outlet whose pages are measured.
BUSY_EVERY = 20
DAY_BEGINS, DAY_LENGTH = time(9), timedelta(hours=8)
SOFAR = timedelta(hours=6)
SERIALS_FROM = 100_000


@dataclass(frozen=True)
class Item:
    """One item that is to be there; the fields are the columns of the table `plan`."""

    n: int
    kind: str
    number: str
    key: UUID
    day: date
    at: datetime
    queue_ms: int
    view_ms: int
    institution_id: int
    teller_id: int
    decider_id: int
    auditor_id: int
    payer_id: int
    payee_id: int
    fen: int
    amount: str
    capitals: str
    voucher_no: str


@dataclass(frozen=True)
class Outlet:
    """An outlet with its teller and the accounts between which money goes round."""

    institution_id: int
    teller_id: int
    accounts: Sequence[int]


def grow(*, dsn: str, now: datetime) -> None:
    """Add the items to the bank that the process speaks to; `dsn` is its owner's address."""
    with people.acting_as_system(reason="bench"):
        outlets = _outlets()
        deciders, auditors = (_holders(role) for role in ("authorizer", "auditor"))
    plan = _table(_items(outlets, deciders, auditors, now=now))
    columns = ", ".join(field.name for field in fields(Item))
    link = psycopg2.connect(dsn)
    try:
        with link, link.cursor() as line:
            line.execute("SET LOCAL app.scope = '*'")
            tables, writing = SQL.read_text().split("-- The plan is here.\n")
            line.execute(tables)
            line.copy_expert(f"COPY plan ({columns}) FROM STDIN (FORMAT csv)", plan)
            line.execute(writing)
        link.autocommit = True
        with link.cursor() as line:
            line.execute("VACUUM (ANALYZE)")
    finally:
        link.close()
    with people.acting_as_system(reason="bench"):
        for back in range(1, DAYS + 1):
            strays.add_up(on=now.date() - timedelta(days=back))


def _items(
    outlets: Sequence[Outlet], deciders: Sequence[int], auditors: Sequence[int], *, now: datetime
) -> Iterator[Item]:
    random, rounds = Random("items of the bench"), Counter[int]()
    for n in range(1, ITEMS + 1):
        # The last fifth is today's, so that ids grow with time as they do in life.
        of_today = n > ITEMS - ITEMS // TODAY_EVERY
        busy = of_today and n % BUSY_EVERY == 0
        outlet = outlets[0] if busy else outlets[1 + n % (len(outlets) - 1)]
        turn = rounds[outlet.institution_id]
        rounds[outlet.institution_id] += 1
        at = _moment(n, now=now)
        fen = (210_000 + turn // len(outlet.accounts) % 40 * 1_000) * 100
        kinds, weights = zip(*(TODAY if of_today else PAST), strict=True)
        yield Item(
            n=n,
            kind=random.choices(kinds, weights)[0],
            number=numbering.item_number(centre=CENTRE, day=at.date(), serial=SERIALS_FROM + n),
            key=UUID(int=random.getrandbits(128), version=4),
            day=at.date(),
            at=at,
            queue_ms=900 + round(random.expovariate(1 / 6_000)),
            view_ms=round(random.lognormvariate(3.08, 0.5) * 1_000),
            institution_id=outlet.institution_id,
            teller_id=outlet.teller_id,
            decider_id=random.choice(deciders),
            auditor_id=random.choice(auditors),
            payer_id=outlet.accounts[turn % len(outlet.accounts)],
            payee_id=outlet.accounts[(turn + 1) % len(outlet.accounts)],
            fen=fen,
            amount=Money(fen).format(),
            capitals=Money(fen).capitals(),
            voucher_no=f"9{n:07}",
        )


def _moment(n: int, *, now: datetime) -> datetime:
    """Return when the item came: in order, over the days before and the hours until now."""
    past = ITEMS - ITEMS // TODAY_EVERY
    if n > past:
        midnight = datetime.combine(now.date(), time(0, 1), SHANGHAI)
        begins = max(midnight, now - SOFAR)
        return begins + (now - timedelta(minutes=3) - begins) * (n - past) / (ITEMS - past + 1)
    a_day = past // (DAYS - 1)
    day, place = divmod(n - 1, a_day)
    on = now.date() - timedelta(days=DAYS - 1 - day)
    return datetime.combine(on, DAY_BEGINS, SHANGHAI) + DAY_LENGTH * place / a_day


def _outlets() -> list[Outlet]:
    accounts: dict[int, list[int]] = {}
    persons = Account.objects.filter(chart__code="2011").order_by("id")
    for place, account in persons.values_list("institution_id", "id"):
        accounts.setdefault(place, []).append(account)
    tellers = StaffRole.objects.filter(role="teller").order_by("-staff__number")
    found = dict(tellers.values_list("staff__institution_id", "staff_id"))
    return [Outlet(place, found[place], accounts[place]) for place in sorted(accounts)]


def _holders(role: str) -> list[int]:
    held = StaffRole.objects.filter(role=role).order_by("staff__number")
    return list(Staff.objects.filter(id__in=held.values("staff_id")).values_list("id", flat=True))


def _table(items: Iterator[Item]) -> io.StringIO:
    text = io.StringIO()
    csv.writer(text).writerows(astuple(item) for item in items)
    text.seek(0)
    return text
