"""What the business numbers and the calendar are on a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Length
from django.utils.translation import gettext

from foundation.kernel import scope
from foundation.kernel.calendar import Calendar, Span
from foundation.people import selectors as people
from foundation.policy import rules
from foundation.policy.models import CalendarDay, Policy

# Which of them are days off, and which of the weekend are worked, says the calendar.
_WEEKDAYS = range(5)


@dataclass(frozen=True)
class Shown:
    """One business number as the list shows it: the bank's value, those of others, what comes."""

    number: rules.Number
    present: Policy | None
    own: Sequence[Policy]
    later: Sequence[Policy]
    waiting: Sequence[Policy]


def value(*, code: str, on: date, institution_id: int | None = None) -> int | Decimal:
    """Return the number in force on the day: of the institution, the nearest above it, the bank."""
    found = _in_force(code, on, institution_id)
    if not isinstance(found, int | Decimal):
        raise TypeError(f"{code} is not a number")
    return found


def whole(*, code: str, on: date, institution_id: int | None = None) -> int:
    """Return a number in force that is a whole number (fen, seconds, minutes)."""
    return int(value(code=code, on=on, institution_id=institution_id))


def bank_wholes(*, codes: Sequence[str], on: date) -> Mapping[str, int]:
    """Return those whole numbers of the bank that are in force on the day, by one question."""
    rows = (
        Policy.objects.filter(institution=None, code__in=codes)
        .filter(valid_from__lte=on, approved_by__isnull=False)
        .order_by("code", "-valid_from", "-id")
        .distinct("code")
    )
    found = {row.code: rules.value_of(row.code, row.value) for row in rows}
    return {code: value for code, value in found.items() if isinstance(value, int)}


def wholes(*, codes: Collection[str], on: date) -> Mapping[str, int]:
    """Return those whole numbers of the bank by one question; refuses where one is not in force."""
    found = bank_wholes(codes=tuple(codes), on=on)
    return {code: found[code] if code in found else whole(code=code, on=on) for code in codes}


# The bank's whole number in force, for a question of another room that is asked in one round trip;
# it names `code` and `on`, the day. No row while there is none: then `whole` refuses.
BANK_WHOLE_SQL = """
SELECT value::int FROM policy_policy
WHERE institution_id IS NULL AND code = %(code)s AND valid_from <= %(on)s
  AND approved_by_id IS NOT NULL
ORDER BY valid_from DESC, id DESC LIMIT 1
"""


# The text of the number in force at a place or the nearest above it, for a question of another
# room; it names `code`, `on` and `{path}`, the column with the ids down to the place. `number_of`
# reads it.
NEAREST_SQL = """
SELECT said.value FROM policy_policy said
LEFT JOIN people_institution near ON near.id = said.institution_id
WHERE said.code = %(code)s AND said.valid_from <= %(on)s AND said.approved_by_id IS NOT NULL
  AND (said.institution_id IS NULL OR starts_with({path}, near.path))
ORDER BY length(near.path) DESC NULLS LAST, said.valid_from DESC, said.id DESC LIMIT 1
"""


def number_of(*, code: str, text: str | None, on: date) -> int:
    """Return the whole number that `NEAREST_SQL` answered; refuse none in force."""
    if text is None:
        raise _not_set(code, on)
    found = rules.value_of(code, text)
    if not isinstance(found, int):
        raise TypeError(f"{code} is not a whole number")
    return found


def numbers(*, on: date) -> Sequence[Shown]:
    """Return every business number with what is in force, what will be, and what waits."""
    rows = list(_rows().filter(declined_by=None))
    return tuple(_shown(number, rows, on) for number in rules.NUMBERS.values())


def history(*, code: str) -> Sequence[Policy]:
    """Return every row of a business number, newest first."""
    return tuple(_rows().filter(code=code))


def proposal(*, policy_id: int) -> Policy | None:
    """Return one row, or None where it does not exist or belongs to others."""
    row = _rows().filter(id=policy_id).first()
    allowed = scope.current()
    if row is None or allowed == scope.EVERYTHING:
        return row
    place = row.institution_id or people.root_id()
    return row if place in allowed else None


def days(*, year: int) -> Sequence[CalendarDay]:
    """Return the days of a year that differ from their weekday, those that wait included."""
    rows = CalendarDay.objects.filter(on__year=year)
    return tuple(rows.select_related("proposed_by", "approved_by").order_by("on", "id"))


def days_on(*, on: date) -> Sequence[CalendarDay]:
    """Return every row of one day of the calendar, newest first: what it is, was and may be."""
    rows = CalendarDay.objects.filter(on=on).select_related("proposed_by", "approved_by")
    return tuple(rows.order_by("-id"))


def day(*, day_id: int) -> CalendarDay | None:
    """Return one day of the calendar, or None."""
    return CalendarDay.objects.select_related("proposed_by").filter(id=day_id).first()


def calendar(*, on: date) -> Calendar:
    """Return the calendar with the office hours in force on a day; it ends with the known years."""
    hours = _in_force(rules.OFFICE_HOURS, on)
    if isinstance(hours, int | Decimal):
        raise TypeError(f"{rules.OFFICE_HOURS} is not hours")
    counting = CalendarDay.objects.filter(Q(proposed_by=None) | Q(approved_by__isnull=False))
    works = dict(counting.order_by("id").values_list("on", "works"))
    return Calendar(
        hours=dict.fromkeys(_WEEKDAYS, hours),
        holidays=frozenset(one for one, working in works.items() if not working),
        workdays=frozenset(one for one, working in works.items() if working),
        ends=rules.last_day_known(works),
    )


def _in_force(
    code: str, on: date, institution_id: int | None = None
) -> int | Decimal | Sequence[Span]:
    places = people.ancestors(institution_id=institution_id) if institution_id else ()
    row = (
        Policy.objects.filter(Q(institution=None) | Q(institution_id__in=places), code=code)
        .filter(valid_from__lte=on, approved_by__isnull=False)
        .annotate(depth=Length("institution__path"))
        .order_by(F("depth").desc(nulls_last=True), "-valid_from", "-id")
        .first()
    )
    if row is None:
        raise _not_set(code, on)
    return rules.value_of(code, row.value)


def _not_set(code: str, on: date) -> rules.NotSet:
    return rules.NotSet(policy=f"{gettext(rules.NUMBERS[code].meaning)} ({code})", on=on)


def _rows() -> QuerySet[Policy]:
    rows = Policy.objects.select_related("institution", "proposed_by", "approved_by", "declined_by")
    return rows.order_by("-valid_from", "-id")


def _shown(number: rules.Number, rows: Sequence[Policy], on: date) -> Shown:
    mine = [row for row in rows if row.code == number.code]
    approved = [row for row in mine if row.approved_by_id]
    started = [row for row in approved if row.valid_from <= on]
    own: dict[int, Policy] = {}
    for row in started:
        if row.institution_id:
            own.setdefault(row.institution_id, row)
    return Shown(
        number=number,
        present=next((row for row in started if row.institution_id is None), None),
        own=tuple(own.values()),
        later=tuple(row for row in approved if row.valid_from > on),
        waiting=tuple(row for row in mine if not row.approved_by_id),
    )
