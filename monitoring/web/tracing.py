"""The page where auditors trace by hand (人工查账): a voucher beside a line, and the two joined."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from foundation.kernel.text import whole
from foundation.people.models import Institution
from foundation.people.roles import Permission
from foundation.ui import menu, timed
from foundation.ui.web import action, refusals_in, requires, signed_in
from monitoring import selectors
from monitoring.forms import tracing as forms
from monitoring.models import Match
from monitoring.rules import settling
from monitoring.selectors import settling as days
from monitoring.selectors import tracing as selected
from monitoring.services import tracing as services
from monitoring.web import shown_pages


@require_GET
@requires(Permission.MONITORING_AUDIT)
def trace(request: HttpRequest, outlet_id: int) -> HttpResponse:
    """Show what stands alone of an outlet's day, the chosen voucher beside the chosen line."""
    return _page(request, _outlet_or_404(outlet_id), forms.Wanted(request.GET))


@action
@require_POST
@requires(Permission.MONITORING_AUDIT, missing=(settling.NoSuchOutlet,))
def join(request: HttpRequest, outlet_id: int) -> HttpResponse:
    """Join the chosen voucher with the chosen line, and go on with the day."""
    outlet, form = _outlet_or_404(outlet_id), forms.Join(request.POST)
    wanted = forms.Wanted(request.POST)
    if form.is_valid():
        with refusals_in(request, form):
            joined = services.join(**form.given(), by=signed_in(request), at=timezone.now())
            return _back(outlet, wanted, joined)
    return _page(request, outlet, wanted, form)


def _page(
    request: HttpRequest, outlet: Institution, typed: forms.Wanted, form: forms.Join | None = None
) -> HttpResponse:
    auditor, wanted = signed_in(request), _wanted(request, typed)
    found = selected.traced(outlet=outlet, wanted=wanted, by=auditor)
    if found.stray and form is None:
        beside = found.line.match if found.line else None
        services.trace(stray=found.stray.match, line=beside, by=auditor, at=timezone.now())
    carried = _narrowed(typed, wanted)
    page: dict[str, Any] = {
        "outlet": outlet,
        "on": wanted.on,
        "found": found,
        "typed": typed,
        "form": form or forms.Join(),
        "bad": bool(form),
        "images": shown_pages(
            request, found.pages, selectors.boxes_of(fields=found.fields, pages=found.pages)
        ),
        "strays": [(one, _thumb(request, one)) for one in found.strays],
        "narrowed": urlencode(carried),
        "carried": list(carried.items()),
        "joined": _joined(request),
        "choosing": "line" if found.stray and not found.line else "stray",
    }
    return render(request, "monitoring/trace.html", page, status=422 if form else 200)


def _wanted(request: HttpRequest, form: forms.Wanted) -> selected.Wanted:
    form.is_valid()
    known = form.cleaned_data
    return selected.Wanted(
        on=known.get("on") or menu.business_date(signed_in(request), timezone.localdate()),
        beside=bool(known.get("beside")),
        fen=known.get("amount"),
        account=known.get("account", ""),
        teller=known.get("teller", ""),
        stray=known.get("stray"),
        line=known.get("line"),
    )


def _narrowed(form: forms.Wanted, wanted: selected.Wanted) -> dict[str, str]:
    """Return what narrows the page, as its links carry it on."""
    typed = {name: form.data.get(name, "") for name in ("beside", "amount", "account", "teller")}
    return {"on": wanted.on.isoformat()} | {name: text for name, text in typed.items() if text}


def _thumb(request: HttpRequest, one: selected.Stray) -> str:
    """Return the address of a voucher's small picture; nothing where it is not made yet."""
    page = one.page
    return timed.address(request, "imaging:thumb", page.pk) if page and page.thumb else ""


def _joined(request: HttpRequest) -> Match | None:
    """Return the pair that was joined just now, for the words at the top of the page."""
    number = whole(request.GET.get("joined", ""))
    return selectors.match(match_id=number) if number else None


def _back(outlet: Institution, typed: forms.Wanted, joined: Match) -> HttpResponse:
    typed.is_valid()
    on = typed.cleaned_data.get("on") or joined.business_date
    narrowed = {"on": on.isoformat(), "joined": str(joined.pk)}
    if typed.cleaned_data.get("beside"):
        narrowed["beside"] = "on"
    return redirect(f"{reverse('monitoring:trace', args=[outlet.pk])}?{urlencode(narrowed)}")


def _outlet_or_404(outlet_id: int) -> Institution:
    found = days.outlet_by_id(institution_id=outlet_id)
    if found is None:
        raise Http404
    return found
