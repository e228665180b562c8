"""Opens the books of the demo bank: subjects, tills, accounts, opening balances, days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from foundation.ledger import rules
from foundation.ledger import services as ledger
from foundation.ledger.models import Account, whole
from foundation.ledger.rules import CASH, CORPORATE, INTERBRANCH, PERSONAL, Leg
from foundation.people.models import Institution, Staff
from ops_platform.demo import house
from ops_platform.demo.cases import Customer

TILL_FEN = 800_000_000
OUTLETS_AN_ENTRY = 12
SHARDS = 4
BY = "system demo"


@dataclass(frozen=True)
class Books:
    """The account numbers: tills by outlet, customers' in the order of the customers."""

    tills: dict[str, str]
    accounts: list[str]


def open_books(
    *,
    places: dict[str, Institution],
    customers: Sequence[Customer],
    on: date,
    at: datetime,
) -> Books:
    """Open every account; the opening balances come in by balanced entries of the branch."""
    books = Books({}, [])
    legs: dict[str, list[Leg]] = {}
    busiest = ""
    for customer in customers:
        account = _open(
            places[customer.outlet],
            CORPORATE if customer.company else PERSONAL,
            customer.name,
            on,
            at,
            customer_number=customer.document_number,
        )
        books.accounts.append(account.number)
        leg = Leg(account.number, -customer.opening_fen)
        legs.setdefault(customer.outlet, []).append(leg)
    for outlet, brought in legs.items():
        place = places[outlet]
        till = _open(place, CASH, f"{place.name} 现金", on, at).number
        between = _open(place, INTERBRANCH, f"{place.name} 往来", on, at, overdraft=True).number
        owed = -sum(leg.fen for leg in brought)
        brought += [Leg(till, TILL_FEN), Leg(between, owed - TILL_FEN)]
        books.tills[outlet] = till
        busiest = busiest or between
    spread(number=busiest, at=at)
    _bring_in(places, list(legs.values()), on, at)
    return books


def known_customers(*, outlets: Sequence[str]) -> list[Customer]:
    """Return the customers of the outlets as an earlier seed opened their accounts."""
    rows = whole(Account.objects.filter(kind=rules.CUSTOMER, institution__number__in=outlets))
    rows = rows.exclude(customer_number="").select_related("institution", "chart")
    return [
        Customer(
            outlet=row.institution.number,
            name=row.name,
            company=row.chart.code == CORPORATE,
            opening_fen=row.balance_fen,
            document_number=row.customer_number,
        )
        for row in rows.order_by("id")
    ]


def known_books(*, customers: Sequence[Customer]) -> Books:
    """Return the books as an earlier seed opened them, for another simulated day."""
    numbers = dict(
        Account.objects.filter(kind=rules.CUSTOMER).values_list("customer_number", "number")
    )
    tills = Account.objects.filter(chart__code=CASH).order_by("id")
    return Books(
        dict(tills.values_list("institution__number", "number")),
        [numbers[customer.document_number] for customer in customers],
    )


def balances(*, books: Books) -> list[int]:
    """Return what each customer may pay out now, in the order of the customers."""
    rows = whole(Account.objects.filter(kind=rules.CUSTOMER))
    figures = rows.values_list("number", "balance_fen", "held_fen")
    found = {number: fen - held for number, fen, held in figures}
    return [found[number] for number in books.accounts]


def open_day(*, places: dict[str, Institution], on: date, at: datetime) -> None:
    """Open the business day everywhere; the day before is closed first."""
    for place in places.values():
        ledger.open_day(institution_id=place.pk, on=on, at=at, by=BY)


def spread(*, number: str, at: datetime) -> None:
    """Spread an account in which every outlet posts, by the two managers who close the days."""
    found = {row.number: row for row in Staff.objects.filter(number__in=house.CLOSERS)}
    first, second = (found[one] for one in house.CLOSERS)
    asked = ledger.propose_shards(
        number=number, shards=SHARDS, reason="开业高峰多网点同时记账，减少等待", at=at, by=first
    )
    ledger.decide_shards(request_id=asked.pk, approve=True, at=at, by=second)


def close_day(*, places: dict[str, Institution], on: date, at: datetime) -> None:
    """Close the business day everywhere, by two managers; what is open is carried forward."""
    found = {row.number: row for row in Staff.objects.filter(number__in=house.CLOSERS)}
    first, second = (found[number] for number in house.CLOSERS)
    for place in places.values():
        ledger.close_day(
            institution_id=place.pk, on=on, at=at, by=(first, second), reason="次日继续处理"
        )


def _bring_in(
    places: dict[str, Institution], brought: Sequence[Sequence[Leg]], on: date, at: datetime
) -> None:
    """Post the opening balances at the branch, some outlets to an entry."""
    branch = next(place for place in places.values() if place.kind == "branch")
    for first in range(0, len(brought), OUTLETS_AN_ENTRY):
        legs = [leg for outlet in brought[first : first + OUTLETS_AN_ENTRY] for leg in outlet]
        ledger.post(
            key=f"demo:opening:{first}",
            institution_id=branch.pk,
            legs=legs,
            trade_code="1404",
            teller="system",
            business_date=on,
            at=at,
            note="期初余额",
        )


def _open(
    place: Institution,
    subject: str,
    name: str,
    on: date,
    at: datetime,
    *,
    overdraft: bool = False,
    customer_number: str = "",
) -> Account:
    return ledger.open_account(
        institution_id=place.pk,
        subject_code=subject,
        name=name,
        on=on,
        at=at,
        by=BY,
        overdraft_allowed=overdraft,
        customer_number=customer_number,
    )
