"""A line that is about to be, or was just, booked: whether it is what a rule of one line asks.

The night asks the same of the journal in SQL (`_vocabulary`); a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from foundation.kernel.calendar import local
from monitoring.rules._spec import Where

# Transactions that take another entry back (DOMAIN §4.1).
TAKE_BACK = ("1401", "1402")
# An account is young for so many days; of an older one the age is not asked.
YOUNG_DAYS, NO_ACCOUNT = 90, 100_000


@dataclass(frozen=True)
class Line:
    """What a journal line says by itself: `pays` where money leaves the account; fen."""

    institution_id: int
    at: datetime
    teller: str
    trade_code: str
    account: str
    counter_account: str
    pays: bool
    amount_fen: int
    voucher_no: str = ""
    subject: str = ""
    currency: str = "CNY"
    imported: bool = False
    reverses: bool = False

    @property
    def second(self) -> int:
        """Return the second of the day in Shanghai."""
        clock = local(self.at)
        return clock.hour * 3600 + clock.minute * 60 + clock.second

    @property
    def takes_back(self) -> bool:
        """Return whether the line takes another entry back."""
        return self.reverses or self.trade_code in TAKE_BACK

    def named(self, entity: str) -> str:
        """Return the account or the teller, whichever a rule of one line is about."""
        return self.account if entity == "account" else self.teller


@dataclass(frozen=True)
class Known:
    """What only the accounts tell of a line; an account that nobody knows is old."""

    own: bool = False
    of_staff: bool = False
    internal: bool = False
    age_days: int = NO_ACCOUNT


Says = Callable[[Line, Any], bool]
_SAID: Mapping[str, Says] = {
    "code": lambda line, codes: line.trade_code in codes,
    "code_not": lambda line, codes: line.trade_code not in codes,
    "amount_from": lambda line, fen: line.amount_fen >= fen,
    "amount_below": lambda line, fen: line.amount_fen < fen,
    "multiple_of": lambda line, fen: line.amount_fen % fen == 0,
    "outside": lambda line, span: not span[0] <= line.second < span[1],
    "inside": lambda line, span: span[0] <= line.second < span[1],
    "paid": lambda line, _none: line.pays,
    "received": lambda line, _none: not line.pays,
    "no_voucher": lambda line, _none: not line.voucher_no,
    "no_item": lambda line, _none: not line.subject,
    "reversal": lambda line, _none: line.takes_back,
    "foreign": lambda line, _none: line.currency != "CNY",
    "imported": lambda line, _none: line.imported,
    "no_counter": lambda line, _none: not line.counter_account,
}
_KNOWN: Mapping[str, Callable[[Known, Any], bool]] = {
    "own_account": lambda known, _none: known.own,
    "staff_account": lambda known, _none: known.of_staff,
    "internal": lambda known, _none: known.internal,
    "young": lambda known, days: known.age_days < days,
}
ASKED = frozenset(_SAID) | frozenset(_KNOWN)


def may_hold(where: Where, line: Line) -> bool:
    """Tell whether conditions hold as far as the line says by itself."""
    return all(_SAID[code](line, value) for code, value in where if code in _SAID)


def asks_accounts(where: Where) -> bool:
    """Tell whether conditions ask what only the accounts tell."""
    return any(code in _KNOWN for code, _value in where)


def hold(where: Where, line: Line, known: Known) -> bool:
    """Tell whether conditions hold of a line, all of them."""
    accounts = all(_KNOWN[code](known, value) for code, value in where if code in _KNOWN)
    return accounts and may_hold(where, line)
