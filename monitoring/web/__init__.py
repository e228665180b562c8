"""Pages of monitoring: the list, one pair, the outlet's day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET

from foundation.imaging.models import Page
from foundation.people.roles import Permission
from foundation.ui import menu, table, timed
from foundation.ui.context import Shell
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import requires, signed_in
from monitoring import forms, rules, selectors
from monitoring.selectors import auditing as audited
from monitoring.selectors import looks as looked
from monitoring.selectors import slips as slips_told

PAIRS = (
    Column(_("Journal number"), table.NUMBER),
    Column(_("Institution")),
    Column(_("Booked at"), table.NUMBER),
    Column(_("Transaction code"), table.NUMBER),
    Column(_("Account"), table.NUMBER),
    Column(_("Amount"), table.RIGHT),
    Column(_("Voucher number"), table.NUMBER),
    Column(_("Teller"), table.NUMBER),
    Column(_("Result")),
    Column(_("Auditor")),
)


@require_GET
@requires(Permission.MONITORING_VIEW)
def matches(request: HttpRequest) -> HttpResponse:
    """List pairs of voucher and journal line: every figure of the centre opens here."""
    form, chosen = _chosen(request)
    page = selectors.listed(chosen=chosen)
    context = {"page": page, "chosen": chosen, "form": form, "results": rules.RESULTS.values()}
    context["table"] = _pairs(page.rows)
    part = "_matches" if request.headers.get("HX-Request") else "matches"
    return render(request, f"monitoring/{part}.html", context)


@require_GET
@requires(Permission.MONITORING_VIEW)
def match(request: HttpRequest, match_id: int) -> HttpResponse:
    """Show one pair: journal line, images, compared fields and all that happened."""
    found = selectors.match(match_id=match_id)
    if found is None:
        raise Http404
    seen = selectors.record(match=found)
    shown: dict[str, object] = {"seen": seen, "images": pictures(request, seen)}
    sealed = Permission.SLIP_SEALED in Shell(request).permissions
    shown["slips"] = slips_told.about(origin=found.trail_subject, sealed=sealed)
    shown["looks"] = looked.of_match(match_id=found.pk)
    shown["forcings"] = audited.forcings(match_id=found.pk)
    return render(request, "monitoring/match.html", shown)


@require_GET
@requires(Permission.MONITORING_VIEW)
def day(request: HttpRequest) -> HttpResponse:
    """Show a day by institution and result, and both kinds of break."""
    form, chosen = _chosen(request)
    context = {
        "form": form,
        "day": selectors.day(on=chosen.on, under=chosen.under),
        "chosen": chosen,
        "results": rules.RESULTS.values(),
        "audits": Permission.MONITORING_AUDIT in Shell(request).permissions,
    }
    part = "_day" if request.headers.get("HX-Request") else "day"
    return render(request, f"monitoring/{part}.html", context)


def pictures(request: HttpRequest, seen: selectors.Record) -> list[dict[str, object]]:
    """Return the pages of a pair as the viewer takes them."""
    return shown_pages(request, seen.pages, seen.boxes)


def shown_pages(
    request: HttpRequest,
    pages: Sequence[Page],
    boxes: Mapping[int, Mapping[str, Sequence[int]]],
) -> list[dict[str, object]]:
    """Return pages as the viewer takes them, with the boxes of what was read on each."""
    return [
        {
            "title": gettext("Page %(number)s") % {"number": page.seq},
            "src": timed.address(request, "imaging:view", page.pk),
            "thumb": timed.address(request, "imaging:thumb", page.pk),
            "width": page.width_px,
            "height": page.height_px,
            "page": reverse("imaging:page", args=[page.pk]),
            "boxes": boxes.get(page.pk, {}),
        }
        for page in pages
    ]


def _chosen(request: HttpRequest) -> tuple[forms.Chosen, selectors.Filter]:
    today = _today(request)
    form = forms.Chosen(request.GET.dict() | {"on": request.GET.get("on") or today.isoformat()})
    form.is_valid()
    typed = form.cleaned_data
    chosen = selectors.Filter(
        on=typed.get("on") or today,
        result=typed.get("result", ""),
        state=typed.get("state", ""),
        under=typed.get("under"),
        teller=typed.get("teller", ""),
        auditor=typed.get("auditor", ""),
        journal_no=typed.get("journal_no", ""),
        keyed=bool(typed.get("keyed")),
        compared=bool(typed.get("compared")),
        before_id=typed.get("before"),
    )
    return form, chosen


def _today(request: HttpRequest) -> date:
    return menu.business_date(signed_in(request), timezone.localdate())


def _pairs(rows: Sequence[selectors.Listed]) -> Table:
    badge = cache(_badge)  # many rows came to the same result
    return Table(PAIRS, [_pair_row(row, badge) for row in rows])


def _pair_row(row: selectors.Listed, badge: Callable[[str], SafeString]) -> Row:
    number = row.journal_no or table.NOTHING
    return Row(
        (
            table.link(to="monitoring:match", key=row.pk, text=number, mark="match"),
            row.place,
            table.clock(row.journal_at),
            row.trade_code,
            ops.mask_account(row.account_number),
            ops.money(row.amount_fen),
            row.voucher_no,
            row.teller,
            badge(row.result),
            row.decided_label or table.NOTHING,
        )
    )


def _badge(result: str) -> SafeString:
    finding = rules.RESULTS[result]
    return ops.state_badge(result, gettext(finding.text), finding.kind)
