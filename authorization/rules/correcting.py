"""Taking a posting back: on its day it is cancelled (1401), later it is reversed (1402)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from authorization.rules._catalogue import TRADE_CODES
from authorization.rules._items import REJECTED, WITHDRAWN
from foundation.kernel.errors import Refused

SAME_DAY, LATER_DAY = "1401", "1402"
# How an item ends that has moved nothing.
OF_NO_EFFECT = (REJECTED, WITHDRAWN)
TAKES_BACK = tuple(code for code, trade in TRADE_CODES.items() if trade.takes_back)


class NothingToTakeBack(Refused):
    """The outlet posted no such item, or it is none that is taken back this way."""

    code = "E2125"
    text = "Item %(number)s is no posted item of this outlet that can be taken back."
    hint = "An opening is undone by closing the account; what was taken back is posted anew."


class AlreadyTakenBack(Refused):
    """Another item takes the same one back, or is about to."""

    code = "E2126"
    text = "Item %(number)s is taken back by %(by)s."
    hint = "Look at that item; withdraw it first if it is wrong."


class OtherCode(Refused):
    """The day of the posting asks for the other transaction."""

    code = "E2127"
    text = "What was posted on %(day)s is taken back by transaction %(needed)s."
    hint = "Open the form of that transaction; what was keyed here is not posted."


class OtherAmount(Refused):
    """The amount that was keyed is not that of the item."""

    code = "E2128"
    text = "The amount is not that of item %(number)s."
    hint = "A posting is taken back as a whole: look at the receipt and key its amount."


@dataclass(frozen=True)
class Parties:
    """Who pays and who is paid: accounts and names, empty for the outlet's cash.

    Without a payer's account `payer_name` is that of the customer who is paid.
    """

    payer_account: str
    payer_name: str
    payee_account: str
    payee_name: str


def turned(parties: Parties) -> Parties:
    """Return who pays and is paid when it is taken back."""
    if parties.payer_account and parties.payee_account:
        return Parties(
            parties.payee_account,
            parties.payee_name,
            parties.payer_account,
            parties.payer_name,
        )
    name = parties.payer_name
    paid = name if parties.payer_account else ""
    return Parties(parties.payee_account, name, parties.payer_account, paid)


def code_for(*, posted: date, today: date) -> str:
    """Return the transaction that takes back on one day what was posted on another."""
    return SAME_DAY if posted == today else LATER_DAY


def check(*, trade_code: str, number: str, posted: date, today: date) -> None:
    """Refuse the transaction of another day."""
    needed = code_for(posted=posted, today=today)
    if needed != trade_code:
        raise OtherCode(field="corrects", day=posted.isoformat(), needed=needed, number=number)
