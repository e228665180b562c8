"""A bank small enough to read: two outlets, their cash, customers with money, an open day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from uuid import uuid4

from foundation.ledger import selectors, services
from foundation.ledger.models import Account, BusinessDay, DayClosing, Entry, Export, Hold
from foundation.ledger.rules import Leg
from foundation.people import services as people
from foundation.people.models import Institution, Staff
from tests.factories import people as people_factory

DAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
BY = "110001 陈明"
_keys = count(1)


@dataclass(frozen=True)
class Bank:
    """Two outlets of one branch, each with a till; the first has two customers."""

    branch: Institution
    outlet: Institution
    other: Institution
    till: Account
    other_till: Account
    payer: Account
    payee: Account
    far_payee: Account

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Return every account."""
        return (self.till, self.other_till, self.payer, self.payee, self.far_payee)


def account(institution: Institution, subject: str, name: str, **more: object) -> Account:
    """Open an account, on the day unless another is given."""
    facts = {"on": DAY, "at": NOON, "by": BY} | more
    return services.open_account(
        institution_id=institution.pk, subject_code=subject, name=name, **facts
    )


def bank(*, payer_fen: int = 100_000) -> Bank:
    """Make the bank, open the day at both outlets and give the payer money."""
    with people.acting_as_system(reason="factory"):
        open_place = people.open_institution
        head = open_place(number="11", name="总行", kind="head", parent=None)
        branch = open_place(number="1101", name="分行", kind="branch", parent=head)
        outlet = people.open_institution(
            number="110101", name="一网点", kind="outlet", parent=branch
        )
        other = people.open_institution(
            number="110102", name="二网点", kind="outlet", parent=branch
        )
        for place in (outlet, other):
            services.open_day(institution_id=place.pk, on=DAY, at=NOON, by=BY)
        made = Bank(
            branch=branch,
            outlet=outlet,
            other=other,
            till=account(outlet, "1001", "现金"),
            other_till=account(other, "1001", "现金"),
            payer=account(outlet, "2011", "李静"),
            payee=account(outlet, "2011", "王小明"),
            far_payee=account(other, "2011", "北京远方商贸有限公司"),
        )
        if payer_fen:
            pay(made, made.till, made.payer, payer_fen)
    return made


def pay(bank: Bank, debit: Account, credit: Account, fen: int, **more: object) -> Entry:
    """Post one entry at the bank's first outlet, inside the scope of the caller."""
    facts = {
        "key": f"factory-{next(_keys)}",
        "institution_id": bank.outlet.pk,
        "trade_code": "1404",
        "teller": "110001",
        "business_date": DAY,
        "at": NOON,
        **more,
    }
    return services.post(legs=[Leg(debit.number, fen), Leg(credit.number, -fen)], **facts)


def two(place: Institution, role: str = "outlet_supervisor") -> tuple[Staff, Staff]:
    """Hire two people who may close the day of a place."""
    hire = people_factory.staff
    return hire(place, role, name="陈明"), hire(place, role, name="周红")


def close_day(place: Institution, on: date = DAY, **more: object) -> None:
    """Close a day by two people; what is open is carried forward."""
    facts = {"at": NOON, "reason": "次日处理", "by": None, **more}
    facts["by"] = facts["by"] or two(place)
    services.close_day(institution_id=place.pk, on=on, **facts)


def sealed_and_reopened(place: Institution, on: date = DAY) -> DayClosing:
    """Seal the open day once and open it again, so that there is a report and the day goes on."""
    first, second = two(place)
    facts = {"institution_id": place.pk, "on": on, "at": NOON}
    services.begin_close(**facts, by=first)
    (day,) = BusinessDay.objects.filter(institution=place, date=on)
    for blocker in selectors.blockers(day=day):
        if blocker.stands:
            services.carry(**facts, by=first, check=blocker.code, reason="次日处理")
    closing = services.seal_day(**facts, by=first)
    services.ask_to_reopen(**facts, by=first, reason="补记")
    services.decide_reopening(**facts, by=second, approve=True)
    return closing


def judicial_hold(account: Account, fen: int = 100, **more: object) -> Hold:
    """Hold an amount for a competent authority."""
    facts = {"reason": "司法冻结", "at": NOON, "by": BY, "document_no": "京法冻字1号", **more}
    return services.place_hold(number=account.number, fen=fen, judicial=True, **facts)


def export(account: Account, by: Staff) -> Export:
    """Let somebody have asked for the statement of an account as a long file."""
    return services.ask_export(
        key=uuid4(), kind="statement", asked={"number": account.number}, title="对账单", at=NOON,
        by=by,
    )  # fmt: skip


def spread(account: Account, shards: int) -> None:
    """Let two managers spread an account over so many shards."""
    maker, checker = (
        people_factory.staff(account.institution, "outlet_supervisor") for _ in range(2)
    )
    asked = services.propose_shards(
        number=account.number, shards=shards, reason="r", at=NOON, by=maker
    )
    services.decide_shards(request_id=asked.pk, approve=True, at=NOON, by=checker)
