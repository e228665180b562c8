"""The board of monitoring: a day's vouchers, alerts and slips, outlets by risk, links by heat."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET

from foundation.people.roles import Permission
from foundation.ui import addresses, menu, sheets, table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import record_export, requires, signed_in, taken_by
from monitoring.forms import board as forms
from monitoring.rules import board as rules
from monitoring.rules import workshop
from monitoring.selectors import board as selected

PAGE = 50
OUTLETS = (
    Column(_("Outlet")),
    Column(_("Risk"), table.RIGHT),
    Column(_("Rating")),
    Column(_("Pairs"), table.RIGHT),
    Column(_("Matched by machine, percent"), table.RIGHT),
    Column(_("Open differences"), table.RIGHT),
    Column(_("Breaks"), table.RIGHT),
    Column(_("Open alerts"), table.RIGHT),
    Column(_("Overdue slips"), table.RIGHT),
    Column(_("Points of the month"), table.RIGHT),
)
RATINGS = {
    rules.LOW: ("ok", "circle-check", _("Low risk")),
    rules.MEDIUM: ("warn", "eye", _("Medium risk")),
    rules.HIGH: ("bad", "alert-triangle", _("High risk")),
}


@require_GET
@requires(Permission.ALERT_VIEW)
def board(request: HttpRequest) -> HttpResponse:
    """Show how monitoring stands on a day; every figure opens what it counts."""
    today = menu.business_date(signed_in(request), timezone.localdate())
    form = forms.Day({"on": request.GET.get("on") or today.isoformat()})
    found = selected.board(on=form.day(today=today), at=timezone.now())
    page = Paginator(found.outlets, PAGE).get_page(request.GET.get("page"))
    shown: dict[str, Any] = {"form": form, "board": found}
    if (kind := request.GET.get("export", "")) in sheets.KINDS:
        record_export(request)
        name = f"monitoring-{found.on}"
        sheet = sheets.drawn(name=name, table=_outlets(found.outlets), mark=taken_by(request))
        return sheets.answer(sheet, kind)
    shown |= {"page": page, "query": f"on={found.on}", "table": _outlets(list(page))}
    shown["links"] = [gettext(link.name) for link in workshop.LINKS.values()]
    shown["heat"] = SafeString("".join(_heat(one) for one in page.object_list if any_of(one)))
    part = "_board" if request.headers.get("HX-Request") else "board"
    return render(request, f"monitoring/{part}.html", shown)


def any_of(outlet: selected.Outlet) -> bool:
    """Tell whether an outlet has any alert: others make no row of the map."""
    return any(cell.figure.count for cell in outlet.cells)


def _outlets(rows: Sequence[selected.Outlet]) -> Table:
    chips = {
        rating: ops.chip(kind, icon, gettext(word))
        for rating, (kind, icon, word) in RATINGS.items()
    }
    return Table(OUTLETS, [_outlet(row, chips) for row in rows])


def _outlet(row: selected.Outlet, chips: Mapping[str, str]) -> Row:
    share = table.NOTHING if row.matched.share is None else f"{row.matched.share}"
    return Row(
        (
            row.name,
            str(row.risk),
            chips[row.rating],
            _opens("monitoring:matches", row.pairs),
            _opens("monitoring:matches", row.matched, shown=share),
            _opens("monitoring:matches", row.open),
            _opens("monitoring:matches", row.breaks),
            _opens("monitoring:alerts", row.alerts),
            _opens("monitoring:slips", row.overdue),
            _opens("monitoring:slips", row.points),
        ),
        key=row.number,
    )


def _opens(page: str, figure: selected.Figure, shown: str = "") -> str:
    if not figure.count:
        return shown or str(figure.count)
    address = html.escape(f"{addresses.page(page)}?{figure.query}")
    return SafeString(
        f'<a href="{address}" data-figure="{figure.count}">{shown or figure.count}</a>'
    )


def _heat(row: selected.Outlet) -> str:
    cells = "".join(
        f'<td class="op-heat--{cell.level}">{_opens("monitoring:alerts", cell.figure)}</td>'
        for cell in row.cells
    )
    return f'<tr><th scope="row">{html.escape(row.name)}</th>{cells}</tr>'
