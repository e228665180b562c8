"""Which business numbers exist, their type and unit, and how a text becomes their value."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from foundation.kernel.errors import Refused


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
    """The text is not a value of the number's type."""

    code = "E1504"
    text = "%(value)s is not a value of %(policy)s."


@dataclass(frozen=True)
class Number:
    """One business number: its code, type (int or Decimal), unit and meaning."""

    code: str
    kind: type[int | Decimal]
    unit: str
    meaning: str


NUMBERS: dict[str, Number] = {
    number.code: number
    for number in (
        Number("authorization.limit_fen.1002", int, "fen", "Cash withdrawal: authorization from"),
        Number("authorization.limit_fen.1101", int, "fen", "In-bank transfer: authorization from"),
        Number("authorization.lease_seconds", int, "s", "How long an authorizer holds an item"),
        Number("authorization.target_seconds", int, "s", "Handling time aimed at"),
        Number("monitoring.lease_seconds", int, "s", "How long an auditor holds a difference"),
        Number("worklist.priority_seconds", int, "s", "Waiting that a step of priority is worth"),
        Number("monitoring.same_confidence_min", int, "%", "Confidence from which a field agrees"),
        Number(
            "monitoring.differs_confidence_min", int, "%", "Confidence from which a field differs"
        ),
        Number("monitoring.wait_target_minutes", int, "min", "How long a difference may wait"),
        Number("authorization.wait_target_seconds", int, "s", "How long an item may wait"),
        Number("security.idle_minutes", int, "min", "Idle minutes before the screen locks"),
    )
}


def value_of(code: str, text: str) -> int | Decimal:
    """Return the typed value of a business number; refuse an unknown code or a bad text."""
    if code not in NUMBERS:
        raise UnknownPolicy(policy=code)
    try:
        return NUMBERS[code].kind(text)
    except ArithmeticError as error:
        raise BadValue(policy=code, value=text) from error
    except ValueError as error:
        raise BadValue(policy=code, value=text) from error
