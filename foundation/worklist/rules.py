"""How an item waits, is held and ends, and how a job is tried; pure functions and refusals."""

from __future__ import annotations

from datetime import timedelta

from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step

WAITING, HELD, SUSPENDED, DONE, WITHDRAWN = "waiting", "held", "suspended", "done", "withdrawn"

FLOW = Flow(
    Step("claim", WAITING, HELD),
    Step("release", HELD, WAITING),
    Step("transfer", HELD, HELD),
    Step("assign", WAITING, HELD),
    Step("finish", HELD, DONE),
    Step("suspend", WAITING, SUSPENDED),
    Step("suspend_held", HELD, SUSPENDED),
    Step("resume", SUSPENDED, WAITING),
    Step("withdraw", WAITING, WITHDRAWN),
    Step("withdraw_suspended", SUSPENDED, WITHDRAWN),
)

READY, RUNNING, JOB_DONE, DEAD = "ready", "running", "done", "dead"

JOB_FLOW = Flow(
    Step("claim", READY, RUNNING),
    Step("claim_expired", RUNNING, RUNNING),
    Step("finish", RUNNING, JOB_DONE),
    Step("fail", RUNNING, READY),
    Step("give_up", RUNNING, DEAD),
    Step("revive", DEAD, READY),
)
URGENT_PRIORITY = 90
BACKOFF_FIRST = timedelta(seconds=2)
BACKOFF_MOST = timedelta(minutes=10)


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
    text = "%(person)s may not take this item: grade, institution or an earlier part in it."


class NoSuchItem(Refused):
    """No such item among what the person may see."""

    code = "E3005"
    text = "There is no such item in the queue."


class JobNotDead(Refused):
    """Only a job that was given up is tried again by hand."""

    code = "E3006"
    text = "Only a job that was given up can be tried again."


def check_reason(reason: str) -> str:
    """Return the reason without blanks around it; refuse none."""
    if not reason.strip():
        raise ReasonMissing(field="reason")
    return reason.strip()[:200]


def backoff(attempts: int, spread: int) -> timedelta:
    """Return how long to wait after so many tries: doubled each time, spread by 0 to 50 %."""
    waited = min(BACKOFF_FIRST * int(2 ** min(attempts, 20)), BACKOFF_MOST)
    return waited + waited * (spread % 51) / 100
