"""Pages of monitoring: the list, one pair, the auditor's desk, the outlet's day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_POST

from foundation.kernel.errors import Refused
from foundation.kernel.text import whole
from foundation.people.roles import Permission
from foundation.ui import menu, table, timed
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import action, record_refusal, refuse_in, requires, signed_in
from foundation.worklist import rules as worklist_rules
from foundation.worklist import selectors as worklist_selectors
from foundation.worklist import services as worklist
from monitoring import forms, rules, selectors, services
from monitoring.models import Match
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
    shown: dict[str, object] = {"seen": seen, "images": _images(request, seen)}
    shown["slips"] = slips_told.about(origin=found.trail_subject)
    return render(request, "monitoring/match.html", shown)


@require_GET
@requires(Permission.MONITORING_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """Show the difference that the auditor holds, or the next one."""
    return _desk(request)


@action
@require_POST
@requires(Permission.MONITORING_AUDIT, missing=(rules.NoSuchPair,))
def decide(request: HttpRequest, match_id: int) -> HttpResponse:
    """Record what the auditor found and bring the next difference with the same answer."""
    if selectors.match(match_id=match_id) is None:
        raise rules.NoSuchPair
    form = forms.Finding(request.POST)
    if not form.is_valid():
        return _desk(request, form=form)
    typed = form.cleaned_data | {"match_id": match_id, "at": timezone.now()}
    try:
        ended = services.decide(auditor=signed_in(request), **typed)
    except rules.ForceNeedsReason as refusal:
        refuse_in(request, form, refusal)
        return _desk(request, form=form)
    except Refused as refusal:
        record_refusal(request, refusal)
        return _desk(request, refusal=refusal)
    return _desk(request, ended)


@action
@require_POST
@requires(Permission.MONITORING_AUDIT, missing=(rules.NoSuchPair,))
def hand_back(request: HttpRequest, match_id: int) -> HttpResponse:
    """Put the difference back into the queue and rest."""
    services.hand_back(
        match_id=match_id, fence=_fence(request), auditor=signed_in(request), at=timezone.now()
    )
    return _desk(request, resting=True)


@action
@require_POST
@requires(Permission.MONITORING_AUDIT, missing=(worklist_rules.NoSuchItem,))
def heartbeat(request: HttpRequest, item_id: int) -> HttpResponse:
    """Keep the lease of the difference on the screen; tell until when."""
    until = worklist.heartbeat(
        item_id=item_id, fence=_fence(request), staff=signed_in(request), at=timezone.now()
    )
    return JsonResponse({"until": until.isoformat()})


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
    }
    part = "_day" if request.headers.get("HX-Request") else "day"
    return render(request, f"monitoring/{part}.html", context)


def _desk(
    request: HttpRequest,
    ended: Match | None = None,
    *,
    resting: bool = False,
    form: forms.Finding | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:
    opened = None if resting else services.open_next(auditor=signed_in(request), at=timezone.now())
    seen = selectors.record(match=opened.match) if opened else None
    context = {
        "opened": opened,
        "seen": seen,
        "images": _images(request, seen) if seen else [],
        "findings": [rules.RESULTS[code] for code in seen.match.findings] if seen else [],
        "waiting": worklist_selectors.waiting_for(
            queue=rules.QUEUE, staff=signed_in(request), on=timezone.localdate()
        ),
        "decided": ended.finding.text if ended else "",
        "confirmed": ended if ended and ended.state == rules.CONFIRMED else None,
        "resting": resting,
        "form": form or forms.Finding(),
        "refusal": refusal,
    }
    part = "_desk" if request.headers.get("HX-Request") else "audit"
    status = 422 if form else 409 if refusal else 200
    return render(request, f"monitoring/{part}.html", context, status=status)


def _images(request: HttpRequest, seen: selectors.Record) -> list[dict[str, object]]:
    """Return the pages as the viewer takes them."""
    return [
        {
            "title": gettext("Page %(number)s") % {"number": page.seq},
            "src": timed.address(request, "imaging:view", page.pk),
            "thumb": timed.address(request, "imaging:thumb", page.pk),
            "width": page.width_px,
            "height": page.height_px,
            "page": reverse("imaging:page", args=[page.pk]),
            "boxes": seen.boxes[page.pk],
        }
        for page in seen.pages
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
        before_id=typed.get("before"),
    )
    return form, chosen


def _today(request: HttpRequest) -> date:
    return menu.business_date(signed_in(request), timezone.localdate())


def _fence(request: HttpRequest) -> int:
    return whole(request.POST.get("fence", "")) or 0


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
