"""Who looks at a counter transaction before it is posted, and may have people decide it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

LEVELS_AFTER_LOOK = 2


@dataclass(frozen=True)
class Attempt:
    """A round of a counter transaction before it is posted: what its journal line would say.

    `pays` where money leaves the account of the customer; amounts are fen.
    """

    subject: str
    attempt: int
    institution_id: int
    teller: str
    teller_person: UUID
    trade_code: str
    account: str
    counter_account: str
    pays: bool
    amount_fen: int
    voucher_no: str
    on: date
    at: datetime


Look = Callable[[Attempt], bool]
_looks: dict[str, Look] = {}


def add_look(code: str, look: Look) -> None:
    """Ask this too before a transaction is posted; the same code again takes the place.

    It answers whether two people are to decide, never refuses, and tells nobody at the counter why.
    """
    _looks[code] = look


def needs_look(attempt: Attempt) -> bool:
    """Return whether anybody wants two people to decide an attempt; all are asked."""
    wanted = [look(attempt) for look in _looks.values()]
    return any(wanted)
