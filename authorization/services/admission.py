"""Admission of authorizers: exam by two people, shadow, probation; expiry and demotion by rule."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from authorization.models import Admission
from authorization.rules import admission as rules
from authorization.selectors import admission as selected
from foundation.kernel.calendar import SHANGHAI, local
from foundation.people import services as people
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.trail import services as trail
from foundation.ui import live

SYSTEM = "system"
_END = ["state", "ended_at", "ended_why", "moved_by", "moved_person"]


@transaction.atomic
def enter_exam(
    *, staff: Staff, grade: int, paper: str, points: int, by: Staff, at: datetime
) -> Admission:
    """Enter the result of an exam for a grade; refuse one's own, too few points, a second way.

    Who decided items before admissions were kept first has what is held already as a row.
    """
    rules.check_other(by.person, candidate=staff.person)
    rules.check_exam(points, least=selected.number(name="exam_least", on=localdate(at)))
    if Admission.objects.filter(person=staff.person, state__in=rules.BEFORE).exists():
        raise rules.AdmissionRuns(person=staff.label)
    begun = Admission.objects.filter(person=staff.person).exists()
    if not begun and staff.grade and selected.has_decided(person=staff.person):
        inherit(staff=staff, at=at)
    row = Admission(
        staff=staff,
        person=staff.person,
        grade=grade,
        paper=paper,
        points=points,
        entered_by=by,
        entered_person=by.person,
        entered_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise rules.AdmissionRuns(person=staff.label) from error
    _tell(row, "enter_exam", by.label, at, points=points, paper=paper)
    return row


@transaction.atomic
def decide_exam(*, admission_id: int, passed: bool, by: Staff, at: datetime) -> Admission:
    """Approve or decline an exam that another person entered.

    Whoever was admitted to the grade before is admitted again; everybody else goes into the shadow.
    """
    row = selected.locked(admission_id=admission_id)
    rules.check_other(by.person, candidate=row.person, first=row.entered_person)
    back = Admission.objects.filter(
        person=row.person, grade__gte=row.grade, admitted_at__isnull=False
    ).exclude(state=rules.STOPPED)
    step = ("readmit" if back.exists() else "pass") if passed else "fail"
    row.state = rules.ADMISSION_FLOW.after(row.state, step)
    row.decided_by, row.decided_person, row.decided_at = by, by.person, at
    if row.state == rules.SHADOW:
        row.shadow_at = at
    elif row.state == rules.ADMITTED:
        _make_room(row, at)
        _admit(row, at)
    else:
        row.ended_at = at
    row.save(
        update_fields=[
            "state", "decided_by", "decided_person", "decided_at", "shadow_at", "admitted_at",
            "valid_until", "ended_at",
        ]
    )  # fmt: skip
    _regrade(row, by.label, at)
    _tell(row, f"{step}_exam", by.label, at)
    return row


@transaction.atomic
def move_on(*, admission_id: int, by: Staff, at: datetime) -> Admission:
    """Begin the probation after the shadow, or admit after the probation; refuse too early."""
    row = selected.locked(admission_id=admission_id)
    rules.check_other(by.person, candidate=row.person)
    on, step = localdate(at), "try" if row.state == rules.SHADOW else "admit"
    state = rules.ADMISSION_FLOW.after(row.state, step)
    # All counts, also what was decided for places that are out of the lead's sight.
    with people.acting_as_system(reason="admission"):
        found = selected.progress(rows=[row])[row.pk]
    if row.shadow_at is not None and state == rules.PROBATION:
        rules.check_shadow(
            since=local(row.shadow_at).date(),
            on=on,
            days=selected.number(name="shadow_days", on=on),
            compared=found.agreed.whole,
        )
        row.probation_at = at
    else:
        rules.check_probation(
            found.trial,
            items=selected.number(name="probation_items", on=on),
            per_mille=selected.number(name="probation_errors_per_mille", on=on),
        )
        _make_room(row, at)
        _admit(row, at)
    row.state, row.moved_by, row.moved_person = state, by, by.person
    row.save(
        update_fields=[
            "state", "moved_by", "moved_person", "probation_at", "admitted_at", "valid_until",
        ]
    )  # fmt: skip
    _regrade(row, by.label, at)
    _tell(row, f"{step}_admission", by.label, at)
    return row


@transaction.atomic
def stop(*, admission_id: int, reason: str, by: Staff, at: datetime) -> Admission:
    """End a shadow, a probation or an admission, with the reason; refuse one's own."""
    row = selected.locked(admission_id=admission_id)
    rules.check_other(by.person, candidate=row.person)
    row.moved_by, row.moved_person = by, by.person
    _end(row, "stop", reason, at)
    _regrade(row, by.label, at)
    _tell(row, "stop_admission", by.label, at, reason=reason)
    return row


