"""Pages of vouchers that follow the posting of their items: the list, the figures, the scan."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET

from authorization import selectors
from authorization.forms import scanning as forms
from authorization.models import LaterScan
from authorization.web._counter import item_or_404
from authorization.web._images import images
from foundation.people.roles import Permission
from foundation.ui import table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import requires, signed_in

DAYS = 30
FIGURES = (
    Column(_("Outlet")),
    Column(_("Awaited"), table.RIGHT),
    Column(_("overdue"), table.RIGHT),
    Column(_("Scanned in time"), table.RIGHT),
    Column(_("Scanned late"), table.RIGHT),
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
    if later.scanned_at is not None:
        return redirect("authorization:item", number)
    shown = {"item": item, "later": later, **images(item.key, item.trade_code)}
    return render(request, "authorization/scan.html", shown)


def _figures(one: selectors.ScansOf) -> Row:
    return Row(
        (
            one.name,
            _link(one, one.awaited, ""),
            _link(one, one.overdue, "&overdue=on"),
            str(one.in_time),
            str(one.late),
        ),
        look="op-row--warn" if one.overdue else "",
    )


def _link(one: selectors.ScansOf, count: int, more: str) -> SafeString:
    address = f"{reverse('authorization:scans')}?outlet={one.institution_id}{more}"
    return format_html('<a href="{}">{}</a>', SafeString(address), count)


def _row(one: LaterScan) -> Row:
    item = one.request
    state = ops.chip("bad", "clock", gettext("overdue")) if one.is_late else table.NOTHING
    return Row(
        (
            table.link(to="authorization:item", key=item.number, text=item.number),
            one.institution.name,
            f"{item.trade_code} {gettext(item.trade.name)}",
            ops.money(item.amount_fen),
            item.teller_label,
            table.clock(one.due_at),
            state,
        )
    )
