"""Pages behind a desk's figures: the own decisions of a day, and what waits for one's grade."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET

from authorization import forms, rules, selectors
from authorization.selectors import WaitingList, Waits
from authorization.web import _drawn_quality as drawn
from authorization.web import _taken
from foundation.kernel.text import whole
from foundation.people.roles import Permission
from foundation.ui import menu, table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import requires, signed_in
from foundation.worklist.rules import NOT_OFFERED

WAITING = (
    Column(_("Item number"), table.NUMBER),
    Column(_("Outlet")),
    Column(_("Transaction")),
    Column(_("Amount"), table.RIGHT),
    Column(_("Grade needed"), table.RIGHT),
    Column(_("State")),
    Column(_("Waits since"), table.NUMBER),
    Column(_("For you")),
)


@require_GET
@requires(Permission.AUTHORIZATION_DECIDE)
def decided(request: HttpRequest) -> HttpResponse:
    """List what the authorizer decided on a day: as many as the desk counts."""
    decider = signed_in(request)
    today = menu.business_date(decider, timezone.localdate())
    form = forms.OwnDay(request.GET.dict() | {"on": request.GET.get("on") or today.isoformat()})
    on, before = form.chosen(today=today)
    if _taken.is_wanted(request):
        found = selectors.made_by(decider=decider, on=on, most=selectors.FILE_MOST)
        name, whole_list = f"my-decisions-{on}", drawn.own_decisions(found.rows)
        return _taken.away(request, name=name, table=whole_list, total=found.total)
    page = selectors.made_by(decider=decider, on=on, before=before)
    shown = {"page": page, "on": on, "form": form, "table": drawn.own_decisions(page.rows)}
    return render(request, "authorization/decided.html", shown | {"query": f"on={on}&"})


@require_GET
@requires(Permission.AUTHORIZATION_DECIDE)
def waiting(request: HttpRequest) -> HttpResponse:
    """List what waits for the authorizer's grade, and what keeps each of it from them, live."""
    listed = partial(
        selectors.waiting_list, authorizer=signed_in(request), today=timezone.localdate()
    )
    after = whole(request.GET.get("after", ""))
    if _taken.is_wanted(request):
        found = listed(most=selectors.FILE_MOST)
        return _taken.away(request, name="waiting", table=_waiting(found), total=found.total)
    page = listed(after=after)
    shown = {"page": page, "table": _waiting(page), "query": ""}
    part = "authorization/_waiting.html" if request.headers.get("HX-Request") else ""
    return render(request, part or "authorization/waiting.html", shown)


def _waiting(page: WaitingList) -> Table:
    return Table(WAITING, [_row(row, page) for row in page.rows])


def _row(row: Waits, page: WaitingList) -> Row:
    return Row(
        (
            table.link(to="authorization:item", key=row.number, text=row.number),
            row.place,
            f"{row.trade_code} {gettext(rules.CATALOGUE[row.trade_code].name)}",
            ops.money(row.amount_fen),
            str(row.grade_needed),
            ops.state_badge(row.state),
            table.clock(row.queued_at),
            _for_you(row, page),
        ),
        key=row.number,
    )


def _for_you(row: Waits, page: WaitingList) -> str:
    """Return whether the item is offered to the person now, or everything that keeps it away."""
    lacking = page.lacking.get(row.work_item_id or 0)
    if lacking is None:
        return gettext("Set aside by a dispatcher")
    if not lacking:
        return ops.chip("ok", "check", gettext("Offered to you"))
    return "; ".join(gettext(NOT_OFFERED[name].text) for name in lacking)
