"""Staffing: what comes in each quarter of an hour, who should sit there, and who does."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET

from authorization import forms, rules, selectors
from authorization.rules import Quarter
from authorization.selectors import Staffing
from authorization.web._friction import today
from foundation.people.roles import Permission
from foundation.ui import sheets, table
from foundation.ui.context import Shell
from foundation.ui.sheets import Cell, Sheet
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import record_export, requires, taken_by

_FROM = Column(_("From"), table.NUMBER)
_FIGURES = (
    Column(_("Arrivals"), table.RIGHT),
    Column(_("Handling seconds"), table.RIGHT),
    Column(_("Load in Erlangs"), table.RIGHT),
    Column(_("Seats needed, one queue"), table.RIGHT),
    Column(_("Seats needed, split"), table.RIGHT),
    Column(_("Seats rostered"), table.RIGHT),
    Column(_("Gap"), table.RIGHT),
    Column(_("Taken up in time %"), table.RIGHT),
)
_MEASURED, _RECKONED = _("measured"), _("reckoned")
_HOW = _("Handling seconds are")
_TENTH = Decimal("0.1")


@require_GET
@requires(Permission.QUEUE_VIEW)
def staffing(request: HttpRequest) -> HttpResponse:
    """Show a day's arrivals by quarter of an hour, the seats that they need, and the roster."""
    form, now = forms.Daily(request.GET), today(request)
    on = form.day_or(now)
    found = selectors.staffing(on=on, today=now, mean=form.said("by") == "mean")
    if request.GET.get("export") in sheets.KINDS:
        return _file(request, found)
    form = forms.Daily(request.GET.dict() | {"on": str(on), "by": "mean" if found.mean else "day"})
    page: dict[str, Any] = {"form": form, "found": found, "chart": _chart(found)}
    page["table"], page["arrivals"] = _drawn(found), str(_count(found.arrivals, found))
    page["skills"] = [(_skill(one), str(_sum(found, one))) for one in found.skills]
    page["near"] = _near(form, on)
    page["split"] = max((one.split or 0 for one in found.quarters), default=0)
    page["roster"] = _roster(request, on)
    return render(request, "authorization/staffing.html", page)


def _near(form: forms.Daily, on: date) -> dict[str, str]:
    step = timedelta(days=1)
    return {"before": form.link(on=str(on - step)), "after": form.link(on=str(on + step))}


def _roster(request: HttpRequest, on: date) -> str:
    """Return where the roster of the day is planned, for those who may see it."""
    if Permission.ROSTER_VIEW not in Shell(request).permissions:
        return ""
    return f"{reverse('people:roster')}?{urlencode({'week': str(on)})}"


def _skill(code: str) -> str:
    """Return what a skill is called: its own code, or the name of a group of transactions."""
    if not code:
        return gettext("No rule")
    return gettext(rules.GROUPS[code].name) if code in rules.GROUPS else code


def _sum(found: Staffing, skill: str) -> Decimal:
    return _count(
        sum((one.skills.get(skill, Decimal(0)) for one in found.quarters), Decimal(0)), found
    )


def _count(exact: Decimal, found: Staffing) -> Decimal:
    """Return how many came: whole on one day, to a tenth in the mean of several."""
    return exact.quantize(_TENTH if found.mean else Decimal(1), ROUND_HALF_UP)


def _columns(found: Staffing) -> list[Column]:
    skills = [Column(_skill(one), table.RIGHT) for one in found.skills]
    return [_FROM, *_FIGURES[:1], *skills, *_FIGURES[1:]]


def _cells(one: Quarter, found: Staffing) -> list[Cell]:
    return [
        one.text,
        _count(one.arrivals, found),
        *(_count(one.skills.get(skill, Decimal(0)), found) for skill in found.skills),
        one.handling_seconds,
        one.load,
        one.pooled,
        one.split,
        one.seated,
        one.gap,
        one.in_time,
    ]


def _drawn(found: Staffing) -> Table:
    return Table(_columns(found), [_row(one, found) for one in found.quarters])


def _row(one: Quarter, found: Staffing) -> Row:
    shown = [table.NOTHING if cell is None else str(cell) for cell in _cells(one, found)]
    handling, gap = 2 + len(found.skills), 7 + len(found.skills)
    if not one.measured and one.handling_seconds is not None:
        shown[handling] += "*"
    short = one.gap is not None and one.gap < 0
    if one.gap is not None and short:
        shown[gap] = ops.chip("bad", "alert-triangle", str(one.gap).replace("-", "−"))
    elif one.gap:
        shown[gap] = SafeString(f"+{one.gap}")
    return Row(shown, look="op-row--bad" if short else "", key=one.text)


def _chart(found: Staffing) -> list[dict[str, object]]:
    return [
        {
            "text": one.text,
            "arrivals": str(_count(one.arrivals, found)),
            "pooled": one.pooled,
            "split": one.split,
            "seated": one.seated,
        }
        for one in found.quarters
    ]


def _file(request: HttpRequest, found: Staffing) -> HttpResponse:
    record_export(request)
    head = [gettext("Day"), *(gettext(one.title) for one in _columns(found)), gettext(_HOW)]
    rows = [
        (
            str(found.on),
            *_cells(one, found),
            gettext(_MEASURED if one.measured else _RECKONED),
        )
        for one in found.quarters
    ]
    sheet = Sheet(f"staffing-{found.on}", head, rows, taken_by(request))
    return sheets.answer(sheet, request.GET["export"])
