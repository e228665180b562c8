"""The roster of a centre by the week, and its shifts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.kernel.dates import FIRST, LAST
from foundation.people import forms, rules, selectors, services
from foundation.people.models import Institution, RosterEntry, Shift
from foundation.people.roles import Permission
from foundation.people.selectors import Week
from foundation.ui import sheets, table
from foundation.ui.sheets import Sheet
from foundation.ui.table import Column, Row, Table
from foundation.ui.web import action, record_export, refusals_in, requires, signed_in, taken_by

_DAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
_SHIFTS = (
    Column(_("Code"), table.NUMBER),
    Column(_("Name")),
    Column(_("From"), table.NUMBER),
    Column(_("Until"), table.NUMBER),
    Column(_("Break"), table.NUMBER),
    Column(_("Valid from"), table.NUMBER),
    Column(_("Entered by")),
)


@require_GET
@requires(Permission.ROSTER_VIEW)
def roster(request: HttpRequest) -> HttpResponse:
    """Show a week of a centre: who has which shift on which day."""
    place, day = _centre(request), _day(request)
    if place is None:
        return render(request, "people/roster.html", {"place": None})
    week = selectors.roster_week(of=place, day=day, after=request.GET.get("after", "")[:12])
    if request.GET.get("export") in sheets.KINDS:
        return _file(request, place, week)
    return _week_page(request, place, week, None)


@action
@require_POST
@requires(Permission.ROSTER_MANAGE)
def set_roster(request: HttpRequest) -> HttpResponse:
    """Put the chosen people into a shift on the chosen days."""
    place, day = _own(request), _day(request)
    week = selectors.roster_week(of=place, day=day, after=request.GET.get("after", "")[:12])
    form = _form(request, week)
    if form.is_valid():
        with refusals_in(request, form):
            services.set_roster(
                institution=place, **form.set(), by=signed_in(request), at=timezone.now()
            )
            return redirect(_address(place, day, request.GET.get("after", "")))
    return _week_page(request, place, week, form)


@action
@require_POST
@requires(Permission.ROSTER_MANAGE)
def copy_roster(request: HttpRequest) -> HttpResponse:
    """Copy the week before into the free days of this one."""
    place, day = _own(request), _day(request)
    services.copy_week(institution=place, day=day, by=signed_in(request), at=timezone.now())
    return redirect(_address(place, day))


@require_http_methods(["GET", "POST"])
@requires(Permission.ROSTER_VIEW)
def shifts(request: HttpRequest) -> HttpResponse:
    """Show the shifts of a centre; its lead enters others."""
    place, may = _centre(request), _may_change(request, _centre(request))
    form = forms.ShiftNew(request.POST or None) if may else None
    if request.method == "POST" and form is not None and place is not None and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("code", "name", "valid_from")}
        with refusals_in(request, form):
            services.add_shift(
                institution=place, hours=form.hours(), by=signed_in(request), at=timezone.now(),
                **given,
            )  # fmt: skip
            return redirect(f"{reverse('people:shifts')}?place={place.number}")
    rows = selectors.shift_rows(of=place) if place else ()
    page = {"place": place, "form": form, "rows": rows, "table": _shift_table(rows)}
    status = 422 if form is not None and form.errors else 200
    return render(request, "people/shifts.html", page, status=status)


def _week_page(
    request: HttpRequest, place: Institution, week: Week, form: forms.RosterSet | None
) -> HttpResponse:
    today, changes = timezone.localdate(), _may_change(request, place)
    page: dict[str, Any] = {"place": place, "week": week, "today": today, "changes": changes}
    page["centres"] = selectors.centres_in_scope()
    page["form"] = form or _form(request, week)
    page["heads"] = [
        {
            "day": day,
            "name": gettext(_DAYS[day.weekday()]),
            "over": day < today,
            "seats": seats,
            "chosen": str(day) in request.POST.getlist("day"),
        }
        for day, seats in zip(week.days, week.in_shift, strict=True)
    ]
    page["numbers"] = request.POST.getlist("number")
    page["lines"] = [(line.staff, [_cell(entry) for entry in line.days]) for line in week.lines]
    page["near"] = {
        "before": _address(place, week.days[0] - (week.days[1] - week.days[0]) * rules.WEEK_DAYS),
        "after": _address(place, week.days[0] + (week.days[1] - week.days[0]) * rules.WEEK_DAYS),
        "here": _address(place, week.days[0]),
        "more": _address(place, week.days[0], week.after) if week.after else "",
        "query": urlencode({"week": str(week.days[0]), "after": request.GET.get("after", "")}),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "people/roster.html", page, status=status)


def _cell(entry: RosterEntry | None) -> dict[str, str]:
    if entry is None:
        return {}
    absent = gettext(rules.ABSENCES[entry.absence].name) if entry.absence else ""
    return {"shift": entry.shift_code, "absent": absent, "reason": entry.reason}


def _form(request: HttpRequest, week: Week) -> forms.RosterSet:
    numbers = [line.staff.number for line in week.lines]
    given = request.POST if request.method == "POST" else None
    return forms.RosterSet(given, numbers=numbers, days=week.days, shifts=week.shifts)


def _centre(request: HttpRequest) -> Institution | None:
    """Return the centre that is asked for, the person's own, or the first in sight."""
    centres, number = selectors.centres_in_scope(), request.GET.get("place", "")[:12]
    own = signed_in(request).institution_id
    if number:
        found = next((row for row in centres if row.number == number), None)
        if found is None:
            raise Http404
        return found
    return next((row for row in centres if row.pk == own), centres[0] if centres else None)


def _own(request: HttpRequest) -> Institution:
    """Return the person's own institution: whoever plans does it for no other."""
    return signed_in(request).institution


def _may_change(request: HttpRequest, place: Institution | None) -> bool:
    held: frozenset[str] = getattr(request, "permissions", frozenset())
    own = place is not None and place.pk == signed_in(request).institution_id
    return own and Permission.ROSTER_MANAGE in held


def _day(request: HttpRequest) -> date:
    try:
        found = parse_date(request.GET.get("week", ""))
    except ValueError:
        found = None
    known = found is not None and FIRST.year < found.year < LAST.year
    return found if found is not None and known else timezone.localdate()


def _address(place: Institution, day: date, after: str = "") -> str:
    asked = {"place": place.number, "week": str(day)} | ({"after": after} if after else {})
    return f"{reverse('people:roster')}?{urlencode(asked)}"


def _shift_table(rows: Sequence[Shift]) -> Table:
    return Table(
        _SHIFTS,
        [
            Row(
                (
                    row.code,
                    row.name,
                    f"{row.starts:%H:%M}",
                    f"{row.ends:%H:%M}",
                    f"{row.break_from:%H:%M}–{row.break_until:%H:%M}"
                    if row.break_from and row.break_until
                    else table.NOTHING,
                    str(row.valid_from),
                    row.set_by.label,
                )
            )
            for row in rows
        ],
    )


def _file(request: HttpRequest, place: Institution, week: Week) -> HttpResponse:
    record_export(request)
    head = [gettext("Staff number"), gettext("Name"), *map(str, week.days)]
    rows = [
        (
            line.staff.number,
            line.staff.name,
            *(" ".join(filter(None, (_cell(one).get("shift"), _cell(one).get("absent"))))
              for one in line.days),
        )
        for line in week.lines
    ]  # fmt: skip
    mark = taken_by(request)
    name = f"roster-{place.number}-{week.days[0]}"
    return sheets.answer(Sheet(name, head, rows, mark), request.GET["export"])
