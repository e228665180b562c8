"""Who may decide alone: exam, shadow, probation, admission; and what takes it away (DOMAIN §4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step

EXAM, SHADOW, PROBATION, ADMITTED = "exam", "shadow", "probation", "admitted"
EXPIRED, DEMOTED, STOPPED = "expired", "demoted", "stopped"
ADMISSION_FLOW = Flow(
    Step("pass", EXAM, SHADOW),
    Step("readmit", EXAM, ADMITTED),
    Step("fail", EXAM, STOPPED),
    Step("try", SHADOW, PROBATION),
    Step("stop", SHADOW, STOPPED),
    Step("admit", PROBATION, ADMITTED),
    Step("demote", PROBATION, DEMOTED),
    Step("stop", PROBATION, STOPPED),
    Step("expire", ADMITTED, EXPIRED),
    Step("demote", ADMITTED, DEMOTED),
    Step("stop", ADMITTED, STOPPED),
)
BEFORE = (EXAM, SHADOW, PROBATION)
LIVE = (PROBATION, ADMITTED)
NUMBERS = {
    name: f"authorization.{name}"
    for name in (
        "exam_least", "shadow_days", "shadow_items", "probation_items",
        "probation_errors_per_mille", "validity_days", "wrong_rejects_most", "serious_most",
        "serious_severity", "planted_items",
    )
}  # fmt: skip
SAMPLE, SHADOWED, PLANTED = "sample", "shadow", "planted"
KINDS_OF_REVIEW = (SAMPLE, SHADOWED, PLANTED)


class ExamTooLow(Refused):
    """The result of the exam is below what the bank asks for."""

    code = "E2075"
    text = "The exam is passed from %(least)s points on."
    hint = "Enter the exam once it is passed."


class OwnAdmission(Refused):
    """Nobody has a part in the own admission, under whatever number."""

    code = "E2076"
    text = "You cannot enter, approve or change your own admission."
    hint = "A colleague has to do this."


class SecondIsFirst(Refused):
    """What one person entered another one approves."""

    code = "E2077"
    text = "You entered this yourself; another person decides."
    hint = "Let another person decide."


class AdmissionRuns(Refused):
    """A person is on the way to a grade once at a time."""

    code = "E2078"
    text = "An admission of %(person)s is under way already."
    hint = "Go on with that one, or stop it first."


class NotYet(Refused):
    """The numbers that the bank asks for are not reached."""

    code = "E2079"
    text = "Not yet: %(done)s of %(needed)s, %(wrong)s wrong, %(open)s not judged."
    hint = "Come back when the rest is seen and judged."


class NotAdmitted(Refused):
    """Who is not admitted to the item's grade decides nothing alone."""

    code = "E2080"
    text = "You are not admitted to decide items of grade G%(needed)s."
    hint = "Ask the lead of authorizers; see who may do what."


class NoSuchAdmission(Refused):
    """There is no such admission among those that the person may see."""

    code = "E2081"
    text = "There is no admission %(number)s."


class AnswerNotKnown(Refused):
    """A known answer is that of a judged case or of an agreed blind review, of an ended item."""

    code = "E2082"
    text = "The right answer of item %(number)s is not established."
    hint = "Choose an item with a judged case or an agreed blind review."


class NoSuchKnown(Refused):
    """There is no such known item in the state that the step asks for."""

    code = "E2083"
    text = "There is no item with a known answer %(number)s to decide about."


@dataclass(frozen=True)
class Trial:
    """How far a probation is: decisions seen again, those judged wrong, those not judged yet."""

    done: int
    wrong: int
    open: int


def check_other(person: UUID, *, candidate: UUID | None, first: UUID | None = None) -> None:
    """Refuse the candidate, where there is one, and the person who took the first of two steps."""
    if person == candidate:
        raise OwnAdmission
    if person == first:
        raise SecondIsFirst


def check_exam(points: int, *, least: int) -> None:
    """Refuse a result below the points that are asked for."""
    if points < least:
        raise ExamTooLow(field="points", least=least)


def check_shadow(*, since: date, on: date, days: int, compared: int) -> None:
    """Refuse to end a shadow before its days, or one in which nothing was compared."""
    passed = (on - since).days
    if passed < days or not compared:
        raise NotYet(done=min(passed, days) if compared else 0, needed=days, wrong=0, open=0)


def check_probation(trial: Trial, *, items: int, per_mille: int) -> None:
    """Refuse to admit before so many were seen again, all doubts judged, and few enough wrong."""
    if trial.done < items or trial.open or trial.wrong * 1000 > per_mille * trial.done:
        raise NotYet(done=trial.done, needed=items, wrong=trial.wrong, open=trial.open)


def valid_until(*, on: date, days: int) -> date:
    """Return the last day of an admission that begins on a day."""
    return on + timedelta(days=days - 1)


def check_grade(allowed: int | None, *, needed: int) -> None:
    """Refuse who has admissions and none that reaches; without any row the grade alone binds."""
    if allowed is not None and allowed < needed:
        raise NotAdmitted(needed=needed)
