"""What the ledger decides without a row: its states, its legs, its numbers, and its refusals."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step

DEBIT, CREDIT = "debit", "credit"
SIDES = (DEBIT, CREDIT)
CUSTOMER, INTERNAL = "customer", "internal"
KINDS = (CUSTOMER, INTERNAL)
OWN, IMPORTED = "own", "import"
SOURCES = (OWN, IMPORTED)
CNY = "CNY"

ACTIVE, STOP_PAYMENT, FROZEN, CLOSED = "active", "stop_payment", "frozen", "closed"
ACCOUNT_FLOW = Flow(
    Step("stop", ACTIVE, STOP_PAYMENT, "Stop payment"),
    Step("allow", STOP_PAYMENT, ACTIVE, "Allow payment again"),
    Step("freeze", ACTIVE, FROZEN, "Freeze"),
    Step("freeze", STOP_PAYMENT, FROZEN, "Freeze"),
    Step("unfreeze", FROZEN, ACTIVE, "Unfreeze"),
    Step("close", ACTIVE, CLOSED, "Close the account"),
)

DAY_OPEN, DAY_CLOSING, DAY_CLOSED = "open", "closing", "closed"
DAY_FLOW = Flow(
    Step("begin_close", DAY_OPEN, DAY_CLOSING, "Begin to close the day"),
    Step("resume", DAY_CLOSING, DAY_OPEN, "Go on working"),
    Step("close", DAY_CLOSING, DAY_CLOSED, "Close the day"),
)

LEGS_MAX = 200
FEN_MAX = 10**17
_IDS_A_DAY = 10**10


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of an entry: an account's number, and fen: a debit positive, a credit negative."""

    account: str
    fen: int

    def __post_init__(self) -> None:
        if type(self.fen) is not int:
            raise TypeError(f"a leg is a whole number of fen, not {self.fen!r}")


class KeyReused(Refused):
    """The key of an earlier posting comes again with another content."""

    code = "E4001"
    text = "This key was used before for another posting."
    hint = "Nothing was posted. Load the item again and look whether it is posted already."


class DayNotOpened(Refused):
    """The institution has no such business day."""

    code = "E4002"
    text = "The business day %(day)s is not open at this institution."
    hint = "Ask the operations supervisor to open the day."


class DayClosed(Refused):
    """The business day is closing or closed."""

    code = "E4003"
    text = "The business day %(day)s is closed."
    hint = "Post on the next business day."


class NoSuchAccount(Refused):
    """No account has the number, or none that the person may see."""

    code = "E4004"
    text = "There is no account %(account)s."
    hint = "Compare the number with the voucher."


class NotBalanced(Refused):
    """Debits and credits differ, in at least one currency."""

    code = "E4005"
    text = "Debits and credits in %(currency)s differ by %(fen)s fen."


class AccountClosed(Refused):
    """The account is closed."""

    code = "E4006"
    text = "The account %(account)s is closed."


class AccountFrozen(Refused):
    """The account is frozen: nothing in, nothing out."""

    code = "E4007"
    text = "The account %(account)s is frozen."
    hint = "Only the authority that had it frozen can have it released."


class PaymentStopped(Refused):
    """Payment out of the account is stopped."""

    code = "E4008"
    text = "Payment out of the account %(account)s is stopped."
    hint = "It may receive; the customer can ask for payment to be allowed again."


class NotEnough(Refused):
    """The account has less available than is to be paid or held."""

    code = "E4009"
    text = "The account %(account)s has not enough available."
    hint = "Held amounts are not available."


class AlreadyReversed(Refused):
    """The entry was reversed before."""

    code = "E4010"
    text = "The entry %(entry)s is reversed already."
    hint = "An entry is reversed once; post a new entry instead."


class NoSuchEntry(Refused):
    """No entry has the number, or none that the person may see."""

    code = "E4011"
    text = "There is no entry %(entry)s."


class IsReversal(Refused):
    """A reversal is not reversed itself."""

    code = "E4012"
    text = "The entry %(entry)s is a reversal and cannot be reversed."
    hint = "Post a new entry instead."


class BadLegs(Refused):
    """Fewer than two legs, too many, or a leg of nothing."""

    code = "E4013"
    text = "An entry has from two to %(most)s legs, none of them nothing."


