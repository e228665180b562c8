"""Blank vouchers: what was said of numbers, what waits for an answer, one number looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.imaging.selectors import layouts
from foundation.people.roles import Permission
from foundation.ui import alone, sheets, table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import (
    action,
    record_export,
    refusals_in,
    requires,
    signed_in,
    taken_by,
)
from monitoring.forms import blanks as forms
from monitoring.models import BlankRange
from monitoring.rules import blanks as rules
from monitoring.selectors import blanks as selected
from monitoring.services import blanks as services

COLUMNS = (
    Column(_("Register entry"), table.NUMBER),
    Column(_("Layout")),
    Column(_("From number"), table.NUMBER),
    Column(_("To number"), table.NUMBER),
    Column(_("Numbers"), table.RIGHT),
    Column(_("What became of them")),
    Column(_("Institution")),
    Column(_("Teller")),
    Column(_("State")),
    Column(_("Said by")),
    Column(_("Answered by")),
    Column(_("Why")),
)
EXPORT_MOST = 5_000
MISSING = (rules.NoSuchRange,)


@require_GET
@requires(Permission.BLANK_VIEW)
def blanks(request: HttpRequest) -> HttpResponse:
    """List what was said of numbers, what waits for an answer, and what one number is."""
    titles = layouts.titles()
    form = forms.Wanted(request.GET, titles=titles)
    of = alone.asked(request.GET)
    chosen = replace(form.chosen(), of=of)
    if (kind := request.GET.get("export", "")) in sheets.KINDS:
        record_export(request)
        drawn = _drawn(tuple(selected.listed(chosen=chosen)[:EXPORT_MOST]), titles)
        name = f"blank-vouchers-{timezone.localdate()}"
        return sheets.answer(sheets.drawn(name=name, table=drawn, mark=taken_by(request)), kind)
    page = selected.page(chosen=chosen)
    shown: dict[str, Any] = {"form": form, "page": page, "table": _drawn(page.rows, titles)}
    waiting = selected.waiting(staff=signed_in(request), issues=_issues(request))
    shown["waiting"] = [(row, titles.get(row.layout, row.layout)) for row in waiting]
    shown |= {"one": _looked_up(chosen), **alone.shown(of, page.rows)}
    return render(request, "monitoring/blanks.html", shown | {"query": _query(request)})


@require_http_methods(["GET", "POST"])
@requires(Permission.BLANK_ISSUE)
def issue_blanks(request: HttpRequest) -> HttpResponse:
    """Send numbers of a form to an outlet, which is to accept them."""
    form = forms.Issue(request.POST or None, titles=layouts.titles())
    if request.method == "POST" and form.is_valid():
        with refusals_in(request, form):
            services.issue(draft=form.draft(), by=signed_in(request), at=timezone.now())
            return redirect("monitoring:blanks")
    status = 422 if form.errors else 200
    return render(request, "monitoring/issue_blanks.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.BLANK_KEEP)
def tell_blanks(request: HttpRequest) -> HttpResponse:
    """Give numbers of the own outlet to a teller, or say that they are void, lost or destroyed."""
    form = forms.Tell(request.POST or None, titles=layouts.titles())
    if request.method == "POST" and form.is_valid():
        with refusals_in(request, form):
            fate, by = form.cleaned_data["fate"], signed_in(request)
            services.tell(fate=fate, draft=form.draft(), by=by, at=timezone.now())
            return redirect("monitoring:blanks")
    status = 422 if form.errors else 200
    return render(request, "monitoring/tell_blanks.html", {"form": form}, status=status)


@action
@require_POST
@requires(Permission.BLANK_KEEP, missing=MISSING)
def decide_blanks(request: HttpRequest, range_id: int) -> HttpResponse:
    """Accept or decline what was said of numbers."""
    if not selected.in_sight(range_id=range_id):
        raise Http404
    accept, issues = request.POST.get("step") == "accept", _issues(request)
    by, at = signed_in(request), timezone.now()
    services.decide(range_id=range_id, accept=accept, issues=issues, by=by, at=at)
    return redirect("monitoring:blanks")


def _issues(request: HttpRequest) -> bool:
    held: frozenset[Permission] = getattr(request, "permissions", frozenset())
    return Permission.BLANK_ISSUE in held


def _looked_up(chosen: selected.Filter) -> dict[str, object] | None:
    """Return what one number of one form is, where both were typed."""
    if not (chosen.number and chosen.layout):
        return None
    found = selected.number(number=chosen.number, layout=chosen.layout)
    return {"found": found, "state": rules.STATES[found.state]}


def _drawn(rows: Sequence[BlankRange], titles: Mapping[str, str]) -> Table:
    return Table(COLUMNS, [_row(row, titles) for row in rows])


def _row(row: BlankRange, titles: Mapping[str, str]) -> Row:
    return Row(
        (
            str(row.pk),
            titles.get(row.layout, row.layout),
            row.first,
            row.last,
            str(int(row.last) - int(row.first) + 1),
            gettext(rules.FATES[row.fate]),
            row.institution.name,
            row.teller.label if row.teller else table.NOTHING,
            ops.state_badge(row.state),
            f"{row.said_by.label} {timezone.localtime(row.said_at):%Y-%m-%d %H:%M}",
            row.decided_by.label if row.decided_by else table.NOTHING,
            row.words or table.NOTHING,
        )
    )


def _query(request: HttpRequest) -> str:
    asked = request.GET.copy()
    asked.pop("before", None)
    return asked.urlencode()
