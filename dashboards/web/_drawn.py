"""Tables of the board that have hundreds of cells, drawn as cells (decision 0133)."""

from __future__ import annotations

import html
from collections.abc import Mapping

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from dashboards.rules import Counted
from dashboards.selectors import Board, Heat, HeatRow, Person, Quarter
from foundation.ui.table import NOTHING
from foundation.ui.templatetags import ops


def rows(board: Board, *, items: str) -> Mapping[str, SafeString]:
    """Return the rows under the chart, of the authorizers and of the heat map, by name.

    `items` is the address of the page that lists what a figure counts.
    """
    return {
        "quarters": SafeString("\n".join([_quarter(items, one) for one in board.quarters])),
        "staff": SafeString("\n".join([_person(items, one) for one in board.staff])),
        "heat": SafeString("\n".join([_place(items, one) for one in board.heat])),
    }


def _figure(items: str, counted: Counted, *, shown: object = None, title: str = "") -> str:
    more = f' title="{html.escape(title)}"' if title else ""
    text = counted.count if shown is None else shown
    return (
        f'<a href="{items}?{html.escape(counted.link)}" data-figure="{counted.count}"{more}>'
        f"{html.escape(str(text))}</a>"
    )


def _quarter(items: str, one: Quarter) -> str:
    average = NOTHING if one.average_seconds is None else one.average_seconds
    return (
        f'<tr><th scope="row" class="op-num">{one.text}</th>'
        f'<td class="op-r">{_figure(items, one.decided)}</td>'
        f'<td class="op-r">{one.before}</td><td class="op-r">{average}</td></tr>'
    )


def _person(items: str, one: Person) -> str:
    average = NOTHING if one.average_seconds is None else one.average_seconds
    share = NOTHING if one.rejected.share is None else one.rejected.share
    return (
        f'<tr><th scope="row" class="op-nowrap">{html.escape(one.label)}</th><td>{_now(one)}</td>'
        f'<td class="op-r">{_figure(items, one.decided)}</td><td class="op-r">{average}</td>'
        f'<td class="op-r">{_figure(items, one.rejected)}</td><td class="op-r">{share}</td></tr>'
    )


def _now(one: Person) -> str:
    if one.busy_seconds is None and not one.here:
        return f'<span class="op-chip">{html.escape(gettext("not signed in"))}</span>'
    if one.busy_seconds is None:
        return f'<span class="op-chip op-chip--ok">{html.escape(gettext("free"))}</span>'
    busy = f"{ops.translated(one.busy_with)} · {one.busy_seconds} {gettext('seconds')}"
    return f'<span class="op-chip op-chip--brand">{html.escape(busy)}</span>'


def _place(items: str, row: HeatRow) -> str:
    drawn = "".join([_cell(items, cell) for cell in row.cells])
    return f'<tr><th scope="row">{html.escape(row.name)}</th>{drawn}</tr>'


def _cell(items: str, cell: Heat) -> str:
    if not cell.rejected.of:
        return f'<td class="op-heat--{cell.level}"><span class="op-muted">{NOTHING}</span></td>'
    title = gettext("%(count)s rejected of %(of)s") % {
        "count": cell.rejected.count,
        "of": cell.rejected.of,
    }
    link = _figure(items, cell.rejected, shown=cell.rejected.share, title=title)
    return f'<td class="op-heat--{cell.level}">{link}</td>'
