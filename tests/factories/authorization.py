"""Counter transactions for tests: an outlet with its till, customers with money, sent items."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from itertools import count
from uuid import UUID, uuid4

from PIL import Image, ImageDraw

from authorization import services
from authorization.models import Request
from foundation.kernel.money import Money
from foundation.ledger import rules as ledger_rules
from foundation.ledger import services as ledger
from foundation.ledger.models import Account
from foundation.people.models import Institution, Staff
from tests.factories import people

BY = "110001 陈明"
_drawn = count(1)


@dataclass(frozen=True)
class Counter:
    """An outlet open for business: its till, and two customers with 900,000.00 each."""

    outlet: Institution
    till: Account
    payer: Account
    payee: Account


def counter(bank: people.Branch) -> Counter:
    """Open the day and the accounts of the outlet; give its customers money."""
    ledger.define_subject(
        code="1001", name="Cash", normal_side=ledger_rules.DEBIT, kind=ledger_rules.INTERNAL
    )
    ledger.define_subject(
        code="2011", name="Deposits", normal_side=ledger_rules.CREDIT, kind=ledger_rules.CUSTOMER
    )
    for institution in (bank.head, bank.branch, bank.outlet, bank.sibling, bank.centre):
        open_day(institution)
    open_day(bank.sub_branch)
    made = Counter(
        outlet=bank.outlet,
        till=account(bank.outlet, "1001", "现金"),
        payer=account(bank.outlet, "2011", "张明远"),
        payee=account(bank.outlet, "2011", "刘慧"),
    )
    fund(made)
    return made


def open_day(institution: Institution) -> None:
    """Open the day of an institution."""
    ledger.open_day(institution_id=institution.pk, on=people.DAY, at=people.NOON, by=BY)


def fund(counter: Counter) -> None:
    """Give the customers of an outlet money, paid in as cash."""
    for customer in {counter.payer, counter.payee}:
        ledger.post(
            key=f"opening:{customer.number}",
            institution_id=counter.outlet.pk,
            legs=[
                ledger_rules.Leg(account=counter.till.number, fen=90_000_000),
                ledger_rules.Leg(account=customer.number, fen=-90_000_000),
            ],
            trade_code="1001",
            teller="110001",
            business_date=people.DAY,
            at=people.NOON,
        )


def account(institution: Institution, subject: str, name: str) -> Account:
    """Open an account."""
    return ledger.open_account(
        institution_id=institution.pk,
        subject_code=subject,
        name=name,
        on=people.DAY,
        at=people.NOON,
        by=BY,
    )


def image() -> bytes:
    """Draw a small image that no other is equal to."""
    number = next(_drawn)
    sheet = Image.new("RGB", (320, 200), "white")
    draw = ImageDraw.Draw(sheet)
    for place in range(16):
        if number >> place & 1:
            draw.rectangle((place * 20, 20, place * 20 + 14, 180), fill="black")
    buffer = BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()


def withdrawal(at_counter: Counter, yuan: str = "60,000.00", **more: str) -> services.Order:
    """Return a cash withdrawal, by default one that needs authorization."""
    wanted = {"payer_account": at_counter.payer.number, "voucher_no": "0744719023"}
    return services.Order(trade_code="1002", amount=Money.parse(yuan), **(wanted | more))


def transfer(at_counter: Counter, yuan: str = "1,000.00", **more: str) -> services.Order:
    """Return a transfer between the two customers."""
    wanted = {
        "payer_account": at_counter.payer.number,
        "payee_account": at_counter.payee.number,
        "payee_name": at_counter.payee.name,
        "voucher_no": "0744719024",
    }
    return services.Order(trade_code="1101", amount=Money.parse(yuan), **(wanted | more))


def attached(teller: Staff) -> UUID:
    """Return the key of a form that has its voucher image."""
    key = uuid4()
    services.attach(
        key=key, teller=teller, data=image(), name="v.png", image_class="voucher", at=people.NOON
    )
    return key


def sent(teller: Staff, order: services.Order) -> Request:
    """Send an order with its image."""
    return services.submit(key=attached(teller), order=order, teller=teller, at=people.NOON)
