"""How an alert is worked off: its states, who may have it, and what is refused."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step

QUEUE = "monitoring.alert"

NEW, ASSIGNED, INVESTIGATING = "new", "assigned", "investigating"
QUERY_ISSUED, REPLIED, VERIFIED = "query_issued", "replied", "verified"
CLOSED_TRUE, CLOSED_FALSE, ERROR_REGISTERED = "closed_true", "closed_false", "error_registered"
FLOW = Flow(
    Step("assign", NEW, ASSIGNED, "Take"),
    Step("put_back", ASSIGNED, NEW, "Put back"),
    Step("put_back", INVESTIGATING, NEW, "Put back"),
    Step("investigate", ASSIGNED, INVESTIGATING, "Look into it"),
    Step("issue_query", INVESTIGATING, QUERY_ISSUED, "Ask the outlet"),
    Step("reply", QUERY_ISSUED, REPLIED, "Answered by the outlet"),
    Step("issue_query", REPLIED, QUERY_ISSUED, "Ask again"),
    Step("verify", REPLIED, VERIFIED, "Verify"),
    Step("verify", INVESTIGATING, VERIFIED, "Verify"),
    Step("close_true", VERIFIED, CLOSED_TRUE, "Close: it is true"),
    Step("close_false", VERIFIED, CLOSED_FALSE, "Close: false alarm"),
    Step("register_error", CLOSED_TRUE, ERROR_REGISTERED, "Register as an error"),
)
# Somebody has it, or is to take it: there is an open item in the queue.
IN_QUEUE = (NEW, ASSIGNED, INVESTIGATING, REPLIED, VERIFIED)
OPEN = (*IN_QUEUE, QUERY_ISSUED)
TRUE = (CLOSED_TRUE, ERROR_REGISTERED)
ENDED = (CLOSED_TRUE, CLOSED_FALSE, ERROR_REGISTERED)
SUBJECT = "monitoring.alert:"
# Held by who works on it; the last two end the item in the queue.
STEPS = ("investigate", "issue_query", "verify", "close_true", "close_false")
REASON_MIN = 4


class NoSuchAlert(Refused):
    """The alert is unknown, or not among those that the person may see."""

    code = "E6020"
    text = "There is no such alert among those you may see."


class AlertAboutOneself(Refused):
    """Who had a hand in the lines of an alert works on it, under whatever number."""

    code = "E6021"
    text = "Whoever had a hand in the transactions may not work on the alert."


class SayWhy(Refused):
    """An alert is closed, asked about or kept quiet without a word of why."""

    code = "E6022"
    text = "Say in a few words why."
    hint = "They stay with the alert and are read by who looks at it later."


class AlertNotHeld(Refused):
    """A step of somebody who does not have the alert on the desk."""

    code = "E6023"
    text = "The alert is not on your desk."
    hint = "Take it from the desk of alerts first."


class QuietTooLong(Refused):
    """A rule would be quiet about something for longer than the bank allows."""

    code = "E6024"
    text = "A rule is kept quiet from tomorrow on for %(most)s days at most."


class QuietAlready(Refused):
    """The rule is quiet about it until a later day."""

    code = "E6025"
    text = "The rule is quiet about this until %(until)s already."


class DayNotOver(Refused):
    """The rules of the night would run on a day that has not begun."""

    code = "E6026"
    text = "There is nothing to look through on %(day)s yet."


def check_hand(*, person: UUID, touched: Collection[UUID]) -> None:
    """Refuse who had a hand in the lines."""
    if person in touched:
        raise AlertAboutOneself


def check_why(words: str) -> str:
    """Return the words; refuse too few of them."""
    if len(words.strip()) < REASON_MIN:
        raise SayWhy(field="words")
    return words.strip()[:200]


def check_quiet(*, days: int, most: int) -> None:
    """Refuse to be quiet for no day, or for more than the bank's number."""
    if not 1 <= days <= most:
        raise QuietTooLong(field="days", most=most)


def subject_of(number: int) -> str:
    """Return the name of an alert on the trail, in the queue and on slips."""
    return f"{SUBJECT}{number}"


def alert_of(subject: str) -> int:
    """Return the number of the alert that a subject names, or 0."""
    key = subject.removeprefix(SUBJECT) if subject.startswith(SUBJECT) else ""
    return int(key) if key.isascii() and key.isdecimal() and len(key) < 19 else 0
