"""Lists drawn from cells: fifty rows of a dozen cells, where a template would look up each one.

A page gives the columns and a row of cells for each record; what is not yet safe is escaped here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from foundation.kernel import calendar
from foundation.ui import addresses

NUMBER, RIGHT = "op-num", "op-r"
NOTHING = "—"
# Most cells are figures and names: to look whether one needs it is quicker than to escape each.
_needs_escape = re.compile("[&<>\"']").search
_ARROWS = {
    "ascending": ' <span aria-hidden="true">↑</span>',
    "descending": ' <span aria-hidden="true">↓</span>',
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title as translations know it, how its cells look, whether only spoken.

    `sorts` is the address that sorts by it, `order` how the rows stand by it now, in ARIA's words.
    """

    title: str
    look: str = ""
    spoken: bool = False
    sorts: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its cells, safe or not, how it looks, and the key by which scripts find it."""

    cells: Sequence[str]
    look: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A list as a page shows it."""

    columns: Sequence[Column]
    rows: Sequence[Row]


def drawn(*, table: Table, caption: str, role: str = "region") -> SafeString:
    """Return the table in a frame that scrolls; ValueError for a row of another width."""
    heads = "".join(_head(column) for column in table.columns)
    starts = [f'<td class="{one.look}">' if one.look else "<td>" for one in table.columns]
    lines = "\n".join(_line(starts, row) for row in table.rows)
    return SafeString(
        f'<div class="op-scroll" tabindex="0" role="{html.escape(role)}"'
        f' aria-label="{html.escape(caption)}"><table class="op-table">\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{lines}\n</tbody></table></div>"
    )


def link(*, to: str, key: str | int, text: str, look: str = "", mark: str = "") -> SafeString:
    """Return the link to the page of a record; `mark` is what scripts find the row by."""
    more = f' class="{html.escape(look)}"' if look else ""
    more += f' data-row="{html.escape(mark)}"' if mark else ""
    shown = text if isinstance(text, SafeString) else html.escape(text)
    return SafeString(f'<a href="{addresses.of(to, key)}"{more}>{shown}</a>')


def alone(*, to: str, key: int, text: str) -> SafeString:
    """Return the link to a list that shows one of its rows alone."""
    return SafeString(f'<a href="{addresses.alone(to, key)}">{html.escape(text)}</a>')


def clock(at: datetime | None) -> str:
    """Return the time of day to the second in Shanghai; nothing as a dash."""
    if at is None:
        return NOTHING
    here = calendar.local(at)
    return f"{here.hour:02}:{here.minute:02}:{here.second:02}"


def seconds(span_ms: int | None) -> str:
    """Return a span in seconds to the tenth, cut; nothing as a dash."""
    return NOTHING if span_ms is None else f"{span_ms // 1000}.{span_ms % 1000 // 100}"


def _head(column: Column) -> str:
    title = html.escape(gettext(column.title))
    if column.spoken:
        title = f'<span class="visually-hidden">{title}</span>'
    look = f' class="{RIGHT}"' if column.look == RIGHT else ""
    if column.order:
        look += f' aria-sort="{html.escape(column.order)}"'
        title += _ARROWS[column.order]
    if column.sorts:
        title = f'<a href="{html.escape(column.sorts)}">{title}</a>'
    return f'<th scope="col"{look}>{title}</th>'


def _line(starts: Sequence[str], row: Row) -> str:
    more = f' class="{html.escape(row.look)}"' if row.look else ""
    more += f' data-row="{html.escape(row.key)}"' if row.key else ""
    cells = "".join(
        [
            f"{start}{cell if isinstance(cell, SafeString) else _escaped(cell)}</td>"
            for start, cell in zip(starts, row.cells, strict=True)
        ]
    )
    return f"<tr{more}>{cells}</tr>"


def _escaped(cell: str) -> str:
    return html.escape(cell) if _needs_escape(cell) else cell
