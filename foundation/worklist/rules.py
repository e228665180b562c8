"""How an item waits, is held and ends, and how a job is tried; pure functions and refusals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from foundation.kernel.calendar import Calendar, CalendarEnds
from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step
from foundation.kernel.text import clean_text
from foundation.people.roles import Permission

WAITING, HELD, SUSPENDED, DONE, WITHDRAWN = "waiting", "held", "suspended", "done", "withdrawn"
OPEN = (WAITING, HELD, SUSPENDED)

FLOW = Flow(
    Step("claim", WAITING, HELD),
    Step("assign", WAITING, HELD),
    Step("assign", HELD, HELD),
    Step("release", HELD, WAITING),
    Step("take_back", HELD, WAITING),
    Step("expire", HELD, WAITING),
    Step("escalate", HELD, WAITING),
    Step("escalate", WAITING, WAITING),
    Step("finish", HELD, DONE),
    Step("finish", WAITING, DONE),
    Step("finish", SUSPENDED, DONE),
    Step("suspend", WAITING, SUSPENDED),
    Step("suspend", HELD, SUSPENDED),
    Step("resume", SUSPENDED, WAITING),
    Step("withdraw", WAITING, WITHDRAWN),
    Step("withdraw", SUSPENDED, WITHDRAWN),
)


@dataclass(frozen=True)
class Ending:
    """How a person's holding of an item ended, as it is shown."""

    text: str


ENDINGS = {
    "finished": Ending("Finished"),
    "released": Ending("Handed back"),
    "expired": Ending("The lease ran out"),
    "transferred": Ending("Given to another person"),
    "taken back": Ending("Taken back"),
    "suspended": Ending("Set aside"),
    "timed out": Ending("Not decided in time"),
    "passed up": Ending("Passed up to the leads"),
    "signed out": Ending("Signed out"),
}


@dataclass(frozen=True)
class Lack:
    """Why an item is not offered to a person, as it is shown."""

    text: str


NOT_OFFERED = {
    "role": Lack("No role for this queue"),
    "leads": Lack("It went up to the leads"),
    "skill": Lack("Skill or grade does not reach it yet"),
    "amount": Lack("The amount is above the limit of the grade"),
    "own": Lack("An own part in it"),
    "place": Lack("It is of an outlet where the person works or worked lately"),
    "pair_hour": Lack("Too many of the same teller's within the hour"),
    "pair_row": Lack("The last one was the same teller's, and others are free"),
    "fair": Lack("Somebody free has worked fewer seconds today"),
    "kept": Lack("It is kept for another person for some seconds"),
}
# What only says whose turn it is, and what a dispatcher may go past.
ONLY_TURNS = frozenset({"pair_row", "fair", "kept"})
# The strategy of old: one queue, of which a lot is drawn.
ONE_QUEUE = 2

READY, RUNNING, JOB_DONE, DEAD, DROPPED = "ready", "running", "done", "dead", "dropped"

JOB_FLOW = Flow(
    Step("claim", READY, RUNNING),
    Step("claim_expired", RUNNING, RUNNING),
    Step("finish", RUNNING, JOB_DONE),
    Step("fail", RUNNING, READY),
    Step("hand_back", RUNNING, READY),
    Step("give_up", RUNNING, DEAD),
    Step("revive", DEAD, READY),
    Step("drop", DEAD, DROPPED),
)
# How long a job of the next lower priority must have waited to go before this one.
JOB_STEP_SECONDS = 60
BACKOFF_FIRST = timedelta(seconds=2)
BACKOFF_MOST = timedelta(minutes=10)
_NOTHING = timedelta(0)


class LeaseLost(Refused):
    """The item went to somebody else, or back to the queue, before this was sent."""

    code = "E3001"
    text = "The item is no longer yours: its time ran out or it was taken back."
    hint = "Nothing was recorded. Take the next item."


class NotWaiting(Refused):
    """The step does not start from where the item stands."""

    code = "E3002"
    text = "The item is %(state)s now; this cannot be done with it."


class ReasonMissing(Refused):
    """Dispatching needs a reason."""

    code = "E3003"
    text = "Give a reason."


class NotQualified(Refused):
    """The person may not hold this item."""

    code = "E3004"
    text = (
        "%(person)s may not take this item: role, skill, grade, institution or an own part in it."
    )
    hint = "Choose somebody else."


class NoSuchItem(Refused):
    """No such item among what the person may see."""

    code = "E3005"
    text = "There is no such item in the queue."


class JobNotDead(Refused):
    """Only a job that failed for good is tried again, or given up, by hand."""

    code = "E3006"
    text = "Only a job that failed can be tried again or given up."


class NoSuchPerson(Refused):
    """No member of staff has the number."""

    code = "E3007"
    text = "Nobody has the number %(number)s."


class UntilPast(Refused):
    """An item is set aside until a moment to come."""

    code = "E3008"
    text = "The item can only be set aside until a moment to come."


