"""The counter of a demo day: identities checked, accounts opened, cash paid in with its slip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from authorization import services as authorization
from authorization.models import IdCheck
from authorization.rules import MATCH, NETWORK_DOWN
from authorization.services import OpeningOrder, Order
from foundation.imaging import tasks as imaging_tasks
from foundation.kernel import numbering
from foundation.kernel.money import Money
from foundation.people import services as people
from foundation.people.models import Staff
from ops_platform.demo import cases, names, papers, readings
from ops_platform.demo.cases import Case, Hours
from ops_platform.demo.papers import Paper, Sheet
from ops_platform.demo.play import Day

OPEN, DEPOSIT, CHECK = "open", "deposit", "check"
OPENING = "1202"
# What happens in the course of a day: the digits by which the simulated network answers, if any.
PLAN = (
    (OPEN, "", ""), (CHECK, "992", ""), (DEPOSIT, "", ""), (OPEN, "994", ""), (CHECK, "991", ""),
    (DEPOSIT, "", ""), (OPEN, "", "mend"), (CHECK, "993", ""), (OPEN, "", "reject"),
)  # fmt: skip
BEFORE, LAST = timedelta(seconds=70), timedelta(minutes=20)
PRODUCTS = "个人网银　短信通知　自助转账"
FIRST_NUMBER = 9_000


@dataclass(frozen=True)
class Visit:
    """One customer at a counter: what for, when, and what becomes of it."""

    at: datetime
    kind: str
    shape: str
    ending: str
    serial: int


@dataclass(frozen=True)
class Newcomer:
    """Somebody who has no account yet."""

    name: str
    number: str
    mobile: str
    address: str


class Seat:
    """Plays the visits of a day between its other cases, in the order of time."""

    def __init__(self, day: Day, hours: Hours, *, waiting: bool) -> None:
        self.day = day
        self.random = Random(f"seat|{day.seed}|{day.on}")
        self.visits = _visits(hours, waiting=waiting)

    def until(self, at: datetime) -> None:
        """Play what is due by then."""
        while self.visits and self.visits[0].at <= at:
            visit = self.visits.pop(0)
            outlet = self.random.choice(sorted(self.day.crew.tellers))
            teller = self.random.choice(self.day.crew.tellers[outlet])
            if visit.kind == DEPOSIT:
                self._deposit(visit, teller, outlet)
            else:
                self._newcomer(visit, teller, outlet)

    def _newcomer(self, visit: Visit, teller: Staff, outlet: str) -> None:
        """Let somebody be checked, and open an account where that may go on."""
        who = self._drawn(visit, on=self.day.on)
        check = self._checked(who.name, who.number, teller, visit.at - BEFORE)
        if visit.kind != OPEN or check.result not in (MATCH, NETWORK_DOWN):
            return
        fen = self.random.randrange(1, 80) * 10_000
        fields = {
            "date": self.day.on, "amount_fen": fen, "name": who.name, "id_number": who.number,
            "mobile": who.mobile, "address": who.address, "products": PRODUCTS,
            "outlet": self.day.registry.outlets[outlet], "voucher_no": self._voucher(visit),
        }  # fmt: skip
        drawn = self._papers(visit, fields, ("opening", "id_card", "id_back", "photo"))
        order = Order(
            trade_code=OPENING,
            amount=Money(fen),
            voucher_no=self._voucher(visit),
            payee_name=who.name,
            manual_id=check.result == NETWORK_DOWN,
            opening=OpeningOrder(
                id_number=who.number,
                mobile=who.mobile,
                address=who.address,
                internet_bank=True,
                sms_alert=True,
                atm_daily=Money(2_000_000),
            ),
        )
        self._sent(visit, teller, order, drawn)

    def _deposit(self, visit: Visit, teller: Staff, outlet: str) -> None:
        """Let a customer of the outlet pay cash in, with the slip and after a check."""
        registry = self.day.registry
        places = [
            place
            for place, one in enumerate(registry.customers)
            if one.outlet == outlet and not one.company
        ]
        place = self.random.choice(places)
        who, fen = registry.customers[place], self.random.randrange(5, 400) * 10_000
        check = self._checked(who.name, who.document_number, teller, visit.at - BEFORE)
        if check.result not in (MATCH, NETWORK_DOWN):
            return
        fields = {
            "date": self.day.on, "amount_fen": fen, "name": who.name,
            "account": registry.accounts[place], "outlet": registry.outlets[outlet],
            "voucher_no": self._voucher(visit), "purpose": "工资收入",
        }  # fmt: skip
        order = Order(
            trade_code=cases.DEPOSIT,
            amount=Money(fen),
            voucher_no=self._voucher(visit),
            payee_account=registry.accounts[place],
            payee_name=who.name,
            purpose="工资收入",
            manual_id=check.result == NETWORK_DOWN,
        )
        self._sent(visit, teller, order, self._papers(visit, fields, ("deposit",)))

    def _sent(self, visit: Visit, teller: Staff, order: Order, drawn: list[Paper]) -> None:
        """Send an order with its images and let it be decided as the visit says."""
        key = UUID(int=self.random.getrandbits(128), version=4)
        for place, paper in enumerate(drawn):
            self._attached(visit, teller, key, paper, place)
        with people.acting(staff=teller):
            request = authorization.submit(key=key, order=order, teller=teller, at=visit.at)
        if visit.ending == "wait":
            return
        case = Case(
            at=visit.at, trade_code=order.trade_code, payer=-1, amount_fen=order.amount.fen,
            ending=visit.ending, view=timedelta(seconds=self.random.randrange(18, 60)),
            queue=timedelta(seconds=self.random.randrange(2, 12)),
            reason={"mend": "A06", "reject": "A24"}.get(visit.ending, ""),
        )  # fmt: skip
        if not request.posted_at:
            request = self.day.decided(case, request, teller)
        if visit.ending == "mend":
            assert request.decided_at is not None
            again = request.decided_at + timedelta(seconds=95)
            with people.acting(staff=teller):
                request = authorization.resubmit(
                    number=request.number, order=order, teller=teller, at=again
                )
            request = self.day.decided(case, request, teller)
        self.day.matched(request)

    def _attached(self, visit: Visit, teller: Staff, key: UUID, paper: Paper, place: int) -> None:
        with people.acting(staff=teller):
            page = authorization.attach(
                key=key,
                teller=teller,
                data=paper.data,
                name=f"{paper.sheet.kind}-{visit.serial}.jpg",
                image_class=paper.sheet.image_class,
                side=paper.sheet.side,
                at=visit.at - timedelta(seconds=30 - 5 * place),
            )
        with people.acting_as_system(reason="demo reading"):
            if visit.ending == "wait":
                effect = imaging_tasks.make_copies(page_id=page.pk)
                if effect is not None:
                    effect()
            else:
                readings.record(page_id=page.pk, paper=paper, at=visit.at)

    def _papers(
        self, visit: Visit, fields: dict[str, object], kinds: tuple[str, ...]
    ) -> list[Paper]:
        first = self.day.seed * 1_000_000 + self.day.on.toordinal() % 1_000 * 10_000
        seed = first + visit.serial * 10
        return papers.draw(
            [Sheet(kind, fields, seed + place, "clean") for place, kind in enumerate(kinds)]
        )

    def _checked(self, name: str, number: str, teller: Staff, at: datetime) -> IdCheck:
        with people.acting(staff=teller):
            return authorization.check_identity(name=name, number=number, teller=teller, at=at)

    def _voucher(self, visit: Visit) -> str:
        return f"{self.day.on:%m%d}{visit.serial:04}"

    def _drawn(self, visit: Visit, on: date) -> Newcomer:
        name, woman = names.person(self.random)
        born = on - timedelta(days=self.random.randrange(19 * 366, 70 * 365))
        serial = int(visit.shape or self.random.randrange(1, 400) * 2 + (0 if woman else 1))
        return Newcomer(
            name=name,
            number=numbering.resident_id(region=names.REGION, born=born, serial=serial),
            mobile=f"139{self.random.randrange(10**8):08}",
            address=f"示例市样张区演示路{self.random.randrange(1, 200)}号",
        )


def _visits(hours: Hours, *, waiting: bool) -> list[Visit]:
    """Spread the visits over the day; with something left waiting, the last is an opening."""
    span = hours.closes - LAST - hours.opens
    found = [
        Visit(
            hours.opens + span * (place + 1) / (len(PLAN) + 1), kind, shape,
            ending or "approve", FIRST_NUMBER + place,
        )
        for place, (kind, shape, ending) in enumerate(PLAN)
        if span > timedelta(hours=1)
    ]  # fmt: skip
    if waiting and found:
        at = hours.closes - timedelta(seconds=4)
        found.append(Visit(at, OPEN, "", "wait", FIRST_NUMBER + len(PLAN)))
    return found
