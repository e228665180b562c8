"""Pages of the dashboard: the live board, what a figure counts, and the export."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET

from dashboards import forms, gateways, rules, selectors
from dashboards.web import _drawn
from foundation.people.roles import Permission
from foundation.ui import menu, pdf, sheets, table
from foundation.ui.context import Shell
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import action, record_export, requires, signed_in, taken_by

MAY_OPEN = {
    "authorization:item": Permission.AUTHORIZATION_VIEW,
    "monitoring:match": Permission.MONITORING_VIEW,
}
COUNTED = (
    Column(_("Its number"), table.NUMBER),
    Column(_("Institution")),
    Column(_("Transaction")),
    Column(_("Person")),
    Column(_("Time"), table.NUMBER),
    Column(_("seconds"), table.RIGHT),
    Column(_("State")),
    Column(_("Reasons"), table.NUMBER),
)
Drawn = Callable[[str], str]
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@requires(Permission.DASHBOARD_VIEW)
def live(request: HttpRequest) -> HttpResponse:
    """Show the day at this moment; the same address answers the part when asked again."""
    _figure, cut = _asked(request)
    found = selectors.board(on=cut.on, at=cut.until, under=cut.under)
    part = "_board" if request.headers.get("HX-Request") else "live"
    context = {"board": found, "chart": _chart(found), "query": request.GET.urlencode()}
    context["drawn"] = _drawn.rows(found, items=reverse("dashboards:items"))
    return render(request, f"dashboards/{part}.html", context)


@require_GET
@requires(Permission.DASHBOARD_VIEW)
def items(request: HttpRequest) -> HttpResponse:
    """List exactly what a figure counts; also as a file."""
    figure, cut = _asked(request)
    if (kind := request.GET.get("export", "")) in sheets.KINDS:
        record_export(request)
        page = selectors.in_file(figure=figure, cut=cut)
        sheet = sheets.drawn(name=f"{figure}-{cut.on}", table=_counted(request, page),
                             mark=taken_by(request), total=page.total)  # fmt: skip
        return sheets.answer(sheet, kind)
    page = selectors.listed(figure=figure, cut=cut)
    following = cut.link(figure, before=page.next_before) if page.next_before else ""
    context = {"page": page, "cut": cut, "next": following, "table": _counted(request, page)}
    context["query"] = f"{replace(cut, before=None).link(figure)}&"
    return render(request, "dashboards/items.html", context)


@action
@require_GET
@requires(Permission.DASHBOARD_VIEW)
def export(request: HttpRequest) -> HttpResponse:
    """Answer the figures as a workbook that says who took it, and so does the trail."""
    found, mark = _taken(request)
    data = gateways.workbook(sheets=selectors.sheets(board=found), mark=mark)
    response = HttpResponse(data, content_type=EXCEL)
    response["Content-Disposition"] = f'attachment; filename="dashboard-{found.cut.on}.xlsx"'
    return response


@action
@require_GET
@requires(Permission.DASHBOARD_VIEW)
def report(request: HttpRequest) -> HttpResponse:
    """Answer the same figures as a report to be kept or signed, marked in the same way."""
    found, mark = _taken(request)
    shown = {"board": found, "mark": mark, "sheets": selectors.sheets(board=found)}
    shown["place"] = signed_in(request).institution.name
    return pdf.answer("dashboards/_report.html", shown, name=f"dashboard-{found.cut.on}")


def _taken(request: HttpRequest) -> tuple[selectors.Board, str]:
    """Return the figures that somebody takes away and the mark of who did, told on the trail."""
    record_export(request)
    _figure, cut = _asked(request)
    mark = taken_by(request)
    return selectors.board(on=cut.on, at=cut.until, under=cut.under), mark


def _asked(request: HttpRequest) -> tuple[str, rules.Cut]:
    form = forms.Chosen(request.GET)
    form.is_valid()
    now = timezone.localtime().replace(microsecond=0)
    return form.cleaned_data.get("figure") or "decided", form.cut(today=_today(request), now=now)


def _today(request: HttpRequest) -> date:
    return menu.business_date(signed_in(request), timezone.localdate())


def _chart(board: selectors.Board) -> dict[str, object]:
    """Return what the charts draw, with the link of every bar."""
    return {
        "quarters": [
            {
                "text": quarter.text,
                "count": quarter.decided.count,
                "before": quarter.before,
                "seconds": quarter.average_seconds,
                "link": quarter.decided.link,
            }
            for quarter in board.quarters
        ],
        "target": board.tiles.target_seconds,
    }


def _counted(request: HttpRequest, page: selectors.Page) -> Table:
    held = Shell(request).permissions
    word, badge = cache(ops.translated), cache(_badge)  # many rows show the same
    return Table(COUNTED, [_counted_row(row, held, word, badge) for row in page.rows])


def _counted_row(
    row: selectors.Row, held: Collection[str], word: Drawn, badge: Callable[..., SafeString]
) -> Row:
    page, key = row.address
    number = row.number
    if MAY_OPEN[page] in held:
        number = table.link(to=page, key=key, text=number)
    return Row(
        (
            number,
            row.place,
            word(row.what),
            ops.actor(row.who),
            table.clock(row.at) if row.at else "",
            "" if row.took is None else str(row.took),
            badge(row.state, row.state_text, row.state_kind),
            " ".join(row.reasons),
        ),
        key=str(row.key),
    )


def _badge(state: str, text: str, kind: str) -> SafeString:
    return ops.state_badge(state, ops.translated(text), kind)
