"""Tables as files that people save: CSV or a workbook; what begins like a formula is made text."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import xlsxwriter
from django.http import HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from foundation.kernel.text import plain_cell
from foundation.ui.table import Table

KINDS: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WIDTH = 16
_TAG = re.compile(r"<[^>]*>")
Cell = str | int | Decimal | None


@dataclass(frozen=True)
class Sheet:
    """A table to be saved: its file's name, its heads as people read them, rows, who took it."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    mark: str


def answer(sheet: Sheet, kind: str) -> HttpResponse:
    """Return the table as a file to be saved; `kind` is one of KINDS."""
    body = _csv(sheet) if kind == "csv" else _xlsx(sheet)
    response = HttpResponse(body, content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="{sheet.name}.{kind}"'
    return response


def drawn(*, name: str, table: Table, mark: str, total: int = 0) -> Sheet:
    """Return a list that a page shows as a table to be saved: its texts without their links.

    Where there are more in all than the list holds, a last row says how many are missing.
    """
    head = [gettext(column.title) for column in table.columns]
    rows = [[_text(cell) for cell in row.cells] for row in table.rows]
    if total > len(rows):
        said = gettext("This file holds the newest %(n)s of %(total)s; narrow the list for others.")
        rows.append([said % {"n": len(rows), "total": total}])
    return Sheet(name, head, rows, mark)


def _text(cell: str) -> str:
    """Return what a person reads of a cell; one that is not safe holds no marks."""
    if not isinstance(cell, SafeString):
        return cell
    return html.unescape(" ".join(_TAG.sub(" ", cell).split()))


def _csv(sheet: Sheet) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(sheet.head)
    writer.writerows([_plain(cell) for cell in row] for row in sheet.rows)
    # The mark tells spreadsheets that Chinese follows.
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    return plain_cell(cell) if isinstance(cell, str) else str(cell)


def bound(sheets: Sequence[Sheet]) -> bytes:
    """Return tables as one workbook to be kept, each a sheet of its own name."""
    return _book(sheets, named=True)


def _xlsx(sheet: Sheet) -> bytes:
    return _book([sheet], named=False)


def _book(sheets: Sequence[Sheet], *, named: bool) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name if named else None)
            page.set_header(f"&L{sheet.mark.replace('&', '&&')}")
            page.freeze_panes(1, 0)
            page.set_column(0, max(len(sheet.head) - 1, 0), WIDTH)
            page.write_row(0, 0, sheet.head, bold)
            for number, row in enumerate(sheet.rows, 1):
                page.write_row(number, 0, ["" if cell is None else cell for cell in row])
    return out.getvalue()