@transaction.atomic
def inherit(*, staff: Staff, at: datetime) -> Admission:
    """Keep that somebody is admitted to the grade held, without an exam, for one validity."""
    with people.acting_as_system(reason="admission"):
        row: Admission = Admission.objects.create(
            staff=staff,
            person=staff.person,
            grade=staff.grade,
            state=rules.ADMITTED,
            inherited=True,
            entered_at=at,
            admitted_at=at,
            valid_until=_last_day(at),
        )
    _tell(row, "inherit_admission", SYSTEM, at)
    return row


def watch(*, at: datetime) -> int:
    """Let end what is past its last day, and demote by the rule; return how many rows ended.

    A number that is not in force demotes nobody.
    """
    count = 0
    for admission_id in selected.due_to_expire(on=localdate(at)):
        count += _expire(admission_id, at)
    codes = tuple(
        rules.NUMBERS[name] for name in ("serious_most", "serious_severity", "wrong_rejects_most")
    )
    said = policy.bank_wholes(codes=codes, on=localdate(at))
    if len(said) < len(codes):
        return count
    serious, severity, refusals = (said[code] for code in codes)
    # The month of the day that ended, so that its last day counts.
    first = (local(at) - timedelta(days=1)).date().replace(day=1)
    found = selected.faults(since=datetime.combine(first, time(), SHANGHAI), severity=severity)
    for row in selected.live_rows():
        since = row.admitted_at or row.probation_at or at
        mine = [grave for judged, grave in found.get(row.person, ()) if judged >= since]
        why = selected.Faults(sum(mine), len(mine) - sum(mine))
        if why.serious >= serious or why.refusals >= refusals:
            count += _demote(row.pk, why, at)
    return count


@transaction.atomic
def _expire(admission_id: int, at: datetime) -> bool:
    row = selected.locked(admission_id=admission_id)
    if row.state != rules.ADMITTED or row.valid_until is None or row.valid_until >= localdate(at):
        return False
    _end(row, "expire", str(row.valid_until), at)
    _regrade(row, SYSTEM, at)
    _tell(row, "expire_admission", SYSTEM, at, valid_until=str(row.valid_until))
    return True


@transaction.atomic
def _demote(admission_id: int, why: selected.Faults, at: datetime) -> bool:
    """End a row for what was upheld; an admission falls by one grade for the days it had left."""
    row = selected.locked(admission_id=admission_id)
    if row.state not in rules.LIVE:
        return False
    was, until = row.state, row.valid_until
    _end(row, "demote", f"{why.serious} / {why.refusals}", at)
    lower = row.grade - 1
    there = Admission.objects.filter(person=row.person, grade=lower, state=rules.ADMITTED)
    if was == rules.ADMITTED and lower and until and not there.exists():
        with people.acting_as_system(reason="admission"):
            Admission.objects.create(
                staff=row.staff,
                person=row.person,
                grade=lower,
                state=rules.ADMITTED,
                inherited=True,
                entered_at=at,
                admitted_at=at,
                valid_until=until,
            )
    _regrade(row, SYSTEM, at)
    _tell(row, "demote_admission", SYSTEM, at, serious=why.serious, refusals=why.refusals)
    return True


def _make_room(row: Admission, at: datetime) -> None:
    """Let an admission to the same grade end that the new one follows."""
    for old in Admission.objects.select_for_update(of=("self",)).filter(
        person=row.person, grade=row.grade, state=rules.ADMITTED
    ):
        _end(old, "expire", "", at)


def _admit(row: Admission, at: datetime) -> None:
    row.admitted_at, row.valid_until = at, _last_day(at)


def _last_day(at: datetime) -> date:
    on = localdate(at)
    return rules.valid_until(on=on, days=selected.number(name="validity_days", on=on))


def _end(row: Admission, step: str, why: str, at: datetime) -> None:
    row.state = rules.ADMISSION_FLOW.after(row.state, step)
    row.ended_at, row.ended_why = at, why
    row.save(update_fields=_END)


def _regrade(row: Admission, by: str, at: datetime) -> None:
    """Give the person the grade that the admissions come to, by which the queues offer items."""
    grade = selected.allowed_grade(person=row.person, on=localdate(at))
    if grade is not None:
        people.regrade(staff_id=row.staff_id, grade=grade, by=by, reason=row.state, at=at)


def _tell(row: Admission, step: str, actor: str, at: datetime, **detail: object) -> None:
    """Write a step on the trail, and let the leads' screens know."""
    trail.record(
        institution_id=row.staff.institution_id,
        actor=actor,
        action=f"authorization.{step}",
        subject=row.subject,
        at=at,
        detail={"staff": row.staff.number, "grade": row.grade, **detail},
    )
    live.tell("authorization", row.staff.institution_id)
