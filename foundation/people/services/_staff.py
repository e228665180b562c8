"""Staff: numbers opened, changed, certified, closed; sessions ended from outside."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils.timezone import localdate

from foundation.kernel import bus
from foundation.people import events, rules
from foundation.people.models import (
    Identity,
    Institution,
    Qualification,
    Staff,
    StaffRole,
    Vendor,
)
from foundation.people.services._identity import enter, hashes_of, sights_of, whose
from foundation.people.services._places import check_in_use
from foundation.people.services._posts import begin_post
from foundation.people.services._roles import wait_for
from foundation.people.services._scope import acting_as_system
from foundation.people.services._told import tell


@transaction.atomic
def open_staff(
    *,
    number: str,
    name: str,
    institution: Institution,
    title: str,
    identity: str,
    by: Staff,
    at: datetime,
    seen: str = "",
    grade: int = 1,
    vendor: Vendor | None = None,
) -> Staff:
    """Open a number that cannot sign in before its password is set; refuse a taken number.

    Its first post begins on that day; every other is proposed by one person and decided by another.
    The identity number says whose it is: who has numbers already gets one more of the same human,
    once those are named in `seen`, so that whoever opens it has seen them.
    """
    if Staff.objects.filter(number=number).exists():
        raise rules.NumberTaken(field="number")
    check_in_use(institution_id=institution.pk)
    vendor_id = vendor.pk if vendor else None
    _check_vendor(vendor_id)
    person = whose(identity=identity, seen=seen, vendor_id=vendor_id, by=by, at=at)
    staff = Staff.objects.create(
        number=number,
        name=name,
        institution=institution,
        grade=grade,
        vendor_id=vendor_id,
        person=person,
        opened_at=at,
        must_change_password=True,
    )
    begin_post(
        staff=staff, institution=institution, title=title, on=localdate(at), proposed_by=None,
        approved_by=None,
    )  # fmt: skip
    after = {"name": name, "institution": institution.number, "post": title, "grade": grade}
    after |= {"vendor": vendor.number} if vendor else {}
    tell(staff=staff, action="people.open_staff", by=by.label, at=at, detail={"after": after})
    return staff


@transaction.atomic
def identify_staff(
    *, staff_id: int, identity: str, by: Staff, at: datetime, seen: str = ""
) -> Staff:
    """Enter whose a number is that was opened without; it joins the human's other numbers.

    Refuses one's own, whose identity is known, and two whose roles are not for one human.
    """
    staff = Staff.objects.select_for_update(of=("self",), no_key=True).get(id=staff_id)
    hashes = hashes_of(identity=identity)
    found = Identity.objects.person_of(tuple(hashes.values()))
    if by.person in (staff.person, found):
        raise rules.OwnIdentity(field="identity")
    if Identity.objects.known([staff.person]):
        raise rules.IdentityEntered(field="identity")
    joined: list[str] = []
    if found is None:
        enter(person=staff.person, hashes=hashes, by=by, at=at)
    else:
        joined = _join(staff, found, seen=seen, at=at)
    detail: dict[str, object] = {"joined": ", ".join(joined)}
    tell(staff=staff, action="people.identify_staff", by=by.label, at=at, detail=detail)
    return staff


def _join(staff: Staff, person: UUID, *, seen: str, at: datetime) -> list[str]:
    """Let the numbers of one human be another's; their sessions end."""
    before, there = staff.person, sights_of(person=person)
    rules.check_one_house(there, vendor_id=staff.vendor_id)
    rules.check_seen(there, seen=seen)
    for one in sorted((before, person)):
        wait_for(person=one)
    _check_roles(before, person, on=localdate(at))
    rows = list(Staff.objects.filter(person=before).order_by("id"))
    with acting_as_system(reason="identity"):
        Staff.objects.filter(person=before).update(person=person)
    for row in rows:
        _end(row, rules.ENDED, at)
    bus.publish(events.NumbersJoined(former=str(before), person=str(person)))
    staff.person = person
    return [one.number for one in there]


def _check_roles(first: UUID, second: UUID, *, on: date) -> None:
    in_force = StaffRole.objects.filter(Q(valid_until=None) | Q(valid_until__gte=on))
    rows = list(
        in_force.filter(person__in=[first, second])
        .select_related("staff", "granted_by", "approved_by")
        .order_by("id")
    )
    for row in rows:
        gave = {one.person for one in (row.granted_by, row.approved_by) if one is not None}
        if gave & {first, second}:
            raise rules.OwnRoleGranted(field="identity", role=row.role, number=row.staff.number)
    held = [(row.person, (row.role, row.valid_from, row.valid_until)) for row in rows]
    rules.check_one_human(
        [role for person, role in held if person == first],
        [role for person, role in held if person == second],
        today=on,
    )


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
    """Let a closed number sign in again; refuse one's own, and that of an ended vendor."""
    _check_vendor(Staff.objects.values_list("vendor_id", flat=True).get(id=staff_id))
    staff = _locked(staff_id, by=by)
    check_in_use(institution_id=staff.institution_id)
    others = [one for one in sights_of(person=staff.person) if one.number != staff.number]
    rules.check_one_house(others, vendor_id=staff.vendor_id)
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


def _check_vendor(vendor_id: int | None) -> None:
    """Refuse an ended vendor, and let none be ended until the commit."""
    if vendor_id is not None:
        row = Vendor.objects.select_for_update(of=("self",), no_key=True).get(id=vendor_id)
        if not row.active:
            raise rules.VendorEnded(field="vendor")


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
