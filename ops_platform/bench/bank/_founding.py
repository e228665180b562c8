"""A bank of 300 outlets whose books are open, and items of its first outlet by the services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from authorization.models import Request
from foundation.imaging import selectors as images
from foundation.imaging import services as imaging
from foundation.people import services as people
from foundation.people.models import Institution, Staff
from foundation.people.roles import IMAGES
from monitoring.services import strays
from ops_platform.demo import books, cases, days, house, papers, seed
from ops_platform.demo.cases import Case
from ops_platform.demo.papers import Registry
from ops_platform.demo.play import Day

OUTLETS, ACCOUNTS_EACH = 300, 4
# How far back the books go: so many days are there to lay items on.
DAYS = 9
RICH_FEN = 20_000_000_000
SEED = 7


@dataclass(frozen=True)
class Wanted:
    """A transfer that is to happen: how it ends, for how much, and what its voucher says."""

    ending: str
    fen: int
    shown_fen: int = 0
    reason: str = ""


# What stands behind every page of the small bank: one item matched, one that differs, one waiting.
FIRST = (
    Wanted("approve", 30_000_000),
    Wanted("approve", 40_000_000, shown_fen=49_000_000),
    Wanted("wait", 35_000_000),
)
# What a large bank has besides; they are played there only, to be multiplied.
MORE = (
    Wanted("reject", 31_000_000, reason="A24"),
    Wanted("return", 32_000_000, reason="A01"),
    Wanted("withdraw", 33_000_000),
)


def found(*, now: datetime) -> None:
    """Found the bank in an empty database: its house, its people, its books, its days."""
    today, first = now.date(), now.date() - timedelta(days=DAYS)
    with people.acting_as_system(reason="bench"):
        founded = today - seed.HOUSE_AGE
        places = seed.open_places(house.OUTLETS_MAX)
        staff = seed.enlist(
            places=places,
            outlet_count=house.OUTLETS_MAX,
            secret=people.first_password(),
            on=founded,
            at=now,
        )
        seed.set_policies(staff=staff, on=founded, at=now)
        _more_outlets(places, staff, on=founded)
        began = now - timedelta(days=DAYS)
        books.open_day(places=places, on=first, at=began)
        outlets = [number for number, place in places.items() if place.kind == "outlet"]
        customers = [
            replace(one, opening_fen=RICH_FEN)
            for one in cases.customers(outlets, seed=SEED, each=ACCOUNTS_EACH)
        ]
        books.open_books(places=places, customers=customers, on=first, at=began)
        books.close_day(places=places, on=first, at=began)
        books.open_day(places=places, on=today, at=now)


def play(wanted: Sequence[Wanted], *, on: date, at: datetime) -> None:
    """Let transfers happen at the first outlet as they would at its counter."""
    with people.acting_as_system(reason="bench"):
        places = {row.number: row for row in Institution.objects.order_by("id")}
        outlets = days.names_of(places)
        customers = books.known_customers(outlets=list(outlets))
        opened = books.known_books(customers=customers)
    registry = Registry(customers, opened.accounts, outlets)
    planned = [_case(one, at=at) for one in wanted]
    day = Day(
        on=on,
        seed=SEED,
        crew=days.crew_of(outlets=list(outlets)),
        books=opened,
        registry=registry,
        drawn={
            case.serial: papers.draw(papers.sheets(case, registry=registry, on=on, seed=SEED))
            for case in planned
        },
    )
    for case in planned:
        day.play(case)
    look_astray(day.crew.auditors[0], on=on, at=at)


def look_astray(auditor: Staff, *, on: date, at: datetime) -> None:
    """Let an auditor look at an image that nobody gave them, and the day be added up."""
    with people.acting_as_system(reason="bench"):
        page = images.pages(document_id=Request.objects.latest("id").document_id)[0]
        imaging.seen(page_id=page.pk, viewer=auditor, permissions=IMAGES, at=at)
        strays.add_up(on=on)


def _case(wanted: Wanted, *, at: datetime) -> Case:
    return Case(
        at=at - timedelta(minutes=10),
        trade_code=cases.TRANSFER,
        payer=0,
        payee=1,
        amount_fen=wanted.fen,
        shown_fen=wanted.shown_fen,
        ending=wanted.ending,
        queue=timedelta(seconds=6),
        view=timedelta(seconds=20),
        reason=wanted.reason,
        purpose="货款",
        serial=wanted.fen // 1_000_000,
    )


def _more_outlets(places: dict[str, Institution], staff: Mapping[str, Staff], *, on: date) -> None:
    """Open outlets below every sub-branch in turn until there are enough, each with a teller."""
    branches = [place for place in places.values() if place.kind == "sub_branch"]
    for place in range(OUTLETS - house.OUTLETS_MAX):
        above = branches[place % len(branches)]
        turn = 10 + place // len(branches)
        number = str(int(above.number) + turn)
        places[number] = people.open_institution(
            number=number, name=f"{above.name[:2]}{turn}号支行", kind="outlet", parent=above
        )
        teller = Staff.objects.create(
            number=f"23{place:04}", name="行员", institution=places[number], grade=1, is_demo=True
        )
        people.grant_role(
            staff=teller,
            role="teller",
            on=on,
            granted_by=staff["200002"],
            approved_by=staff["200004"],
        )
