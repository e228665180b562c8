"""What the ledger decides without a row: its states, its legs, its numbers, and its refusals."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from foundation.kernel import numbering
from foundation.kernel.text import plain_cell
from foundation.ledger.rules._accounts import (
    ACCOUNT_FLOW,
    ACCOUNT_STEPS,
    ACTIVE,
    CLOSED,
    FROZEN,
    OPEN_ACCOUNT,
    STOP_PAYMENT,
    check_closable,
)
from foundation.ledger.rules._days import (
    DAY_CLOSED,
    DAY_CLOSING,
    DAY_FLOW,
    DAY_OPEN,
    DAY_SEALED,
    DAYS_AHEAD_MAX,
    DAYS_TOPIC,
    SIGNATURES,
    AskedAlready,
    Blocked,
    Blocker,
    DayCheck,
    DayTooFar,
    Found,
    NeedsReason,
    NoSuchDay,
    NotArchivable,
    NothingChosen,
    NothingToCarry,
    NotLatestDay,
    NotSealed,
    ReopenedBySame,
    SealChanged,
    SignedBySame,
    add_day_check,
    carried,
    check_archivable,
    check_sealable,
    day_checks,
    months_from,
)
from foundation.ledger.rules._exports import (
    ACCOUNTS_FILE,
    EXPORTS_TOPIC,
    JOURNAL_FILE,
    STATEMENT_FILE,
    ExportNotThere,
    NoSuchExport,
)
from foundation.ledger.rules._history import (
    STATEMENT_DAYS_MAX,
    DatePast,
    Movement,
    TooLong,
    check_span,
)
from foundation.ledger.rules._holds import (
    HOLD_EXPIRED,
    HOLD_FLOW,
    HOLD_HELD,
    HOLD_RELEASED,
    HOLD_STEPS,
    DecidedBySame,
    NoDocument,
    NotLater,
    NotPart,
    TwoNeeded,
)
from foundation.ledger.rules._hot import (
    SHARDS_MAX,
    HasFloor,
    NoSuchPlace,
    NoSuchProposal,
    NotInternal,
    OnePerson,
    SameShards,
    ShardsAsked,
    TooManyShards,
    check_spreadable,
)
from foundation.ledger.rules._importing import (
    BYTES_MAX,
    COLUMNS,
    LEFT,
    ROWS_MAX,
    TAKEN,
    UNKNOWN_INSTITUTION,
    ForeignLine,
    RowError,
    read_journal,
)
from foundation.ledger.rules._proposals import (
    BASE_CHART,
    CASH,
    CORPORATE,
    INTERBRANCH,
    PERSONAL,
    AccountThere,
    ChartNotYours,
    DecidesOwn,
    NoOwnAccount,
    NoSuchInstitution,
    NotOfTheBank,
    Subject,
    SubjectThere,
)
from foundation.ledger.rules._refusals import (
    BY_CODE,
    LEGS_MAX,
    AccountClosed,
    AccountFrozen,
    AlreadyReversed,
    Archived,
    BadLegs,
    BalanceLeft,
    DayClosed,
    DayNotOpened,
    DayPast,
    FileTooLarge,
    IsReversal,
    KeyReused,
    NoDayOpen,
    NoRows,
    NoSuchAccount,
    NoSuchEntry,
    NoSuchHold,
    NoSuchSubject,
    NotBalanced,
    NotCsv,
    NotEnough,
    NotPositive,
    NotYetOpen,
    OtherDayOpen,
    OtherInstitution,
    PaymentStopped,
    RowsWrong,
    TooManyLines,
    WrongHeader,
    refusal,
)

__all__ = [
    "ACCOUNTS_FILE",
    "ACCOUNT_FLOW",
    "ACCOUNT_STEPS",
    "ACTIVE",
    "BASE_CHART",
    "BYTES_MAX",
    "BY_CODE",
    "CASH",
    "CLOSED",
    "CNY",
    "COLUMNS",
    "CORPORATE",
    "CREDIT",
    "CUSTOMER",
    "DAYS_AHEAD_MAX",
    "DAYS_TOPIC",
    "DAY_CLOSED",
    "DAY_CLOSING",
    "DAY_FLOW",
    "DAY_OPEN",
    "DAY_SEALED",
    "DEBIT",
    "EXPORTS_TOPIC",
    "FEN_MAX",
    "FROZEN",
    "HOLD_EXPIRED",
    "HOLD_FLOW",
    "HOLD_HELD",
    "HOLD_RELEASED",
    "HOLD_STEPS",
    "IMPORTED",
    "INTERBRANCH",
    "INTERNAL",
    "JOURNAL_FILE",
    "KINDS",
    "LEFT",
    "LEGS_MAX",
    "OPEN_ACCOUNT",
    "OWN",
    "PERSONAL",
    "ROWS_MAX",
    "SHARDS_MAX",
    "SIDES",
    "SIGNATURES",
    "SOURCES",
    "STATEMENT_DAYS_MAX",
    "STATEMENT_FILE",
    "STOP_PAYMENT",
    "TAKEN",
    "UNKNOWN_INSTITUTION",
    "AccountClosed",
    "AccountFrozen",
    "AccountThere",
    "AlreadyReversed",
    "Archived",
    "AskedAlready",
    "BadLegs",
    "BalanceLeft",
    "Blocked",
    "Blocker",
    "ChartNotYours",
    "DatePast",
    "DayCheck",
    "DayClosed",
    "DayNotOpened",
    "DayPast",
    "DayTooFar",
    "DecidedBySame",
    "DecidesOwn",
    "ExportNotThere",
    "FileTooLarge",
    "ForeignLine",
    "Found",
    "HasFloor",
    "IsReversal",
    "KeyReused",
    "Leg",
    "Movement",
    "NeedsReason",
    "NoDayOpen",
    "NoDocument",
    "NoOwnAccount",
    "NoRows",
    "NoSuchAccount",
    "NoSuchDay",
    "NoSuchEntry",
    "NoSuchExport",
    "NoSuchHold",
    "NoSuchInstitution",
    "NoSuchPlace",
    "NoSuchProposal",
    "NoSuchSubject",
    "NotArchivable",
    "NotBalanced",
    "NotCsv",
    "NotEnough",
    "NotInternal",
    "NotLater",
    "NotLatestDay",
    "NotOfTheBank",
    "NotPart",
    "NotPositive",
    "NotSealed",
    "NotYetOpen",
    "NothingChosen",
    "NothingToCarry",
    "OnePerson",
    "Order",
    "OtherDayOpen",
    "OtherInstitution",
    "PaymentStopped",
    "ReopenedBySame",
    "RowError",
    "RowsWrong",
    "SameShards",
    "SealChanged",
    "ShardsAsked",
    "SignedBySame",
    "Subject",
    "SubjectThere",
    "TooLong",
    "TooManyLines",
    "TooManyShards",
    "TwoNeeded",
    "WrongHeader",
    "add_day_check",
    "carried",
    "check_archivable",
    "check_closable",
    "check_legs",
    "check_next_day",
    "check_sealable",
    "check_span",
    "check_spreadable",
    "day_checks",
    "day_of",
    "fingerprint",
    "ids_of",
    "months_from",
    "plain_cell",
    "read_journal",
    "refusal",
]

DEBIT, CREDIT = "debit", "credit"
SIDES = (DEBIT, CREDIT)
CUSTOMER, INTERNAL = "customer", "internal"
KINDS = (CUSTOMER, INTERNAL)
OWN, IMPORTED = "own", "import"
SOURCES = (OWN, IMPORTED)
CNY = "CNY"

FEN_MAX = 10**17
_IDS_A_DAY = 10**10
ACCOUNT_PREFIX, SERIALS, SPREAD = "10", 10**16, 7_264_395_810_728_613


def account_number(*, serial: int) -> str:
    """Return the number of the account opened as the serial-th: 19 digits, the last a check digit.

    Neighbouring serials are spread over all digits: the numbers of neighbours cannot be taken for
    one another, and no long run of zeros has to be keyed or read. The factor shares no divisor
    with ten, so that each serial has a number of its own.
    """
    return numbering.account_number(prefix=ACCOUNT_PREFIX, serial=serial * SPREAD % SERIALS)


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of an entry: an account's number, and fen: a debit positive, a credit negative."""

    account: str
    fen: int

    def __post_init__(self) -> None:
        if type(self.fen) is not int:
            raise TypeError(f"a leg is a whole number of fen, not {self.fen!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be posted as one entry; the same key posts once, with the same content only.

    The journal line speaks of the first leg; its counter-account is the second leg's, or the one
    given. `value_date` is from when the money counts, the business date if not given.
    """

    key: str
    institution_id: int
    legs: Sequence[Leg]
    trade_code: str
    teller: str
    business_date: date
    at: datetime
    voucher_no: str = ""
    counter_account: str = ""
    subject: str = ""
    note: str = ""
    value_date: date | None = None


def check_legs(legs: Sequence[Leg]) -> None:
    """Refuse too few or too many legs, and a leg of nothing or beyond all measure."""
    amounts = [abs(leg.fen) for leg in legs]
    if not 2 <= len(legs) <= LEGS_MAX or not all(0 < fen <= FEN_MAX for fen in amounts):
        raise BadLegs(most=LEGS_MAX)


def check_next_day(*, last: date | None, last_state: str, new: date, today: date) -> None:
    """Refuse a day not after the last one or too far on, or while the last one is not closed."""
    if last is None:
        return
    if last_state != DAY_CLOSED and last != new:
        raise OtherDayOpen(day=last)
    if new <= last:
        raise DayPast(day=new, field="on")
    until = max(last, today) + timedelta(days=DAYS_AHEAD_MAX)
    if new > until:
        raise DayTooFar(day=new, until=until, field="on")


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
