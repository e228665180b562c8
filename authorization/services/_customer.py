"""Who stands at the counter: the order, the account it is about, and the identity behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localdate

from authorization import rules, selectors
from authorization.models import IdCheck, Opening, Request
from foundation.kernel.money import Money
from foundation.ledger import selectors as ledger
from foundation.policy import selectors as policy

# What of an opening a teller may change when it was sent back.
OPENING = (
    "id_masked", "id_hash", "id_sealed", "mobile", "address", "internet_bank", "sms_alert",
    "atm_daily_fen",
)  # fmt: skip
ACTIVE = "active"


@dataclass(frozen=True)
class OpeningOrder:
    """What an opening asks for beside name and first deposit; without a limit no machines."""

    id_number: str
    mobile: str
    address: str
    internet_bank: bool = False
    sms_alert: bool = False
    atm_daily: Money | None = None


@dataclass(frozen=True)
class Order:
    """What a teller typed, cleaned: accounts bare, amount in fen; who opens one is the payee.

    What takes an item back names it by `corrects`; whose accounts these are is the item's to say.
    """

    trade_code: str
    amount: Money
    voucher_no: str
    payer_account: str = ""
    payee_account: str = ""
    payee_name: str = ""
    purpose: str = ""
    by_agent: bool = False
    manual_id: bool = False
    opening: OpeningOrder | None = None
    corrects: str = ""


def customer_of(*, order: Order, trade: rules.TradeCode) -> ledger.Holder:
    """Return the customer whose account it is; refuse paying oneself and a name it has not."""
    if trade.opens:
        return ledger.Holder(name=order.payee_name, state=ACTIVE)
    if trade.needs_payee and order.payer_account == order.payee_account:
        raise rules.SameAccount(field="payee_account")
    customer = ledger.holder(number=order.payer_account or order.payee_account)
    if trade.needs_payee and not ledger.is_held_by(
        number=order.payee_account, name=order.payee_name
    ):
        raise rules.NameDiffers(field="payee_name")
    return customer


def opening_of(*, request: Request, order: Order) -> Opening:
    """Return the fields of an opening as they are to be kept; refuse too high a limit."""
    asked = order.opening
    assert asked is not None, "who opens an account says for whom"
    _check_limit(request, asked.atm_daily)
    opening = selectors.opening(request=request) or Opening(institution=request.institution)
    opening.keep_number(asked.id_number, about=str(request.key))
    opening.mobile, opening.address = asked.mobile, asked.address
    opening.internet_bank, opening.sms_alert = asked.internet_bank, asked.sms_alert
    opening.atm_daily_fen = asked.atm_daily.fen if asked.atm_daily else None
    return opening


def identified(*, request: Request, opening: Opening | None, at: datetime) -> IdCheck | None:
    """Return the check of the customer's identity that an item is sent with.

    Where the teller has asked the network about this customer in the last minutes, its latest
    answer counts, and one that does not let the item go on refuses it. An opening needs one.
    """
    check = selectors.fresh_check(
        teller=request.teller,
        name=request.payer_name,
        id_hash=opening.id_hash if opening else "",
        at=at,
    )
    if check is not None:
        rules.check_identity(check.result, manual_id=request.manual_id)
    elif opening is not None:
        raise rules.IdentityNotChecked(field="id_number")
    return check


def _check_limit(request: Request, daily: Money | None) -> None:
    if daily is None:
        return
    most = policy.whole(
        code="authorization.atm_daily_most_fen",
        on=localdate(request.created_at),
        institution_id=request.institution_id,
    )
    if daily.fen > most:
        raise rules.DailyLimitTooHigh(most=str(Money(most)), field="atm_daily")
