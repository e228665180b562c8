"""Pages of an outlet's supervisor: what waits to be confirmed on site, and one item of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_POST

from authorization import rules, selectors, services
from authorization.forms import on_site as forms
from authorization.models import OnSite, Request
from authorization.web import _drawn_on_site, _rule_words
from authorization.web._counter import item_or_404
from authorization.web._desk import noes, pictures
from foundation.kernel.errors import Refused
from foundation.people.roles import Permission
from foundation.ui import addresses, table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import action, record_refusal, requires, signed_in

WAITING = (
    Column(_("Item number"), table.NUMBER),
    Column(_("Transaction")),
    Column(_("Payer")),
    Column(_("Amount"), table.RIGHT),
    Column(_("Teller")),
    Column(_("Waits since"), table.NUMBER),
)


@require_GET
@requires(Permission.AUTHORIZATION_ON_SITE)
def on_site(request: HttpRequest) -> HttpResponse:
    """List what waits at the own outlet to be confirmed on site, the oldest first, live."""
    rows = selectors.on_site(staff=signed_in(request))
    shown = {"table": Table(WAITING, [_row(one) for one in rows])}
    part = "authorization/_on_site.html" if request.headers.get("HX-Request") else ""
    return render(request, part or "authorization/on_site.html", shown)


@require_GET
@requires(Permission.AUTHORIZATION_ON_SITE)
def on_site_item(request: HttpRequest, number: str) -> HttpResponse:
    """Show an item that the person opened and that waits on site.

    One that waits no more is shown as it stands; one that the person did not open is opened from
    the list: who only comes to an address has looked at nothing.
    """
    found = item_or_404(number)
    if found.state != rules.ON_SITE:
        return redirect("authorization:item", number)
    seen = selectors.on_site_of(request=found, person=signed_in(request).person)
    return _page(request, found, seen) if seen else redirect("authorization:on_site")


@action
@require_POST
@requires(Permission.AUTHORIZATION_ON_SITE, missing=(rules.NoSuchItem,))
def on_site_look(request: HttpRequest, number: str) -> HttpResponse:
    """Open an item that waits on site; from then on it is looked at."""
    if item_or_404(number).state != rules.ON_SITE:
        return redirect("authorization:item", number)
    services.look(number=number, by=signed_in(request), at=timezone.now())
    return redirect("authorization:on_site_item", number)


@action
@require_POST
@requires(Permission.AUTHORIZATION_ON_SITE, missing=(rules.NoSuchItem,))
def on_site_decide(request: HttpRequest, number: str) -> HttpResponse:
    """Keep what somebody of the outlet says of an item."""
    by, form = signed_in(request), forms.Said(request.POST)
    if form.is_valid():
        try:
            services.decide_on_site(number=number, by=by, at=timezone.now(), **form.cleaned_data)
        except (rules.ReasonNeeded, rules.RemarkNeeded, rules.ShownIsStale) as refusal:
            record_refusal(request, refusal)
            return _again(request, number, form, refusal)
        return redirect("authorization:on_site")
    return _again(request, number, form)


def _again(
    request: HttpRequest, number: str, form: forms.Said, refusal: Refused | None = None
) -> HttpResponse:
    found = item_or_404(number)
    seen = selectors.on_site_of(request=found, person=signed_in(request).person)
    if found.state != rules.ON_SITE or seen is None:
        return redirect("authorization:item", number)
    return _page(request, found, seen, form=form, refusal=refusal)


def _page(
    request: HttpRequest,
    found: Request,
    seen: OnSite,
    *,
    form: forms.Said | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:
    record = selectors.record(request=found)
    page = {
        "item": found,
        "seen": seen,
        "said": seen.step,
        "opening": record.opening,
        "fields": record.fields,
        "checks": selectors.checks(request=found),
        "pictures": pictures(request, record.pages, record.fields),
        "noes": noes(form),
        "why": _rule_words.why(found.why),
        "others": _drawn_on_site.said(record.on_site),
        "form": form,
        "refusal": refusal,
    }
    status = 409 if refusal else 422 if form else 200
    return render(request, "authorization/on_site_item.html", page, status=status)


def _opens(number: str) -> SafeString:
    """Return the button of a form around the list that opens an item."""
    address = addresses.of("authorization:on_site_look", number)
    return format_html('<button class="op-link" formaction="{}">{}</button>', address, number)


def _row(one: Request) -> Row:
    return Row(
        (
            _opens(one.number),
            f"{one.trade_code} {gettext(one.trade.name)}",
            one.payer_name,
            ops.money(one.amount_fen),
            one.teller_label,
            table.clock(one.presented_at),
        )
    )
