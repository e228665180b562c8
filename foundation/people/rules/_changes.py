"""What may be done with an institution that there is: moved, renamed, closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from foundation.kernel.errors import Refused

MOVE, RENAME, CLOSE = "move", "rename", "close"
CHANGES = (MOVE, RENAME, CLOSE)


class ChangeWaits(Refused):
    """Another change of the institution waits to be decided."""

    code = "E1076"
    text = "A change of this institution is waiting already."
    hint = "Decide the waiting one first."


class NothingChanges(Refused):
    """The institution is so already."""

    code = "E1077"
    text = "The institution is called so, or stands there, already."


class InstitutionClosed(Refused):
    """The institution is closed."""

    code = "E1078"
    text = "The institution is closed."


class InstitutionInUse(Refused):
    """Somebody or something is still there."""

    code = "E1079"
    text = "The institution is still in use: %(found)s."


@dataclass(frozen=True, slots=True)
class ClosingCheck:
    """One question asked before an institution is closed; `count` takes the institution's id.

    Rooms above say here what keeps an institution from being closed; `title` is a message id.
    """

    code: str
    title: str
    count: Callable[[int], int]


_checks: dict[str, ClosingCheck] = {}


def add_closing_check(check: ClosingCheck) -> None:
    """Ask this question too before an institution is closed; the same code takes the place."""
    _checks[check.code] = check


def closing_checks() -> Sequence[ClosingCheck]:
    """Return every question, in the order in which they were added."""
    return tuple(_checks.values())