class OtherInstitution(Refused):
    """The institution is not among those that the person works for."""

    code = "E4014"
    text = "Posting for this institution is not yours to do."


class NoSuchHold(Refused):
    """The hold is unknown or released already."""

    code = "E4015"
    text = "There is no such hold, or it is released already."


class BalanceLeft(Refused):
    """An account with money or holds is not closed."""

    code = "E4016"
    text = "The account %(account)s still has a balance or a hold."
    hint = "Pay the balance out and release the holds first."


class NoSuchSubject(Refused):
    """The chart of accounts has no such subject."""

    code = "E4017"
    text = "The chart of accounts has no subject %(subject)s."


class OtherDayOpen(Refused):
    """Another business day of the institution is not closed yet."""

    code = "E4018"
    text = "The business day %(day)s is not closed yet."
    hint = "Close it first."


class DayPast(Refused):
    """A day not after the last one cannot be opened."""

    code = "E4019"
    text = "The business day %(day)s is not after the last one."


class NotPositive(Refused):
    """An amount to hold is nothing or less."""

    code = "E4020"
    text = "The amount must be more than nothing."


class NoDayOpen(Refused):
    """No business day of the institution is open."""

    code = "E4021"
    text = "No business day is open at this institution."
    hint = "Ask the operations supervisor to open the day."


BY_CODE: Mapping[str, tuple[type[Refused], str]] = {
    "E4001": (KeyReused, ""),
    "E4002": (DayNotOpened, "day"),
    "E4003": (DayClosed, "day"),
    "E4004": (NoSuchAccount, "account"),
    "E4005": (NotBalanced, "currency fen"),
    "E4006": (AccountClosed, "account"),
    "E4007": (AccountFrozen, "account"),
    "E4008": (PaymentStopped, "account"),
    "E4009": (NotEnough, "account"),
    "E4010": (AlreadyReversed, "entry"),
    "E4011": (NoSuchEntry, "entry"),
    "E4012": (IsReversal, "entry"),
    "E4013": (BadLegs, ""),
    "E4014": (OtherInstitution, ""),
}


def refusal(code: str, detail: str) -> Refused:
    """Return the refusal that `ledger_post` answered: its code and the words that fill its text."""
    kind, names = BY_CODE[code]
    if kind is BadLegs:
        return BadLegs(most=LEGS_MAX)
    words = names.split()
    values = detail.split(" ", len(words) - 1) if words else []
    return kind(**dict(zip(words, values, strict=True)))


def check_legs(legs: Sequence[Leg]) -> None:
    """Refuse too few or too many legs, and a leg of nothing or beyond all measure."""
    amounts = [abs(leg.fen) for leg in legs]
    if not 2 <= len(legs) <= LEGS_MAX or not all(0 < fen <= FEN_MAX for fen in amounts):
        raise BadLegs(most=LEGS_MAX)


def check_closable(*, account: str, balance_fen: int, held_fen: int) -> None:
    """Refuse to close an account in which something is left."""
    if balance_fen or held_fen:
        raise BalanceLeft(account=account)


def check_next_day(*, last: date | None, last_state: str, new: date) -> None:
    """Refuse a day that is not after the last one, or while the last one is not closed."""
    if last is None:
        return
    if last_state != DAY_CLOSED and last != new:
        raise OtherDayOpen(day=last)
    if new <= last:
        raise DayPast(day=new)


def fingerprint(content: Mapping[str, object]) -> bytes:
    """Return the hash of what is asked: the same key may come again only with the same one."""
    text = json.dumps(
        content, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str
    )
    return hashlib.sha256(text.encode()).digest()


def ids_of(first: date, last: date | None = None) -> tuple[int, int]:
    """Return the least and the greatest id that entries and journal lines of the days can have."""
    return _base(first), _base(last or first) + _IDS_A_DAY - 1


def day_of(number: int) -> date | None:
    """Return the business date that the id of an entry or a journal line says, if it says one."""
    year, rest = divmod(number // _IDS_A_DAY, 10_000)
    try:
        return date(2000 + year, *divmod(rest, 100))
    except (ValueError, OverflowError):
        return None


def _base(day: date) -> int:
    return int(f"{day:%y%m%d}") * _IDS_A_DAY
