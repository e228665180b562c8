"""The roster of a centre: its lead enters shifts, and says who has which on a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from django.db import ProgrammingError, transaction
from django.utils.timezone import localdate

from foundation.people import rules, selectors
from foundation.people.models import Institution, RosterEntry, Shift, Staff
from foundation.people.services._told import tell
from foundation.trail import services as trail

_CHANGED = ["staff", "institution", "shift_code", "absence", "reason", "set_by", "set_at"]
_WEEK = timedelta(days=rules.WEEK_DAYS)


@transaction.atomic
def add_shift(
    *,
    institution: Institution,
    code: str,
    name: str,
    hours: rules.Hours,
    valid_from: date,
    by: Staff,
    at: datetime,
) -> Shift:
    """Enter a shift of a centre, or its hours from a later day on; refuse hours out of order."""
    _check_own(institution, by)
    rules.check_hours(hours)
    _take_turns(institution)
    known = Shift.objects.filter(institution=institution, code=code)
    rules.check_shift_day(valid_from, known=known.exists(), today=localdate(at))
    if known.filter(valid_from=valid_from).exists():
        raise rules.ShiftTooSoon(field="valid_from")
    shift: Shift = Shift.objects.create(
        institution=institution,
        code=code,
        name=name,
        starts=hours.starts,
        ends=hours.ends,
        break_from=hours.break_from,
        break_until=hours.break_until,
        valid_from=valid_from,
        set_by=by,
        set_at=at,
    )
    _tell_place(institution, "people.add_shift", by, at, shift=str(shift), valid_from=valid_from)
    return shift


@transaction.atomic
def set_roster(
    *,
    institution: Institution,
    numbers: Collection[str],
    days: Collection[date],
    shift: str = "",
    absence: str = "",
    reason: str = "",
    by: Staff,
    at: datetime,
) -> int:
    """Put people into a shift, or note why they are absent, on some days; return how many rows.

    Refuses people of elsewhere, a shift that there is not on one of the days, and a day that is
    over without a reason. What stood there before is on the trail.
    """
    _check_own(institution, by)
    if not numbers or not days:
        raise rules.NobodyChosen
    rules.check_reason(days, reason, today=localdate(at))
    _check_shift(institution, shift, days)
    people = _locked(institution, numbers)
    before = {
        (row.staff_id, row.on): row.shift_code or row.absence
        for row in RosterEntry.objects.filter(staff__in=people, on__in=list(days)).order_by("id")
    }
    rows = [
        RosterEntry(
            institution=institution, staff=one, person=one.person, on=day, shift_code=shift,
            absence=absence, reason=reason, set_by=by, set_at=at,
        )
        for one in people
        for day in sorted(days)
    ]  # fmt: skip
    _keep(rows)
    for one in people:
        told: dict[str, object] = {
            "before": {str(day): before.get((one.pk, day), "") for day in sorted(days)},
            "after": {str(day): shift or absence for day in sorted(days)},
        }
        told |= {"reason": reason} if reason else {}
        tell(staff=one, action="people.set_roster", by=by.label, at=at, detail=told)
    return len(rows)


@transaction.atomic
def copy_week(*, institution: Institution, day: date, by: Staff, at: datetime) -> int:
    """Copy the week before into the free days of a day's week from today on; return how many.

    Absences other than days off are not copied: nobody is ill by plan.
    """
    _check_own(institution, by)
    wanted, today = rules.week_of(day), localdate(at)
    people = {row.pk: row for row in _locked(institution, None)}
    there = RosterEntry.objects.filter(institution=institution, on__in=wanted)
    taken = set(there.order_by("id").values_list("staff_id", "on"))
    former = RosterEntry.objects.filter(
        institution=institution,
        staff__in=people,
        on__range=(wanted[0] - _WEEK, wanted[-1] - _WEEK),
        absence__in=("", "rest"),
    )
    rows = [
        RosterEntry(
            institution=institution, staff=people[row.staff_id], person=row.person,
            on=row.on + _WEEK, shift_code=row.shift_code, absence=row.absence, set_by=by, set_at=at,
        )
        for row in former.order_by("id")
        if row.on + _WEEK >= today and (row.staff_id, row.on + _WEEK) not in taken
    ]  # fmt: skip
    if not rows:
        raise rules.NothingToCopy
    _keep(rows)
    _tell_place(institution, "people.copy_roster", by, at, first=wanted[0], count=len(rows))
    return len(rows)


def _keep(rows: Sequence[RosterEntry]) -> None:
    """Write rows over what stood there; refuse a day that somebody had at a centre out of sight."""
    try:
        with transaction.atomic():
            RosterEntry.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["person", "on"], update_fields=_CHANGED
            )
    except ProgrammingError as error:  # row-level security hides what would be written over
        raise rules.NotOfCentre from error


def _check_own(institution: Institution, by: Staff) -> None:
    if by.institution_id != institution.pk:
        raise rules.RosterElsewhere


def _check_shift(institution: Institution, shift: str, days: Collection[date]) -> None:
    if not shift:
        return
    first = min(days)
    if not any(row.code == shift for row in selectors.shifts(of=institution, on=first)):
        raise rules.NoSuchShift(shift=shift, day=first, field="what")


def _take_turns(institution: Institution) -> None:
    """Let two leads of a centre change its roster one after the other."""
    Institution.objects.select_for_update(of=("self",)).get(id=institution.pk)


def _locked(institution: Institution, numbers: Collection[str] | None) -> list[Staff]:
    """Return the people of a centre, or those of some numbers, once nobody else plans there."""
    _take_turns(institution)
    rows = Staff.objects.filter(institution=institution, is_active=True).order_by("id")
    found = list(rows if numbers is None else rows.filter(number__in=list(numbers)))
    if numbers is not None and len(found) != len(set(numbers)):
        raise rules.NotOfCentre
    return found


def _tell_place(
    institution: Institution, action: str, by: Staff, at: datetime, **told: object
) -> None:
    trail.record(
        institution_id=institution.pk,
        actor=by.label,
        action=action,
        subject=f"people.institution:{institution.number}",
        at=at,
        detail={
            name: value if isinstance(value, int) else str(value) for name, value in told.items()
        },
    )
