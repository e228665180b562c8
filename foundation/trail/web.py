"""Pages of the trail: searching it, and taking what was found away as a file."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from foundation.kernel.text import whole
from foundation.people.roles import Permission
from foundation.trail import forms, rules, selectors, services
from foundation.ui import subjects, told
from foundation.ui.web import action, record_export, requires, signed_in


@require_GET
@requires(Permission.TRAIL_VIEW)
def entries(request: HttpRequest) -> HttpResponse:
    """Show who did what to what, newest first; today where nothing else is asked."""
    form = forms.Search(request.GET or {"since": str(timezone.localdate())})
    page: dict[str, Any] = {"form": form, "events": (), "older": "", "asked": {}}
    if form.is_valid():
        below = whole(request.GET.get("below", ""))
        found = selectors.search(wanted=_wanted(request, form), below=below)
        page["events"] = found.events
        page["names"] = subjects.named_for(request, selectors.subjects_in(events=found.events))
        page["asked"] = {name: value for name, value in form.cleaned_data.items() if value}
        if found.next_below:
            page["older"] = urlencode({**page["asked"], "below": found.next_below})
    return render(request, "trail/entries.html", page, status=422 if form.errors else 200)


@action
@require_POST
@requires(Permission.TRAIL_VIEW)
def export(request: HttpRequest) -> HttpResponse:
    """Answer what matches as CSV, and put on the trail that it was taken."""
    form = forms.Search(request.POST)
    if not form.is_valid():
        page = {"form": form, "events": (), "older": "", "asked": {}}
        return render(request, "trail/entries.html", page, status=422)
    text, count = selectors.as_csv(wanted=_wanted(request, form))
    asked = {name: str(value) for name, value in form.cleaned_data.items() if value}
    services.record_export(staff=signed_in(request), asked=asked, count=count, at=timezone.now())
    # The mark at the beginning lets a spreadsheet read the Chinese.
    answer = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="trail.csv"'
    return answer


@require_GET
@requires(Permission.BOOKS_REPORT)
def looks(request: HttpRequest) -> HttpResponse:
    """List when the books were looked through, and how that ended."""
    return render(request, "trail/looks.html", {"looks": selectors.looks()})


@require_GET
@requires(Permission.BOOKS_REPORT)
def look(request: HttpRequest, look_id: int) -> HttpResponse:
    """Show what was checked in plain words, how much, and what is wrong; or send it as CSV."""
    report = selectors.look_report(look_id=look_id)
    if report is None:
        raise Http404
    if request.GET.get("export") != "csv":
        return render(request, "trail/look.html", {"report": report})
    record_export(request)
    answer = HttpResponse("\ufeff" + _as_csv(report), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="books-{look_id}.csv"'
    return answer


def _as_csv(report: selectors.LookReport) -> str:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    for check, row in report.checks:
        words = gettext(check.title), gettext(check.meaning), str(row.rows), str(row.differences)
        writer.writerow(map(rules.neutral, words))
    for one in report.found:
        title = gettext(rules.BOOK_CHECKS[one.code].title)
        cells = title, gettext(one.words), one.subject, one.detail
        writer.writerow(map(rules.neutral, cells))
    return file.getvalue()


def _wanted(request: HttpRequest, form: forms.Search) -> selectors.Wanted:
    kept = rules.kept_from(getattr(request, "permissions", ()))
    asked = form.cleaned_data
    actions = selectors.actions_called(word=asked["action"], known=told.ACTIONS)
    result = told.code_of(asked["result"])
    return selectors.Wanted(**asked | {"actions": actions, "result": result, "without": kept})
