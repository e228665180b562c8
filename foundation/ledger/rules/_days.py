"""The business day: its states, what may stand in the way of its close, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step

DAY_OPEN, DAY_CLOSING, DAY_SEALED, DAY_CLOSED = "open", "closing", "sealed", "closed"
DAY_FLOW = Flow(
    Step("begin_close", DAY_OPEN, DAY_CLOSING, "Begin to close the day"),
    Step("resume", DAY_CLOSING, DAY_OPEN, "Go on working"),
    Step("seal", DAY_CLOSING, DAY_SEALED, "Seal the day"),
    Step("close", DAY_SEALED, DAY_CLOSED, "Close the day"),
    Step("reopen", DAY_SEALED, DAY_OPEN, "Open the day again"),
    Step("reopen", DAY_CLOSED, DAY_OPEN, "Open the day again"),
)
SIGNATURES = 2
# The longest holidays are shorter; an institution that was shut for longer opens on today's date.
DAYS_AHEAD_MAX = 31


@dataclass(frozen=True, slots=True)
class Found:
    """How many things a check found open, and the address where they can be seen."""

    count: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class DayCheck:
    """One question asked before a day is closed; `find` takes the institution and the day.

    Rooms above say here what keeps a day from being closed; `title` is a message id.
    """

    code: str
    title: str
    find: Callable[[int, date], Found]


_checks: dict[str, DayCheck] = {}


def add_day_check(check: DayCheck) -> None:
    """Ask this question too before a day is closed; the same code again takes the place."""
    _checks[check.code] = check


def day_checks() -> Sequence[DayCheck]:
    """Return every question, in the order in which they were added."""
    return tuple(_checks.values())


@dataclass(frozen=True, slots=True)
class Blocker:
    """What one question found, and how much of it a person carries forward."""

    code: str
    title: str
    count: int
    address: str
    carried: int
    reason: str
    by: str

    @property
    def stands(self) -> bool:
        """Whether it keeps the day from being sealed: found, and not all of it carried."""
        return self.count > self.carried


# Of pages that show where days stand.
DAYS_TOPIC = "ledger.days"


class Blocked(Refused):
    """Something is open that nobody carries forward."""

    code = "E4040"
    text = "The day cannot be sealed: %(count)s checks found something that is still open."
    hint = "Finish it, or carry it forward with a reason."


class NothingToCarry(Refused):
    """The check found nothing open, or no such check is made."""

    code = "E4041"
    text = "There is nothing open to be carried forward here."
    hint = "Load the page again."


class SignedBySame(Refused):
    """One human signs once, under whatever number."""

    code = "E4042"
    text = "You have signed this report already; somebody else signs now."


class SealChanged(Refused):
    """What was shown is not what would be signed."""

    code = "E4043"
    text = "The report was sealed anew since you opened it."
    hint = "Load the page again and read it before you sign."


class NotSealed(Refused):
    """The day has no seal in force."""

    code = "E4044"
    text = "The business day %(day)s is not sealed."


class NotLatestDay(Refused):
    """A later day was opened."""

    code = "E4045"
    text = "The business day %(day)s is not the latest of the institution."
    hint = "Only the latest day can be opened again, before the next one is opened."


class ReopenedBySame(Refused):
    """Who asks for a day to be opened again does not decide about it."""

    code = "E4046"
    text = "You asked for this yourself; somebody else decides."


class NoSuchDay(Refused):
    """There is no such business day in sight."""

    code = "E4047"
    text = "There is no such business day."


class AskedAlready(Refused):
    """A reopening of the day waits for its decision, or was decided."""

    code = "E4048"
    text = "This is asked or decided already."
    hint = "Load the page again."


class NeedsReason(Refused):
    """The step is taken with a reason, and none was given."""

    code = "E4049"
    text = "Say why, in at most 200 characters."


class NothingChosen(Refused):
    """Nothing of what was shown was chosen, or it is not as it was shown any more."""

    code = "E4070"
    text = "Nothing was chosen, or it changed since you opened the page."
    hint = "Load the page again."


class DayTooFar(Refused):
    """So far ahead that the day was mistyped: nothing could be opened before it any more."""

    code = "E4082"
    text = "The business day %(day)s is too far ahead; %(until)s is the last that may be opened."


class NotArchivable(Refused):
    """Not the earliest month, or one of which a day may still be opened again."""

    code = "E4081"
    text = "The month %(month)s stays in the books."
    hint = "Months leave in their order, once a later day is closed everywhere."


def check_archivable(*, month: date, earliest: date | None, closed: date | None) -> None:
    """Refuse a month that is not the earliest, or that is not followed by a day closed for good."""
    following = months_from(month, 2)[1]
    if month.day != 1 or month != earliest or closed is None or closed < following:
        raise NotArchivable(month=f"{month:%Y-%m}")


def months_from(on: date, count: int) -> Sequence[date]:
    """Return the first days of so many months, from the one that the day is in."""
    first = on.year * 12 + on.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(first, first + count)]


def check_sealable(blockers: Sequence[Blocker]) -> None:
    """Refuse while something is open that nobody carries forward."""
    standing = sum(blocker.stands for blocker in blockers)
    if standing:
        raise Blocked(count=standing)


def carried(blockers: Sequence[Blocker]) -> list[Mapping[str, object]]:
    """Return what is carried forward, as the seal keeps it."""
    return [
        {"check": one.code, "count": one.count, "reason": one.reason, "by": one.by}
        for one in blockers
        if one.count
    ]
