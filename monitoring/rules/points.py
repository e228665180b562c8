"""The dictionary of errors, the points that they cost, and the score of an outlet (§5.5, §11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import NamedTuple

from monitoring import rules

CLASSES = (1, 2, 3, 4)
TEN_THOUSAND = 10_000
_TENTH, _HUNDREDTH = Decimal("0.1"), Decimal("0.01")
NUMBERS = {
    name: f"monitoring.score_{name}"
    for name in ("first_pass", "timeliness", "quality", "discipline", "taken_off")
}


@dataclass(frozen=True)
class ErrorCode:
    """One error of the dictionary; its class is dated and stands in the data."""

    code: str
    name: str


CODES: dict[str, ErrorCode] = {
    error.code: error
    for error in (
        ErrorCode("J101", "Stamp missing or not legible"),
        ErrorCode("J102", "Print missing or not legible"),
        ErrorCode("J103", "Attachment missing"),
        ErrorCode("J104", "Vouchers out of order"),
        ErrorCode("J105", "Vouchers handed over late"),
        ErrorCode("J201", "Amount of the voucher not that of the journal"),
        ErrorCode("J202", "Account of the voucher not that of the journal"),
        ErrorCode("J203", "Voucher number keyed wrong"),
        ErrorCode("J204", "Wrong kind of voucher"),
        ErrorCode("J205", "Customer's signature missing"),
        ErrorCode("J301", "No reviewer on site"),
        ErrorCode("J302", "Internal posting without a basis"),
        ErrorCode("J303", "Identity of the customer not checked"),
        ErrorCode("J304", "Voucher used twice"),
        ErrorCode("J305", "Seal not verified"),
        ErrorCode("J306", "Booked without a voucher"),
        ErrorCode("J307", "Voucher not booked"),
        ErrorCode("J401", "Wrong payee credited"),
        ErrorCode("J402", "Forged signature or seal"),
    )
}
# Which error an auditor's finding is, as the form proposes it.
OF_FINDING: Mapping[str, str] = {
    rules.AMOUNT_DIFF: "J201",
    rules.ACCOUNT_DIFF: "J202",
    rules.VOUCHER_DIFF: "J203",
    rules.UNREADABLE: "J102",
    rules.DUPLICATE_IMAGE: "J304",
    rules.IMAGE_MISSING: "J306",
    rules.JOURNAL_MISSING: "J307",
}


@dataclass(frozen=True)
class ClassFrom:
    """From a day on, an error is of a class; class 0 takes it out of the dictionary."""

    code: str
    valid_from: date
    error_class: int


@dataclass(frozen=True)
class Weights:
    """How much each part of an outlet's score is worth, and what a lapse of discipline costs."""

    first_pass: int
    timeliness: int
    quality: int
    discipline: int
    taken_off: int


class Counted(NamedTuple):
    """What is counted of an outlet in a month; each is a list of rows somewhere."""

    audited: int = 0
    matched: int = 0
    errors: int = 0
    gravest: int = 0
    points: int = 0
    clocked: int = 0
    late: int = 0
    repeated: int = 0
    rungs: int = 0


class Score(NamedTuple):
    """The parts of an outlet's score and their sum, to one place."""

    first_pass: Decimal
    timeliness: Decimal
    quality: Decimal
    discipline: Decimal

    @property
    def total(self) -> Decimal:
        """Return the sum of the parts."""
        return self.first_pass + self.timeliness + self.quality + self.discipline


def classes_on(rows: Sequence[ClassFrom], on: date) -> Mapping[str, int]:
    """Return the class of every error that is in the dictionary on a day."""
    begun = sorted((row for row in rows if row.valid_from <= on), key=lambda row: row.valid_from)
    latest = {row.code: row.error_class for row in begun}
    return {code: latest[code] for code in sorted(latest) if latest[code]}


def points(*, base: int, times: int, repeated: bool) -> int:
    """Return what an error costs: the points of its class, times so much when repeated."""
    return base * times if repeated else base


def error_rate(*, errors: int, audited: int) -> Decimal | None:
    """Return errors per ten thousand audited transactions, to two places; None without any."""
    if not audited:
        return None
    return _to(Decimal(errors * TEN_THOUSAND) / audited, _HUNDREDTH)


def percent(*, part: int, whole: int) -> Decimal | None:
    """Return a share in percent, to one place; None of nothing."""
    return _to(Decimal(part * 100) / whole, _TENTH) if whole else None


def score(counted: Counted, weights: Weights) -> Score:
    """Return an outlet's score of a month.

    First pass and timeliness are shares, full where nothing was counted; quality loses the points
    of its errors, and all with an error of class 4; discipline loses a fixed number for each
    repeated error and each rung of the ladder.
    """
    quality = 0
    if counted.gravest < CLASSES[-1]:
        quality = min(weights.quality, max(0, weights.quality - counted.points))
    lapses = (counted.repeated + counted.rungs) * weights.taken_off
    return Score(
        first_pass=_share(counted.matched, counted.audited, weights.first_pass),
        timeliness=_share(counted.clocked - counted.late, counted.clocked, weights.timeliness),
        quality=_tenths(quality * 10),
        discipline=_tenths(max(0, weights.discipline - lapses) * 10),
    )


def _share(part: int, whole: int, weight: int) -> Decimal:
    """Return the share of a weight to one place, half up; reckoned in twentieths, whole."""
    if not whole or part == whole:
        return _tenths(weight * 10)
    return _tenths((weight * part * 20 + whole) // (2 * whole))


@cache
def _tenths(number: int) -> Decimal:
    return Decimal(number).scaleb(-1)


def _to(value: Decimal, place: Decimal) -> Decimal:
    return value.quantize(place, ROUND_HALF_UP)
