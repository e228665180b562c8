"""Pages of the trail: searching it, and taking what was found away as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from foundation.people.roles import Permission
from foundation.trail import forms, selectors, services
from foundation.ui import subjects
from foundation.ui.web import action, requires, signed_in

_IDS_MAX = 18


@require_GET
@requires(Permission.TRAIL_VIEW)
def entries(request: HttpRequest) -> HttpResponse:
    """Show who did what to what, newest first; today where nothing else is asked."""
    form = forms.Search(request.GET or {"since": str(timezone.localdate())})
    page: dict[str, Any] = {"form": form, "events": (), "older": "", "asked": {}}
    if form.is_valid():
        below = request.GET.get("below", "")
        found = selectors.search(wanted=_wanted(form), below=_id(below))
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
    text, count = selectors.as_csv(wanted=_wanted(form))
    asked = {name: str(value) for name, value in form.cleaned_data.items() if value}
    services.record_export(staff=signed_in(request), asked=asked, count=count, at=timezone.now())
    # The mark at the beginning lets a spreadsheet read the Chinese.
    answer = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="trail.csv"'
    return answer


def _wanted(form: forms.Search) -> selectors.Wanted:
    return selectors.Wanted(**form.cleaned_data)


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _IDS_MAX else None
