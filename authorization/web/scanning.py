"""Pages of vouchers that follow the posting of their items: list, figures, scan, missing ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_POST

from authorization import selectors
from authorization.forms import scanning as forms
from authorization.models import LaterScan, Request
from authorization.rules import scanning as rules
from authorization.services import missing as services
from authorization.web._counter import item_or_404
from authorization.web._images import images
from foundation.people.roles import Permission
from foundation.ui import table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import action, refusals_in, requires, signed_in

DAYS = 30
FIGURES = (
    Column(_("Outlet")),
    Column(_("Awaited"), table.RIGHT),
    Column(_("overdue"), table.RIGHT),
    Column(_("Scanned in time"), table.RIGHT),
    Column(_("Scanned late"), table.RIGHT),
    Column(_("Not there"), table.RIGHT),
)
AWAITED = (
    Column(_("Item number"), table.NUMBER),
    Column(_("Outlet")),
    Column(_("Transaction")),
    Column(_("Amount"), table.RIGHT),
    Column(_("Teller")),
    Column(_("Due by"), table.NUMBER),
    Column(_("State")),
)


@require_GET
@requires(Permission.AUTHORIZATION_VIEW)
def scans(request: HttpRequest) -> HttpResponse:
    """Show what is awaited and what is overdue, and how vouchers followed by outlet."""
    at, wanted = timezone.now(), forms.Listing(request.GET).wanted()
    figures = selectors.scans_by_outlet(since=timezone.localdate(at) - timedelta(days=DAYS), at=at)
    rows = selectors.scans_awaited(
        outlet_id=wanted.outlet_id, late_since=at if wanted.overdue else None
    )
    shown = {
        "figures": Table(FIGURES, [_figures(one) for one in figures]),
        "awaited": Table(AWAITED, [_row(one) for one in rows]),
        "days": DAYS,
        "cut": len(rows) == selectors.PAGE,
        "narrowed": wanted.overdue or wanted.outlet_id,
    }
    return render(request, "authorization/scans.html", shown)


@require_GET
@requires(Permission.AUTHORIZATION_SUBMIT)
def scan(request: HttpRequest, number: str) -> HttpResponse:
    """Let somebody of the outlet scan the voucher of an item that was posted without it."""
    item = item_or_404(number)
    later = selectors.later_scan(request=item)
    if later is None or item.institution_id != signed_in(request).institution_id:
        raise Http404
    if not later.is_awaited:
        return redirect("authorization:item", number)
    shown = {"item": item, "later": later, **images(item.key, item.trade_code)}
    return render(request, "authorization/scan.html", shown)


@require_GET
@requires(Permission.AUTHORIZATION_VIEW)
def missing(request: HttpRequest, number: str) -> HttpResponse:
    """Show a voucher that is overdue, and what was said of its not being there."""
    return _missing_page(request, *_overdue_or_404(number))


@action
@require_POST
@requires(Permission.AUTHORIZATION_ON_SITE)
def say_missing(request: HttpRequest, number: str) -> HttpResponse:
    """Let who supervises the outlet say that the voucher is not there."""
    (item, later), by, form = (
        _overdue_or_404(number),
        signed_in(request),
        forms.Missing(request.POST),
    )
    if item.institution_id != by.institution_id:
        raise Http404
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        with refusals_in(request, form):
            services.propose(scan=later, reason=reason, by=by, at=timezone.now())
            return redirect("authorization:missing", number)
    return _missing_page(request, item, later, form)


@action
@require_POST
@requires(Permission.AUTHORIZATION_LEAD)
def decide_missing(request: HttpRequest, number: str) -> HttpResponse:
    """Let a lead decide whether the voucher is not there."""
    (item, later), form = _overdue_or_404(number), forms.Decision(request.POST)
    if form.is_valid():
        accepted = form.cleaned_data["step"] == "accept"
        with refusals_in(request, form):
            services.decide(scan=later, accepted=accepted, by=signed_in(request), at=timezone.now())
            return redirect("authorization:missing", number)
    return _missing_page(request, item, later, form)


def _overdue_or_404(number: str) -> tuple[Request, LaterScan]:
    item = item_or_404(number)
    later = selectors.later_scan(request=item)
    if later is None:
        raise Http404
    return item, later


def _missing_page(
    request: HttpRequest, item: Request, later: LaterScan, form: Form | None = None
) -> HttpResponse:
    by, said = signed_in(request), selectors.missing_of(scan=later)
    open_one = next((one for one in said if one.state == rules.PROPOSED), None)
    own = by.person == item.teller_person
    overdue = later.is_awaited and later.is_late
    shown: dict[str, Any] = {
        "item": item,
        "later": later,
        "said": said,
        "form": form if isinstance(form, forms.Missing) else forms.Missing(),
        "refused": form,
        "may_say": overdue and not (own or open_one) and by.institution_id == item.institution_id,
        "may_decide": open_one and not own and open_one.proposed_person != by.person,
    }
    return render(request, "authorization/missing.html", shown, status=422 if form else 200)


def _figures(one: selectors.ScansOf) -> Row:
    return Row(
        (
            one.name,
            _link(one, one.awaited, ""),
            _link(one, one.overdue, "&overdue=on"),
            str(one.in_time),
            str(one.late),
            str(one.missing),
        ),
        look="op-row--warn" if one.overdue else "",
    )


def _link(one: selectors.ScansOf, count: int, more: str) -> SafeString:
    address = f"{reverse('authorization:scans')}?outlet={one.institution_id}{more}"
    return format_html('<a href="{}">{}</a>', SafeString(address), count)


def _state(one: LaterScan) -> str:
    """Return whether it is overdue, and said not to be there, as a link to the page of that."""
    if not one.is_late:
        return table.NOTHING
    chip = (
        ops.chip("warn", "hourglass", gettext("said not to be there"))
        if getattr(one, "said", False)
        else ops.chip("bad", "clock", gettext("overdue"))
    )
    address = reverse("authorization:missing", args=[one.request.number])
    return format_html('<a href="{}">{}</a>', address, chip)


def _row(one: LaterScan) -> Row:
    item = one.request
    return Row(
        (
            table.link(to="authorization:item", key=item.number, text=item.number),
            one.institution.name,
            f"{item.trade_code} {gettext(item.trade.name)}",
            ops.money(item.amount_fen),
            item.teller_label,
            table.clock(one.due_at),
            _state(one),
        )
    )
