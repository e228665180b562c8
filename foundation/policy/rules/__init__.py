"""Which business numbers exist, their type and unit, and how a text becomes their value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from foundation.kernel.calendar import Span
from foundation.kernel.errors import Refused
from foundation.policy.rules._looks import OF_LOOKS
from foundation.policy.rules._numbers import (
    MOST,
    MOST_BY_UNIT,
    OFFICE_HOURS,
    Number,
    hours,
)
from foundation.policy.rules._numbers import NUMBERS as _NUMBERS

__all__ = [
    "APPROVED",
    "DECLINED",
    "MOST",
    "MOST_BY_UNIT",
    "NUMBERS",
    "OFFICE_HOURS",
    "WAITING",
    "AlreadyDecided",
    "BadValue",
    "NotSet",
    "NotYours",
    "Number",
    "SamePerson",
    "TooSoon",
    "UnknownPolicy",
    "check_day",
    "hours",
    "last_day_known",
    "value_of",
]

NUMBERS: dict[str, Number] = _NUMBERS | OF_LOOKS


class UnknownPolicy(Refused):
    """No business number has this code."""

    code = "E1501"
    text = "There is no business number %(policy)s."


class NotSet(Refused):
    """The business number has no value in force on the day."""

    code = "E1502"
    text = "The business number %(policy)s has no value in force on %(on)s."
    hint = "Ask the operations manager to propose one and the risk manager to approve it."


class SamePerson(Refused):
    """The proposer may not approve."""

    code = "E1503"
    text = "A business number is approved by another person than its proposer."


class BadValue(Refused):
    """The text is not a value of the number's type, or out of all bounds."""

    code = "E1504"
    text = "%(value)s is not a value of %(policy)s."
    hint = "Write a number, or hours as 09:00-12:00, 13:30-17:00."


class TooSoon(Refused):
    """A value may not change what has already been done by it."""

    code = "E1505"
    text = "A value counts from tomorrow at the earliest."


class NotYours(Refused):
    """The value would count where the proposer has no say."""

    code = "E1506"
    text = "A value of the whole bank is for the head office to change."
    hint = "Choose an institution of your own."


class AlreadyDecided(Refused):
    """Somebody has approved or declined the proposal."""

    code = "E1507"
    text = "The proposal is decided already."


WAITING, APPROVED, DECLINED = "waiting", "approved", "declined"


def value_of(code: str, text: str) -> int | Decimal | Sequence[Span]:
    """Return the typed value of a business number; refuse an unknown code or a bad text."""
    if code not in NUMBERS:
        raise UnknownPolicy(policy=code)
    number = NUMBERS[code]
    try:
        value = number.kind(text)
    except (ArithmeticError, ValueError) as error:
        raise BadValue(policy=code, value=text) from error
    if isinstance(value, int) and not 0 <= value <= MOST_BY_UNIT.get(number.unit, MOST):
        raise BadValue(policy=code, value=text)
    return value


def check_day(valid_from: date, *, today: date) -> None:
    """Refuse a value that would count for a day that has begun."""
    if valid_from <= today:
        raise TooSoon(field="valid_from")


def last_day_known(days: Iterable[date]) -> date | None:
    """Return the end of the last year of which special days are known."""
    years = [day.year for day in days]
    return date(max(years), 12, 31) if years else None
