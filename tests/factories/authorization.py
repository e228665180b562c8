"""Counter transactions for tests: an outlet with its till, customers with money, sent items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from PIL import Image, ImageDraw

from authorization import rules, services
from authorization.models import IdCheck, Request
from foundation.kernel import numbering
from foundation.kernel.money import Money
from foundation.ledger import rules as ledger_rules
from foundation.ledger import services as ledger
from foundation.ledger.models import Account
from foundation.people.models import Institution, Staff
from tests.factories import people

BY = "110001 陈明"
CUSTOMER = "何雨桐"
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


def deposit(at_counter: Counter, yuan: str = "1,000.00", **more: str) -> services.Order:
    """Return a cash deposit on the payer's account."""
    wanted = {
        "payee_account": at_counter.payer.number,
        "payee_name": at_counter.payer.name,
        "voucher_no": "0744719025",
    }
    return services.Order(trade_code="1001", amount=Money.parse(yuan), **(wanted | more))


def identity(shape: str = "001") -> str:
    """Return an identity number with these three digits before its check character.

    991 to 995 are answered by the simulated network with other than agreement.
    """
    return numbering.resident_id(region="119999", born=date(1990, 5, 17), serial=int(shape))


def checked(teller: Staff, name: str = CUSTOMER, shape: str = "001") -> IdCheck:
    """Let a teller ask the network about a customer."""
    return services.check_identity(name=name, number=identity(shape), teller=teller, at=people.NOON)


def opening(yuan: str = "100.00", *, shape: str = "001", **more: object) -> services.Order:
    """Return an order for an account with all three further products."""
    asked: dict[str, Any] = {
        "id_number": identity(shape),
        "mobile": "13800138000",
        "address": "北京市海淀区清河中街1号",
        "internet_bank": True,
        "sms_alert": True,
        "atm_daily": Money(2_000_000),
    }
    own = {name: more.pop(name) for name in [*more] if name in asked}
    usual: dict[str, Any] = {"voucher_no": "0744719026", "payee_name": CUSTOMER}
    return services.Order(
        trade_code="1202",
        amount=Money.parse(yuan),
        opening=services.OpeningOrder(**(asked | own)),
        **(usual | more),
    )


def attached(teller: Staff, *slots: str) -> UUID:
    """Return the key of a form that has its voucher image, or the images of these places."""
    key = uuid4()
    for slot in slots or ("voucher",):
        place = rules.SLOTS[slot]
        services.attach(
            key=key, teller=teller, data=image(), name="v.png", image_class=place.image_class,
            side=place.side, at=people.NOON,
        )  # fmt: skip
    return key


def sent(teller: Staff, order: services.Order) -> Request:
    """Send an order with its images."""
    slots = rules.slots_needed(rules.trade(order.trade_code))
    key = attached(teller, *(slot.code for slot in slots))
    return services.submit(key=key, order=order, teller=teller, at=people.NOON)
