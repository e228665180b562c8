"""Who may do what at a centre: grade, skills, reach, shift and presence of each on one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET

from authorization import rules, selectors
from authorization.models import Admission
from authorization.rules import Rule
from authorization.selectors import admission
from foundation.kernel.calendar import local
from foundation.kernel.money import Money
from foundation.people import rules as people_rules
from foundation.people import selectors as people
from foundation.people.models import Institution
from foundation.people.roles import ROLES, Permission, permissions_of
from foundation.people.selectors import TeamLine
from foundation.policy import selectors as policy
from foundation.ui import sheets, table
from foundation.ui.context import Shell
from foundation.ui.sheets import Sheet
from foundation.ui.states import STATES
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import record_export, requires, signed_in, taken_by

_PAGE = 50
_COLUMNS = (
    Column(_("Staff")),
    Column(_("Role")),
    Column(_("Grade"), table.NUMBER),
    Column(_("Certified skills")),
    Column(_("Valid until"), table.NUMBER),
    Column(_("Admission")),
    Column(_("Transactions"), table.RIGHT),
    Column(_("Amounts below"), table.RIGHT),
    Column(_("Today")),
    Column(_("At the desk by the roster")),
    Column(_("Signed in")),
)
_RESTING, _SEATED, _OFF = _("in the break"), _("now"), _("not now")


@dataclass(frozen=True)
class _Moment:
    """When the page is shown, what holds then, and since when somebody counts as signed in."""

    at: datetime
    said: Sequence[Rule]
    seen_since: datetime
    admitted: Mapping[UUID, Admission]


@require_GET
@requires(Permission.QUEUE_VIEW)
def team(request: HttpRequest) -> HttpResponse:
    """Show the people of a centre: what each may decide, has today, and whether they are there."""
    place, after = _centre(request), request.GET.get("after", "")[:12]
    lines = people.team(of=place, on=timezone.localdate(), after=after) if place else ()
    now = _moment(timezone.now(), place, lines)
    if request.GET.get("export") in sheets.KINDS:
        return _file(request, lines, now)
    may = Permission.STAFF_VIEW in Shell(request).permissions
    page: dict[str, Any] = {"place": place, "lines": lines, "centres": people.centres_in_scope()}
    page["after"] = lines[-1].staff.number if len(lines) == _PAGE else ""
    page["table"] = Table(_COLUMNS, [_row(line, now, opens=may) for line in lines])
    page["there"] = sum(_signed_in(line, now) for line in lines)
    page["seated"] = sum(_seat(line, now) == _SEATED for line in lines)
    return render(request, "authorization/team.html", page)


def _centre(request: HttpRequest) -> Institution | None:
    """Return the centre that is asked for, the person's own, or the first in sight."""
    centres, number = people.centres_in_scope(), request.GET.get("place", "")[:12]
    wanted = [row for row in centres if row.number == number]
    if number and not wanted:
        raise Http404
    own = [row for row in centres if row.pk == signed_in(request).institution_id]
    return next(iter([*wanted, *own, *centres]), None)


def _moment(at: datetime, place: Institution | None, lines: Sequence[TeamLine]) -> _Moment:
    on = timezone.localdate(at)
    rows = selectors.rules_in_force(codes=tuple(rules.CATALOGUE), on=on)
    idle = policy.whole(
        code="security.idle_minutes", on=on, institution_id=place.pk if place else None
    )
    said = [row.says for row in rows if row.institution_id is None]
    admitted = admission.best_of(persons=[line.staff.person for line in lines])
    return _Moment(at, said, at - timedelta(minutes=idle), admitted)


def _admitted(line: TeamLine, now: _Moment) -> str:
    """Return to which grade somebody is admitted until when; or how far the way there is."""
    row = now.admitted.get(line.staff.person)
    if row is None:
        return ""
    until = f" · {row.valid_until}" if row.valid_until else ""
    return f"G{row.grade} · {gettext(STATES[row.state].text)}{until}"


def _decides(line: TeamLine) -> bool:
    return Permission.AUTHORIZATION_DECIDE in permissions_of(line.roles)


def _signed_in(line: TeamLine, now: _Moment) -> bool:
    return line.staff.seen_at is not None and line.staff.seen_at >= now.seen_since


def _seat(line: TeamLine, now: _Moment) -> str:
    if line.shift is None:
        return ""
    clock, hours = local(now.at).time(), line.shift.hours
    if hours.seated(clock):
        return _SEATED
    return _RESTING if hours.starts <= clock < hours.ends else _OFF


def _texts(line: TeamLine, now: _Moment) -> list[str]:
    """Return the cells of a person as plain texts; the last two are codes of words."""
    skills = {name: row.grade for name, row in line.skills.items()}
    reach = rules.reach(now.said, grade=line.staff.grade, skills=skills)
    ends = [row.valid_until for row in line.skills.values()]
    absence = people_rules.ABSENCES.get(line.absence)
    decides = _decides(line)
    return [
        line.staff.label,
        ", ".join(gettext(ROLES[code].name) for code in line.roles if code in ROLES),
        str(line.staff.grade),
        ", ".join(f"{name} · {grade}" for name, grade in sorted(skills.items())),
        str(min(ends)) if ends else "",
        _admitted(line, now),
        f"{reach.transactions} / {len(rules.CATALOGUE)}" if decides else "",
        ("" if reach.below_fen is None else Money(reach.below_fen).format()) if decides else "",
        str(line.shift) if line.shift else gettext(absence.name) if absence else "",
        gettext(_seat(line, now)) if line.shift else "",
        gettext("yes, now") if _signed_in(line, now) else "",
    ]


def _row(line: TeamLine, now: _Moment, *, opens: bool) -> Row:
    cells: list[str | SafeString] = [text or table.NOTHING for text in _texts(line, now)]
    if opens:
        cells[0] = table.link(
            to="people:staff_detail", key=line.staff.number, text=line.staff.label
        )
    seat, there = _seat(line, now), _signed_in(line, now)
    if seat == _SEATED:
        cells[-2] = ops.chip("ok" if there else "warn", "check" if there else "alert-triangle",
                             gettext(_SEATED))  # fmt: skip
    if there:
        cells[-1] = ops.chip("ok", "user", gettext("yes, now"))
    return Row(cells, look="op-row--warn" if seat == _SEATED and not there else "",
               key=line.staff.number)  # fmt: skip


def _file(request: HttpRequest, lines: Sequence[TeamLine], now: _Moment) -> HttpResponse:
    record_export(request)
    head = [gettext(column.title) for column in _COLUMNS]
    rows = [_texts(line, now) for line in lines]
    return sheets.answer(Sheet("team", head, rows, taken_by(request)), request.GET["export"])
