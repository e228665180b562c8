"""How risky a customer is, rated by factors and two people; accounts frozen without a word of why.

DOMAIN §9.7: new customers are rated, ratings are reviewed, those of high risk at half-year.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step

LOW, MEDIUM, HIGH = 1, 2, 3
LEVELS: Mapping[int, str] = {LOW: "Low risk", MEDIUM: "Medium risk", HIGH: "High risk"}
MONTHS: Mapping[int, str] = {
    LOW: "aml.review_low_months",
    MEDIUM: "aml.review_medium_months",
    HIGH: "aml.review_high_months",
}
MEDIUM_FROM, HIGH_FROM = "aml.risk_medium_from", "aml.risk_high_from"
# For how long back what happened counts, and how long a customer is new.
BACK_DAYS, NEW_DAYS = 365, 90

PROPOSED, ACTIVE, DECLINED, REPLACED = "proposed", "active", "declined", "replaced"
RATING_FLOW = Flow(
    Step("approve", PROPOSED, ACTIVE),
    Step("decline", PROPOSED, DECLINED),
    Step("replace", ACTIVE, REPLACED),
)
PLACED, LIFTING, LIFTED = "placed", "lifting", "lifted"
FREEZE_FLOW = Flow(
    Step("place", PROPOSED, PLACED),
    Step("decline", PROPOSED, DECLINED),
    Step("ask_lifting", PLACED, LIFTING),
    Step("keep", LIFTING, PLACED),
    Step("lift", LIFTING, LIFTED),
)
FREEZE_OPEN = (PROPOSED, PLACED, LIFTING)
FREEZE_HOLDS = (PLACED, LIFTING)
# What everybody who sees the account reads of it: not why, and not who (decision 0217).
HOLD_REASON, HOLD_BY = "按规定控制", "system"


@dataclass(frozen=True)
class Factor:
    """One thing that makes a customer riskier, and the number that says by how many points."""

    code: str
    text: str
    number: str


FACTORS: Mapping[str, Factor] = {
    factor.code: factor
    for factor in (
        Factor("case", "A suspicious case was confirmed", "aml.risk_case"),
        Factor("hit", "True match with a list", "aml.risk_hit"),
        Factor("open", "A suspicious case is open", "aml.risk_open"),
        Factor("large", "Large values", "aml.risk_large"),
        Factor("foreign", "Large values in foreign money", "aml.risk_foreign"),
        Factor("new", "New customer", "aml.risk_new"),
    )
}
NUMBERS = (MEDIUM_FROM, HIGH_FROM, *(factor.number for factor in FACTORS.values()))


class NoSuchRating(Refused):
    """There is no such rating in sight."""

    code = "E6140"
    text = "There is no rating %(number)s."


class BelowTheRules(Refused):
    """A person may rate a customer higher than the factors do, never lower."""

    code = "E6141"
    text = "The factors of this customer come to a higher level than this."
    hint = "Rate the customer at that level, or higher with a reason."


class RatingWaits(Refused):
    """A customer has one rating at a time that waits for a decision."""

    code = "E6142"
    text = "A rating of this customer waits for its decision already."


class NoSuchFreeze(Refused):
    """There is no such freeze in sight."""

    code = "E6143"
    text = "There is no freeze %(number)s."


class FreezeOpen(Refused):
    """An account has one freeze of the desk at a time."""

    code = "E6144"
    text = "This account is frozen by the desk already, or asked to be."


class NoSuchCustomer(Refused):
    """The number is of no customer or account in sight."""

    code = "E6146"
    text = "There is no customer of this number."


@dataclass(frozen=True)
class Rated:
    """What the factors of a customer come to."""

    factors: tuple[str, ...]
    score: int
    level: int


def rate(factors: Collection[str], *, numbers: Mapping[str, int]) -> Rated:
    """Return score and level of a customer with these factors, by the numbers of the day."""
    named = tuple(code for code in FACTORS if code in factors)
    score = sum(numbers[FACTORS[code].number] for code in named)
    level = LOW
    if score >= numbers[HIGH_FROM]:
        level = HIGH
    elif score >= numbers[MEDIUM_FROM]:
        level = MEDIUM
    return Rated(named, score, level)


def to_hold(*, limit_fen: int | None, held_fen: int, available_fen: int) -> int:
    """Return how much more a freeze holds of what is available: all, or up to its amount."""
    most = available_fen if limit_fen is None else min(available_fen, limit_fen - held_fen)
    return max(0, most)


def check_level(level: int, *, by_rules: int) -> None:
    """Refuse a level below what the factors come to."""
    if level < by_rules:
        raise BelowTheRules(field="level")


def review_on(on: date, *, months: int) -> date:
    """Return the day so many months later; the month's last day where it has no such day."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    for day in (on.day, 30, 29, 28):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
