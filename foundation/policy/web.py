"""Pages of policy: business numbers and the days of the calendar, changed by two people."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.kernel.dates import FIRST, LAST
from foundation.kernel.text import whole
from foundation.people import selectors as people
from foundation.people.roles import Permission
from foundation.policy import forms, rules, selectors, services
from foundation.trail import selectors as trail
from foundation.ui.web import action, refusals_in, requires, signed_in


@require_GET
@requires(Permission.POLICY_VIEW)
def numbers(request: HttpRequest) -> HttpResponse:
    """List every business number with its value today, what comes and what waits."""
    rows = [
        (shown, gettext(shown.number.meaning))
        for shown in selectors.numbers(on=timezone.localdate())
    ]
    return render(request, "policy/numbers.html", {"rows": rows})


@require_GET
@requires(Permission.POLICY_VIEW)
def history(request: HttpRequest, code: str) -> HttpResponse:
    """Show every value that a business number has had, has and will have."""
    number = _number(code)
    page = {"number": number, "meaning": gettext(number.meaning)}
    page["rows"] = selectors.history(code=code)
    page["timeline"] = trail.timeline(subject=f"policy:{code}")
    return render(request, "policy/history.html", page)


@require_http_methods(["GET", "POST"])
@requires(Permission.POLICY_PROPOSE)
def propose(request: HttpRequest, code: str) -> HttpResponse:
    """Propose a value; it counts once another person has approved it."""
    number = _number(code)
    places, fen = list(people.institutions_in_scope()), number.unit == "fen"
    form = forms.Proposal(request.POST or None, places=places, fen=fen)
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, signed_in(request)
        with refusals_in(request, form):
            services.propose(code=code, **given, by=by, at=timezone.now())
            return redirect("policy:history", code)
    page = {"form": form, "number": number, "meaning": gettext(number.meaning)}
    return render(request, "policy/propose.html", page, status=422 if form.errors else 200)


@action
@require_POST
@requires(Permission.POLICY_APPROVE)
def decide(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Approve or decline the value that another person proposed."""
    row = selectors.proposal(policy_id=policy_id)
    if row is None:
        raise Http404
    step = services.approve if request.POST.get("step") == "approve" else services.decline
    step(policy_id=row.pk, by=signed_in(request), at=timezone.now())
    return redirect("policy:history", row.code)


@require_GET
@requires(Permission.POLICY_VIEW)
def days(request: HttpRequest) -> HttpResponse:
    """Show the days of a year that differ from their weekday."""
    year = whole(request.GET.get("year", ""), digits=4) or 0
    year = year if FIRST.year <= year <= LAST.year else timezone.localdate().year
    page = {"rows": selectors.days(year=year), "year": year}
    return render(request, "policy/days.html", page)


@require_GET
@requires(Permission.POLICY_VIEW)
def day(request: HttpRequest, on: str) -> HttpResponse:
    """Show one day of the calendar: every row that it has had, and what happened."""
    try:
        asked = date.fromisoformat(on)
    except ValueError:
        raise Http404 from None
    rows = selectors.days_on(on=asked)
    if not rows:
        raise Http404
    page = {"on": asked, "rows": rows, "entries": trail.timeline(subject=f"policy.day:{asked}")}
    return render(request, "policy/day.html", page)


@require_http_methods(["GET", "POST"])
@requires(Permission.POLICY_PROPOSE)
def propose_day(request: HttpRequest) -> HttpResponse:
    """Propose a day of the calendar, with where it is published."""
    form = forms.Day(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, signed_in(request)
        with refusals_in(request, form):
            row = services.propose_day(**given, by=by, at=timezone.now())
            return redirect(f"/policy/days/?year={row.on.year}")
    status = 422 if form.errors else 200
    return render(request, "policy/propose_day.html", {"form": form}, status=status)


@action
@require_POST
@requires(Permission.POLICY_APPROVE)
def approve_day(request: HttpRequest, day_id: int) -> HttpResponse:
    """Approve the day that another person proposed."""
    row = selectors.day(day_id=day_id)
    if row is None:
        raise Http404
    services.approve_day(day_id=row.pk, by=signed_in(request), at=timezone.now())
    return redirect(f"/policy/days/?year={row.on.year}")


def _number(code: str) -> rules.Number:
    if code not in rules.NUMBERS:
        raise Http404
    return rules.NUMBERS[code]
