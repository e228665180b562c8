"""Staff: numbers opened, changed, certified, closed; sessions ended from outside."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Q
from django.utils.timezone import localdate

from foundation.kernel import bus
from foundation.people import events, rules
from foundation.people.models import Institution, Qualification, Staff, Vendor
from foundation.people.services._posts import begin_post
from foundation.people.services._told import tell


@transaction.atomic
def open_vendor(*, number: str, name: str) -> Vendor:
    """Enter an outside company; return the one that has the number already."""
    return Vendor.objects.get_or_create(number=number, defaults={"name": name})[0]


@transaction.atomic
def open_staff(
    *,
    number: str,
    name: str,
    institution: Institution,
    title: str,
    by: Staff,
    at: datetime,
    grade: int = 1,
    vendor: Vendor | None = None,
    person: UUID | None = None,
) -> Staff:
    """Open a number that cannot sign in before its password is set; refuse a taken number.

    Its first post begins on that day; every other is proposed by one person and decided by another.
    `person` is given when the human has another number already.
    """
    if Staff.objects.filter(number=number).exists():
        raise rules.NumberTaken(field="number")
    staff = Staff.objects.create(
        number=number,
        name=name,
        institution=institution,
        grade=grade,
        vendor=vendor,
        person=person or uuid4(),
        opened_at=at,
        must_change_password=True,
    )
    begin_post(
        staff=staff, institution=institution, title=title, on=localdate(at), proposed_by=None,
        approved_by=None,
    )  # fmt: skip
    after = {"name": name, "institution": institution.number, "post": title, "grade": grade}
    tell(staff=staff, action="people.open_staff", by=by.label, at=at, detail={"after": after})
    return staff


@transaction.atomic
def change_staff(*, staff_id: int, name: str, grade: int, by: Staff, at: datetime) -> Staff:
    """Change name or grade; refuse one's own. Where somebody works follows from the post."""
    staff = _locked(staff_id, by=by)
    before = {"name": staff.name, "grade": staff.grade}
    staff.name, staff.grade = name, grade
    staff.save(update_fields=["name", "grade"])
    after = {"name": name, "grade": grade}
    tell(
        staff=staff,
        action="people.change_staff",
        by=by.label,
        at=at,
        detail={"before": before, "after": after},
    )
    return staff


@transaction.atomic
def regrade(*, staff_id: int, grade: int, by: str, reason: str, at: datetime) -> Staff:
    """Set the grade that another room's rule gives; 0 takes what needs a grade away.

    `by` is the name of who or what applied the rule. Nothing is told where nothing changes.
    """
    staff = Staff.objects.select_for_update(of=("self",), no_key=True).select_related("institution")
    row: Staff = staff.get(id=staff_id)
    before = row.grade
    if before != grade:
        row.grade = grade
        row.save(update_fields=["grade"])
        detail = {"before": {"grade": before}, "after": {"grade": grade}, "reason": reason}
        tell(staff=row, action="people.regrade", by=by, at=at, detail=detail)
    return row


@transaction.atomic
def qualify(
    *,
    staff_id: int,
    skill: str,
    grade: int,
    certificate: str,
    valid_from: date,
    valid_until: date,
    by: Staff,
    at: datetime,
) -> Qualification:
    """Enter a certified skill; refuse one's own, and days in the wrong order."""
    staff = _locked(staff_id, by=by)
    if valid_until < valid_from:
        raise rules.DaysReversed(field="valid_until")
    row, _ = Qualification.objects.update_or_create(
        staff=staff,
        skill=skill,
        valid_from=valid_from,
        defaults={"grade": grade, "certificate": certificate, "valid_until": valid_until},
    )
    detail: dict[str, object] = {"skill": skill, "grade": grade, "valid_until": str(valid_until)}
    tell(staff=staff, action="people.qualify", by=by.label, at=at, detail=detail)
    return row


@transaction.atomic
def close_sign_in(*, staff_id: int, reason: str, by: Staff, at: datetime) -> Staff:
    """Let the number sign in no more and end its session; refuse one's own."""
    staff = _locked(staff_id, by=by)
    _end(staff, rules.ENDED, at)
    staff.is_active = False
    staff.save(update_fields=["is_active"])
    tell(staff=staff, action="people.close_sign_in", by=by.label, at=at, detail={"reason": reason})
    return staff


@transaction.atomic
def open_sign_in(*, staff_id: int, reason: str, by: Staff, at: datetime) -> Staff:
    """Let a closed number sign in again; refuse one's own."""
    staff = _locked(staff_id, by=by)
    staff.is_active, staff.opened_at = True, at
    staff.save(update_fields=["is_active", "opened_at"])
    tell(staff=staff, action="people.open_sign_in", by=by.label, at=at, detail={"reason": reason})
    return staff


@transaction.atomic
def end_sessions(*, staff_id: int, reason: str, by: Staff, at: datetime) -> Staff:
    """End whatever session the person has, under every number; refuse one's own."""
    staff = _locked(staff_id, by=by)
    for row in Staff.objects.filter(person=staff.person).order_by("id"):
        _end(row, rules.ENDED, at)
    tell(staff=staff, action="people.end_sessions", by=by.label, at=at, detail={"reason": reason})
    return staff


@transaction.atomic
def disable_dormant(*, at: datetime, days: int = rules.DORMANT_DAYS) -> int:
    """Close every number that has not signed in for so many days; return how many were closed."""
    since = at - timedelta(days=days)
    dormant = (
        Staff.objects.select_for_update(of=("self",), no_key=True)
        .filter(Q(last_login__lt=since) | Q(last_login=None, opened_at__lt=since))
        .filter(Q(opened_at=None) | Q(opened_at__lt=since), is_active=True)
        .order_by("id")
    )
    closed = list(dormant)
    for staff in closed:
        _end(staff, rules.ENDED, at)
        staff.is_active = False
        staff.save(update_fields=["is_active"])
        tell(
            staff=staff, action="people.disable_dormant", by="system", at=at, detail={"days": days}
        )
    return len(closed)


def _locked(staff_id: int, *, by: Staff) -> Staff:
    staff = Staff.objects.select_for_update(of=("self",), no_key=True).select_related("institution")
    row = staff.get(id=staff_id)
    if row.person == by.person:
        raise rules.OwnReset
    return row


def _end(staff: Staff, because: str, at: datetime) -> None:
    Staff.objects.filter(id=staff.pk).update(
        sign_in_epoch=F("sign_in_epoch") + 1, signed_out_because=because, seen_at=None
    )
    bus.publish(events.SignedOut(staff_id=staff.pk, at=at))
