"""Who sits at a centre's desks when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from foundation.kernel import scope
from foundation.people import rules
from foundation.people.models import (
    Institution,
    Qualification,
    RosterEntry,
    Shift,
    Staff,
    StaffRole,
)
from foundation.people.roles import ROLES, Permission

_PAGE = 50


@dataclass(frozen=True)
class RosterLine:
    """One person of a centre, with what stands for each day of a week; None where nothing does."""

    staff: Staff
    days: Sequence[RosterEntry | None]


@dataclass(frozen=True)
class Week:
    """A page of a centre's roster: its people, the shifts of the week, how many have one a day."""

    days: Sequence[date]
    lines: Sequence[RosterLine]
    shifts: Sequence[Shift]
    in_shift: Sequence[int]
    after: str


def centres_in_scope() -> Sequence[Institution]:
    """Return the centres within the scope, by number."""
    rows = Institution.objects.filter(kind=rules.CENTRE, active=True).order_by("number")
    allowed = scope.current()
    return tuple(rows if allowed == scope.EVERYTHING else rows.filter(id__in=allowed))


def roster_week(*, of: Institution, day: date, after: str = "") -> Week:
    """Return the week of a day for the people of a centre, fifty of them after a number."""
    days = rules.week_of(day)
    people = list(
        Staff.objects.filter(institution=of, is_active=True, number__gt=after).order_by("number")[
            : _PAGE + 1
        ]
    )
    shown = people[:_PAGE]
    entries = RosterEntry.objects.filter(institution=of, on__range=(days[0], days[-1]))
    counted = dict.fromkeys(days, 0)
    found: dict[tuple[int, date], RosterEntry] = {}
    for entry in entries.select_related("set_by").order_by("id"):
        found[entry.staff_id, entry.on] = entry
        counted[entry.on] += bool(entry.shift_code)
    return Week(
        days=days,
        lines=tuple(
            RosterLine(one, tuple(found.get((one.pk, day)) for day in days)) for one in shown
        ),
        shifts=shifts(of=of, on=days[-1]),
        in_shift=tuple(counted.values()),
        after=shown[-1].number if len(people) > _PAGE else "",
    )


def shifts(*, of: Institution, on: date) -> Sequence[Shift]:
    """Return the shifts of a centre that count on a day, by code."""
    rows = Shift.objects.filter(institution=of, valid_from__lte=on)
    return tuple(rows.order_by("code", "-valid_from", "-id").distinct("code"))


def shift_rows(*, of: Institution, limit: int = _PAGE) -> Sequence[Shift]:
    """Return the rows of a centre's shifts, by code, the latest of each first."""
    rows = Shift.objects.filter(institution=of).select_related("set_by")
    return tuple(rows.order_by("code", "-valid_from")[:limit])


def hours_on(*, days: Sequence[date], permission: Permission) -> Mapping[date, list[rules.Hours]]:
    """Return for each day the hours of everybody in scope who is in a shift and may do something.

    Who may is read from the roles held on the day. Days need not follow one another.
    """
    found: dict[date, list[rules.Hours]] = {day: [] for day in days}
    dated: dict[tuple[int, str], list[Shift]] = {}
    for shift in Shift.objects.order_by("-valid_from", "-id"):
        dated.setdefault((shift.institution_id, shift.code), []).append(shift)
    for entry in _in_shift(days, permission).order_by("id"):
        rows = dated.get((entry.institution_id, entry.shift_code), [])
        row = next((shift for shift in rows if shift.valid_from <= entry.on), None)
        if row is not None:
            found[entry.on].append(row.hours)
    return found


def _in_shift(days: Sequence[date], permission: Permission) -> QuerySet[RosterEntry]:
    able = [role.code for role in ROLES.values() if permission in role.permissions]
    held = StaffRole.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=OuterRef("on")),
        staff=OuterRef("staff"),
        role__in=able,
        valid_from__lte=OuterRef("on"),
    )
    rows: QuerySet[RosterEntry] = RosterEntry.objects.filter(Exists(held), on__in=list(days))
    return rows.exclude(shift_code="")


@dataclass(frozen=True)
class TeamLine:
    """One person of a place on a day: roles, certified skills by name, and the shift."""

    staff: Staff
    roles: Sequence[str]
    skills: Mapping[str, Qualification]
    shift: Shift | None
    absence: str


def team(*, of: Institution, on: date, after: str = "", limit: int = _PAGE) -> Sequence[TeamLine]:
    """Return the people of an institution after a number, with what each may do and has today."""
    people = list(
        Staff.objects.filter(institution=of, is_active=True, number__gt=after).order_by("number")[
            :limit
        ]
    )
    roles: dict[int, list[str]] = {}
    held = StaffRole.objects.filter(Q(valid_until=None) | Q(valid_until__gte=on), staff__in=people)
    for staff, role in (
        held.filter(valid_from__lte=on).order_by("role", "id").values_list("staff_id", "role")
    ):
        roles.setdefault(staff, []).append(role)
    skills: dict[int, dict[str, Qualification]] = {}
    certified = Qualification.objects.filter(
        staff__in=people, valid_from__lte=on, valid_until__gte=on
    )
    for row in certified.order_by("grade", "id"):
        skills.setdefault(row.staff_id, {})[row.skill] = row
    known = {row.code: row for row in shifts(of=of, on=on)}
    entries = RosterEntry.objects.filter(institution=of, on=on, staff__in=people).order_by("id")
    today = {row.staff_id: row for row in entries}
    return tuple(
        TeamLine(
            staff=one,
            roles=roles.get(one.pk, []),
            skills=skills.get(one.pk, {}),
            shift=known.get(today[one.pk].shift_code) if one.pk in today else None,
            absence=today[one.pk].absence if one.pk in today else "",
        )
        for one in people
    )