@dataclass(frozen=True)
class Queue:
    """A queue as its centre describes it: its code, its name, and what its workers must hold.

    With `working_time` its clocks stand still outside working hours; without, somebody waits at a
    counter and every second counts. Who holds `leads` takes what others left or may not take.
    """

    code: str
    title: str
    permission: Permission
    working_time: bool = False
    leads: Permission | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of job: the dotted name of its task, its title, and the business numbers it obeys.

    `running_most` names how many run at once; `waiting_most` names how many may wait before the
    kinds that are `patient` wait too. Without a name, or while the number has no value, there is no
    such limit.
    """

    code: str
    title: str
    running_most: str = ""
    waiting_most: str = ""
    patient: bool = False


@dataclass(frozen=True)
class Limits:
    """What a claim must heed now: kinds with how many may run at once, and kinds that wait."""

    running_most: Mapping[str, int] = field(default_factory=dict)
    patient: Sequence[str] = ()
    patience_seconds: int = 0


NO_LIMITS = Limits()


@dataclass(frozen=True)
class Pressure:
    """A kind beside its limits: how many wait and run, counted up to the limit."""

    kind: Kind
    waiting: int
    waiting_most: int | None
    running: int
    running_most: int | None

    @property
    def crowded(self) -> bool:
        """Whether so many wait that patient kinds wait too."""
        return self.waiting_most is not None and self.waiting > self.waiting_most

    @property
    def full(self) -> bool:
        """Whether as many run as may."""
        return self.running_most is not None and self.running >= self.running_most


def limits(pressures: Iterable[Pressure], patience_seconds: int | None) -> Limits:
    """Return what claims must heed: patient kinds wait while any kind is crowded."""
    found = tuple(pressures)
    crowded = patience_seconds is not None and any(one.crowded for one in found)
    return Limits(
        running_most={
            one.kind.code: one.running_most for one in found if one.running_most is not None
        },
        patient=tuple(kind.code for kind in _kinds.values() if kind.patient) if crowded else (),
        patience_seconds=patience_seconds or 0,
    )


_queues: dict[str, Queue] = {}
_kinds: dict[str, Kind] = {}


def open_queue(queue: Queue) -> None:
    """Make a queue known by name; the assembly does so for every centre."""
    _queues[queue.code] = queue


def queues() -> Mapping[str, Queue]:
    """Return the known queues by their codes."""
    return MappingProxyType(_queues)


def name_kind(kind: Kind) -> None:
    """Make a kind of job known by name; the assembly does so for every task that is asked for."""
    _kinds[kind.code] = kind


def kinds() -> Mapping[str, Kind]:
    """Return the known kinds of jobs by their tasks' dotted names."""
    return MappingProxyType(_kinds)


def kind_of(code: str) -> Kind:
    """Return a kind of job; one that nobody named is called by its task's name."""
    return _kinds.get(code) or Kind(code, code)


def check_reason(reason: str) -> str:
    """Return the reason without blanks around it; refuse none, and text that deceives."""
    plain = clean_text(reason, 200, field="reason")
    if not plain:
        raise ReasonMissing(field="reason")
    return plain


def check_until(until: datetime | None, at: datetime) -> None:
    """Refuse to set aside until a moment that has passed."""
    if until is not None and until <= at:
        raise UntilPast(field="until")


def backoff(attempts: int, spread: int) -> timedelta:
    """Return how long to wait after so many tries: doubled each time, spread by 0 to 50 %."""
    waited: timedelta = min(BACKOFF_FIRST * 2 ** min(attempts, 20), BACKOFF_MOST)
    return waited + waited * (spread % 51) // 100


def clock_text(took: timedelta) -> str:
    """Return a time as people read it from a clock: 12:05, or 1:02:03 from an hour on."""
    seconds = max(took, _NOTHING) // timedelta(seconds=1)
    minutes, hours = seconds // 60, seconds // 3600
    return (
        f"{hours}:{minutes % 60:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"
    )


@dataclass(frozen=True)
class Stretch:
    """A time from a moment to a moment, or still going on."""

    began_at: datetime
    ended_at: datetime | None = None

    def until(self, at: datetime) -> datetime:
        """Return where the stretch ends when looked at in a moment."""
        return min(self.ended_at or at, at)


@dataclass(frozen=True)
class Clocks:
    """Where the time of an item went; suspended time is nobody's."""

    waiting: timedelta
    held: timedelta
    suspended: timedelta

    @property
    def counted(self) -> timedelta:
        """Return the time that the item's target is about."""
        return self.waiting + self.held


def elapsed(calendar: Calendar | None, since: datetime, until: datetime) -> timedelta:
    """Return the time between two moments, in working time where a calendar is given.

    Beyond the end of the calendar nobody knows the holidays: then every hour counts.
    """
    if until <= since:
        return _NOTHING
    try:
        return calendar.working_time(since, until) if calendar else until - since
    except CalendarEnds:
        return until - since


def due(calendar: Calendar | None, since: datetime, target: timedelta) -> datetime:
    """Return when an item that comes at a moment is late, by the same clock as `elapsed`."""
    try:
        minutes = target // timedelta(minutes=1)
        return calendar.after_working_minutes(since, minutes) if calendar else since + target
    except CalendarEnds:
        return since + target


def clocks(
    *,
    whole: Stretch,
    holdings: Iterable[Stretch],
    suspensions: Iterable[Stretch],
    calendar: Calendar | None,
    at: datetime,
) -> Clocks:
    """Compute the clocks of an item from its moments, in working time where a calendar is given.

    Holding is real time: somebody who works after hours works.
    """
    end = whole.until(at)

    def worked(stretch: Stretch) -> timedelta:
        return elapsed(calendar, stretch.began_at, stretch.until(end))

    holdings = tuple(holdings)
    suspended = sum((worked(stretch) for stretch in suspensions), _NOTHING)
    in_hand = sum((worked(stretch) for stretch in holdings), _NOTHING)
    real = sum((max(s.until(end) - s.began_at, _NOTHING) for s in holdings), _NOTHING)
    waiting = max(worked(whole) - in_hand - suspended, _NOTHING)
    return Clocks(waiting=waiting, held=real, suspended=suspended)
