"""An outlet of the demo that was cut off the day before: its slips of paper, keyed in today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from authorization import services as authorization
from authorization.rules import offline as rules
from authorization.services import Order, offline
from foundation.kernel.money import Money
from foundation.people import services as people
from foundation.people.models import Institution, Staff
from ops_platform.demo import papers, readings
from ops_platform.demo.cases import WITHDRAWAL, Case, Customer
from ops_platform.demo.papers import Paper
from ops_platform.demo.play import Day

BOOK, FROM, MINUTES = 20, time(10, 40), 45
PRINTED = timedelta(hours=2)  # so long before the line broke
FIRST_SERIAL = 9_500
# One of them is entered; the other waits for a second person at the outlet.
AMOUNTS = (6_200_000, 5_600_000)


def play(
    *, day: Day, before: Day, staff: Mapping[str, Staff], places: Mapping[str, Institution],
    at: datetime,
) -> str:  # fmt: skip
    """Issue a book, declare the time by two people, key two slips and enter one; say so."""
    outlet = sorted(day.crew.tellers)[1]
    supervisor = next(
        one
        for one in staff.values()
        if one.institution_id == places[outlet].pk
        and one.roles.filter(role="outlet_supervisor").exists()
    )
    began = datetime.combine(before.on, FROM, at.tzinfo)
    with people.acting(staff=supervisor):
        book = offline.issue(count=BOOK, by=supervisor, at=began - PRINTED)
    with people.acting_as_system(reason="seed_demo"):
        numbers = list(book.slips.order_by("number").values_list("number", flat=True)[:2])
        row = offline.declare(
            institution=places[outlet], began_at=began,
            ended_at=began + timedelta(minutes=MINUTES), reason="专线中断，改用纸质业务单",
            by=staff["200010"], at=at,
        )  # fmt: skip
        offline.decide_period(period_id=row.pk, approve=True, by=staff["200011"], at=at)
    keyer, checker = day.crew.tellers[outlet][:2]
    for place, (number, fen) in enumerate(zip(numbers, AMOUNTS, strict=True), start=1):
        case = _case(before, outlet, began + timedelta(minutes=11 * place), place, fen)
        _key(before, case, number=number, decider=supervisor, keyer=keyer, at=at)
    with people.acting(staff=checker):
        request = offline.enter(number=numbers[0], by=checker, at=at)
    day.matched(request)
    return f"{outlet}: {len(numbers)} slips keyed after an outage, one entered"


def _case(day: Day, outlet: str, at: datetime, place: int, fen: int) -> Case:
    """Return a withdrawal by the outlet's customer with most: the first."""
    customers: list[Customer] = list(day.registry.customers)
    payer = next(at for at, one in enumerate(customers) if one.outlet == outlet)
    return Case(at, WITHDRAWAL, payer, fen, "wait", serial=FIRST_SERIAL + place)


def _key(day: Day, case: Case, *, number: str, decider: Staff, keyer: Staff, at: datetime) -> None:
    """Let a teller add the images of a slip and key what it says."""
    sheets = papers.sheets(case, registry=day.registry, on=day.on, seed=day.seed)
    for paper in papers.draw(sheets):
        _attach(paper, number, keyer, at)
    order = Order(
        trade_code=case.trade_code,
        amount=Money(case.amount_fen),
        payer_account=day.registry.accounts[case.payer],
        voucher_no=papers.voucher_no(case, day.on),
    )
    with people.acting(staff=keyer):
        offline.key(
            number=number, order=order, paper=rules.Paper(decider.pk, case.at), by=keyer, at=at
        )


def _attach(paper: Paper, number: str, keyer: Staff, at: datetime) -> None:
    with people.acting(staff=keyer):
        page = authorization.attach(
            key=rules.key_of(number), teller=keyer, data=paper.data,
            name=f"{paper.sheet.kind}-{number}.jpg", image_class=paper.sheet.image_class, at=at,
        )  # fmt: skip
    with people.acting_as_system(reason="demo reading"):
        readings.record(page_id=page.pk, paper=paper, at=at)
