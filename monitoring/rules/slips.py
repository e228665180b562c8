"""Slips: which kinds there are, what may follow, who may say so, and until when (DOMAIN §5.6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from foundation.kernel.calendar import SHANGHAI, Calendar, local
from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step

TOPIC = "monitoring.slips"
CENTRE = "71"  # the first digits of a slip's number

HINT, QUERY, ERROR, RECTIFICATION = "hint", "query", "error", "rectification"
WARNING, QC, CASE = "warning", "qc", "case"

ISSUED, SEEN, RECEIVED, REPLIED, REQUERIED = "issued", "seen", "received", "replied", "requeried"
ACCEPTED, ACKNOWLEDGED, APPEALED, REVOKED = "accepted", "acknowledged", "appealed", "revoked"
RECTIFYING, RECTIFIED, VERIFIED, CLOSED = "rectifying", "rectified", "verified", "closed"
INVESTIGATING, REPORTED = "investigating", "reported"
SEALED, HANDED_OVER = "under_seal", "handed_over"

HINT_FLOW = Flow(Step("see", ISSUED, SEEN, "Take note"))
QUERY_FLOW = Flow(
    Step("receive", ISSUED, RECEIVED, "Confirm receipt"),
    Step("reply", RECEIVED, REPLIED, "Reply"),
    Step("requery", REPLIED, REQUERIED, "Ask again"),
    Step("reply", REQUERIED, REPLIED, "Reply"),
    Step("accept", REPLIED, ACCEPTED, "Accept the reply"),
    Step("close", ACCEPTED, CLOSED, "Close"),
)
ERROR_FLOW = Flow(
    Step("acknowledge", ISSUED, ACKNOWLEDGED, "Acknowledge"),
    Step("appeal", ISSUED, APPEALED, "Appeal"),
    Step("appeal", ACKNOWLEDGED, APPEALED, "Appeal"),
    Step("dismiss", APPEALED, ACKNOWLEDGED, "Dismiss the appeal"),
    Step("uphold", APPEALED, REVOKED, "Uphold the appeal"),
    Step("begin", ACKNOWLEDGED, RECTIFYING, "Begin to put right"),
    Step("reply", RECTIFYING, RECTIFIED, "Reply"),
    Step("requery", RECTIFIED, RECTIFYING, "Ask again"),
    Step("verify", RECTIFIED, VERIFIED, "Verify"),
    Step("close", VERIFIED, CLOSED, "Close"),
)
RECTIFICATION_FLOW = Flow(
    Step("acknowledge", ISSUED, ACKNOWLEDGED, "Acknowledge"),
    Step("plan", ACKNOWLEDGED, RECTIFYING, "Send the plan"),
    Step("reply", RECTIFYING, RECTIFIED, "Reply"),
    Step("requery", RECTIFIED, RECTIFYING, "Ask again"),
    Step("verify", RECTIFIED, VERIFIED, "Verify"),
    Step("close", VERIFIED, CLOSED, "Close"),
)
WARNING_FLOW = Flow(
    Step("receive", ISSUED, INVESTIGATING, "Confirm receipt"),
    Step("reply", INVESTIGATING, REPORTED, "Reply"),
    Step("requery", REPORTED, INVESTIGATING, "Ask again"),
    Step("accept", REPORTED, ACCEPTED, "Accept the reply"),
    Step("close", ACCEPTED, CLOSED, "Close"),
)
QC_FLOW = Flow(
    Step("acknowledge", ISSUED, ACKNOWLEDGED, "Acknowledge"),
    Step("reply", ACKNOWLEDGED, REPLIED, "Reply"),
    Step("requery", REPLIED, ACKNOWLEDGED, "Ask again"),
    Step("verify", REPLIED, VERIFIED, "Verify"),
    Step("close", VERIFIED, CLOSED, "Close"),
)
CASE_FLOW = Flow(
    Step("hand_over", SEALED, HANDED_OVER, "Hand over"),
    Step("close", HANDED_OVER, CLOSED, "Close"),
)


@dataclass(frozen=True)
class Kind:
    """One kind of slip: its name, its flow, whether it grades an error, and whom it goes to."""

    code: str
    name: str
    flow: Flow
    graded: bool = False
    to_centre: bool = False


KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(HINT, "Hint", HINT_FLOW),
        Kind(QUERY, "Query", QUERY_FLOW),
        Kind(ERROR, "Error slip", ERROR_FLOW, graded=True),
        Kind(RECTIFICATION, "Rectification notice", RECTIFICATION_FLOW, graded=True),
        Kind(WARNING, "Warning", WARNING_FLOW),
        Kind(QC, "Quality slip", QC_FLOW, to_centre=True),
        Kind(CASE, "Transfer of a suspected crime", CASE_FLOW),
    )
}
# What everybody who issues slips may issue; a transfer is for those who may see what is sealed.
OPEN_KINDS = tuple(code for code in KINDS if code != CASE)
STATES = tuple(dict.fromkeys(state for kind in KINDS.values() for state in kind.flow.states))
ENDS = (SEEN, CLOSED, REVOKED)
# In these the outlet is to do something, and the clock runs against it; in the rest the centre is.
WITH_OUTLET = (ISSUED, RECEIVED, REQUERIED, ACKNOWLEDGED, RECTIFYING, INVESTIGATING)
WITH_CENTRE = tuple(state for state in STATES if state not in (*WITH_OUTLET, *ENDS))
OUTLET_STEPS = frozenset({"see", "receive", "acknowledge", "begin", "plan", "reply"})
CENTRE_STEPS = frozenset({"requery", "accept", "verify", "close", "hand_over"})
WORDED = frozenset({"plan", "reply", "requery"})
# On the way to a reply these are taken by themselves, each on the trail.
LEADS_TO_REPLY = ("receive", "acknowledge", "begin")
GRAVE = (3, 4)
PHONED = 4
PICTURES_MOST = 4
WORDS_LEAST = 4
TEXT_MOST = 600

OUTLET_RUNG, SUB_BRANCH_RUNG, BRANCH_RUNG = 1, 2, 3
RUNGS: Mapping[int, str] = {
    OUTLET_RUNG: "Operations supervisor of the outlet",
    SUB_BRANCH_RUNG: "Sub-branch",
    BRANCH_RUNG: "Branch",
}
# Which rungs are told to whom, by the kind of the institution where a person works.
RUNG_OF: Mapping[str, int] = {
    "outlet": OUTLET_RUNG, "sub_branch": SUB_BRANCH_RUNG, "branch": BRANCH_RUNG,
    "head": BRANCH_RUNG,
}  # fmt: skip

NUMBERS = {
    name: f"monitoring.slip_{name}"
    for name in (
        "query_minutes", "error_1_minutes", "error_2_minutes", "error_3_minutes",
        "error_4_minutes", "plan_minutes", "rectification_minutes", "warning_minutes",
        "qc_minutes", "appeal_minutes", "rung_minutes", "repeat_days", "repeat_times",
        "points_1", "points_2", "points_3", "points_4",
    )
}  # fmt: skip


class NoSuchSlip(Refused):
    """The slip is unknown, or not among those that the person may see."""

    code = "E6040"
    text = "There is no such slip among those you may see."


class NotYourSlip(Refused):
    """A slip is answered by those to whom it went."""

    code = "E6041"
    text = "This slip is answered by the institution to which it went."


class SameHand(Refused):
    """Issuer, answerer, verifier and judge are kept apart, by the human and not by the number."""

    code = "E6042"
    text = "You had a hand in this slip already; another person decides."
    hint = "Who erred, issued, answered or appealed neither verifies nor judges."


class AppealTooLate(Refused):
    """The working time in which an appeal is allowed is over."""

    code = "E6043"
    text = "The time to appeal ended on %(until)s."


class AppealedAlready(Refused):
    """An error slip is appealed once."""

    code = "E6044"
    text = "This slip was appealed already; an appeal is made once."


class CodeNotInForce(Refused):
    """The dictionary has no such error on the day."""

    code = "E6045"
    text = "There is no error %(error)s in the dictionary on %(on)s."


class CodeNeeded(Refused):
    """An error and what follows from it is graded by the dictionary."""

    code = "E6046"
    text = "Choose the error from the dictionary; it gives the class and the clock."


class WordsNeeded(Refused):
    """A slip, a reply, an appeal or a question without a word."""

    code = "E6047"
    text = "Say it in a few words, at least four characters."


class IssuedAlready(Refused):
    """The same error of the same thing was put on a slip before."""

    code = "E6048"
    text = "Slip %(number)s says this of it already."
    hint = "Open that slip, or choose another error."


class EvidenceNeeded(Refused):
    """What was put right is shown."""

    code = "E6049"
    text = "Add at least one picture of what was put right."


class NotForRectification(Refused):
    """A rectification notice is for grave or repeated errors."""

    code = "E6050"
    text = "A rectification notice is for errors of class 3 or 4, or for repeated ones."
    hint = "Issue an error slip."


class NoSuchPlace(Refused):
    """Nobody there answers a slip of this kind, or it is out of sight."""

    code = "E6051"
    text = "No institution %(place)s among those you may see takes such a slip."
    hint = "A quality slip goes to a centre, every other one to an outlet."


class NoSuchOrigin(Refused):
    """What the slip is said to be about is not there."""

    code = "E6052"
    text = "There is no %(origin)s among what you may see."


class TooManyPictures(Refused):
    """A reply has a few pictures, not an archive."""

    code = "E6053"
    text = "A reply has at most %(most)s pictures."


class NobodyThere(Refused):
    """The teller named as at fault is unknown."""

    code = "E6054"
    text = "There is nobody of the number %(teller)s."


class NotAStep(Refused):
    """The step is not for this side of the desk, or needs its own form."""

    code = "E6055"
    text = "“%(step)s” is not a step for you to take here."


def check_words(words: str, *, field: str = "words") -> None:
    """Refuse what says nothing."""
    if len(words.strip()) < WORDS_LEAST:
        raise WordsNeeded(field=field)


def check_apart(person: UUID, *, others: Collection[UUID | None]) -> None:
    """Refuse a person who had another part in the slip."""
    if person in others:
        raise SameHand


def check_rectification(*, error_class: int, repeated: bool) -> None:
    """Refuse a rectification notice for a slight error that comes up for the first time."""
    if error_class not in GRAVE and not repeated:
        raise NotForRectification(field="code")


def check_pictures(count: int) -> None:
    """Refuse more pictures than a reply holds."""
    if count > PICTURES_MOST:
        raise TooManyPictures(field="evidence", most=PICTURES_MOST)


def check_evidence(*, kind: str, error_class: int | None, pictures: int) -> None:
    """Refuse to call a grave error put right without a picture, and more than a reply holds."""
    check_pictures(pictures)
    if KINDS[kind].graded and error_class in GRAVE and not pictures:
        raise EvidenceNeeded(field="evidence")


def check_appeal(*, at: datetime, until: datetime) -> None:
    """Refuse an appeal after its working time."""
    if at > until:
        raise AppealTooLate(until=f"{local(until):%Y-%m-%d %H:%M}")


def clock(kind: str, error_class: int | None) -> str:
    """Return the code of the dated number of minutes for the first answer; nothing for none."""
    if kind == ERROR:
        return NUMBERS[f"error_{error_class}_minutes"]
    named = {QUERY: "query_minutes", RECTIFICATION: "plan_minutes", WARNING: "warning_minutes",
             QC: "qc_minutes"}  # fmt: skip
    return NUMBERS[named[kind]] if kind in named else ""


def due(kind: str, minutes: int, *, at: datetime, calendar: Calendar, alert: bool) -> datetime:
    """Return until when a slip of a moment is answered.

    Minutes are of working time. None at all is the same day: until the office closes, or until it
    next closes when it has. A query runs from the next morning on; one about an alert is of the
    same day.
    """
    if kind == QUERY and not alert:
        day = calendar.next_business_day(local(at).date())
        opens = datetime.combine(day, calendar.spans(day)[0].opens, SHANGHAI)
        return calendar.after_working_minutes(opens, minutes)
    if kind == QUERY or not minutes:
        return _close_of_day(calendar, at)
    return calendar.after_working_minutes(at, minutes)


def _close_of_day(calendar: Calendar, at: datetime) -> datetime:
    here = local(at)
    day = calendar.business_day_from(here.date())
    closes = datetime.combine(day, calendar.spans(day)[-1].closes, SHANGHAI)
    if here < closes:
        return closes
    day = calendar.next_business_day(day)
    return datetime.combine(day, calendar.spans(day)[-1].closes, SHANGHAI)


def rung_at(*, due_at: datetime, at: datetime, minutes: int, calendar: Calendar) -> int:
    """Return how far up an unanswered slip has gone: 0 in time, then a rung each so many minutes.

    The first rung is reached the moment the slip is late.
    """
    if at <= due_at:
        return 0
    return min(1 + calendar.working_minutes(due_at, at) // max(minutes, 1), BRANCH_RUNG)


def steps_for(kind: str, state: str, *, outlet: bool) -> tuple[str, ...]:
    """Return the plain steps of one side from a state, for the buttons of the page."""
    allowed = OUTLET_STEPS if outlet else CENTRE_STEPS
    return tuple(step for step in KINDS[kind].flow.steps_from(state) if step in allowed)


def way_to(kind: str, state: str, step: str) -> tuple[str, ...]:
    """Return the steps that lead to a step, itself the last: an answer also confirms receipt."""
    flow, way = KINDS[kind].flow, []
    while step not in flow.steps_from(state):
        lead = next((one for one in flow.steps_from(state) if one in LEADS_TO_REPLY), "")
        if not lead or step not in WORDED:
            break
        way.append(lead)
        state = flow.after(state, lead)
    return (*way, step)
