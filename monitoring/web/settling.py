"""The page of a day's closing (轧账): what is open, what explains a break, and the close itself."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from foundation.people.models import Institution
from foundation.people.roles import Permission
from foundation.ui import menu
from foundation.ui.web import action, refusals_in, requires, signed_in
from monitoring import rules, selectors
from monitoring.forms import settling as forms
from monitoring.rules import matching, settling
from monitoring.selectors import settling as selected
from monitoring.services import settling as services


@require_GET
@requires(Permission.MONITORING_VIEW)
def settlement(request: HttpRequest, outlet_id: int) -> HttpResponse:
    """Show how an outlet's day stands and what keeps it open."""
    return _page(request, _outlet_or_404(outlet_id), _day(request))


@action
@require_POST
@requires(Permission.MONITORING_SETTLE, missing=(settling.NoSuchOutlet,))
def run_day(request: HttpRequest, outlet_id: int) -> HttpResponse:
    """Ask a worker to set what stands alone side by side; the page shows how far it is."""
    outlet, on = _outlet_or_404(outlet_id), _day(request)
    services.ask_match(institution_id=outlet.pk, business_date=on, **_by(request))
    return _back(outlet.pk, on)


@action
@require_POST
@requires(Permission.MONITORING_EXPLAIN, missing=(rules.NoSuchPair,))
def explain(request: HttpRequest, match_id: int) -> HttpResponse:
    """Say what became of a break."""
    found = selectors.match(match_id=match_id)
    if found is None:
        raise Http404
    form = forms.Explain(request.POST)
    if form.is_valid():
        with refusals_in(request, form):
            services.explain(match_id=match_id, **form.cleaned_data, **_by(request))
            return _back(found.institution_id, found.business_date)
    return _page(request, found.institution, found.business_date, form=form, about=match_id)


@action
@require_POST
@requires(Permission.MONITORING_SETTLE, missing=(settling.NoSuchExplanation,))
def decide_explanation(request: HttpRequest, explanation_id: int) -> HttpResponse:
    """Accept or decline an explanation that another person wrote."""
    row = selected.explanation(explanation_id=explanation_id)
    if row is None:
        raise Http404
    accepted = request.POST.get("step") == "accept"
    services.decide_explanation(explanation_id=row.pk, accepted=accepted, **_by(request))
    return _back(row.institution_id, row.match.business_date)


@action
@require_POST
@requires(Permission.MONITORING_SETTLE, missing=(settling.NoSuchOutlet,))
def close_vouchers(request: HttpRequest, outlet_id: int) -> HttpResponse:
    """Close the vouchers of the day."""
    outlet, on = _outlet_or_404(outlet_id), _day(request)
    services.close_day(institution_id=outlet.pk, business_date=on, **_by(request))
    return _back(outlet.pk, on)


def _page(
    request: HttpRequest,
    outlet: Institution,
    on: date,
    form: forms.Explain | None = None,
    about: int = 0,
) -> HttpResponse:
    day = selected.day(institution=outlet, on=on)
    page: dict[str, Any] = {"day": day, "outlet": outlet, "on": on, "form": form, "about": about}
    page["own"] = signed_in(request).person
    page["hows"] = [(matching.HOWS[how].text, count) for how, count in day.hows.items()]
    page["blank"] = forms.Explain()
    page["days"] = forms.OfDay(initial={"on": on})
    page["matching"] = selected.is_matching(institution_id=outlet.pk)
    part = "_standing" if request.headers.get("HX-Request") else "settlement"
    return render(request, f"monitoring/{part}.html", page, status=422 if form else 200)


def _outlet_or_404(outlet_id: int) -> Institution:
    found = selected.outlet_by_id(institution_id=outlet_id)
    if found is None:
        raise Http404
    return found


def _day(request: HttpRequest) -> date:
    """Return the day that is asked for, or the present business date; nothing else is one."""
    form = forms.OfDay(request.POST if request.method == "POST" else request.GET)
    form.is_valid()
    today = menu.business_date(signed_in(request), timezone.localdate())
    on: date = form.cleaned_data.get("on") or today
    return on


def _back(outlet_id: int, on: date) -> HttpResponse:
    return redirect(f"{reverse('monitoring:settlement', args=[outlet_id])}?on={on}")


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": signed_in(request), "at": timezone.now()}
