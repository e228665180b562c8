"""The door to spreadsheets."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal

import xlsxwriter

from dashboards.rules import Sheet

WIDTH = 18


def workbook(*, sheets: Sequence[Sheet], mark: str) -> bytes:
    """Return an .xlsx file; the mark of who exported it stands in the header of every sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True})
        for sheet in sheets:
            page = book.add_worksheet(sheet.title[:31])
            page.set_header(f"&L{mark.replace('&', '&&')}")
            page.set_column(0, max(len(sheet.heading) - 1, 0), WIDTH)
            page.write_row(0, 0, sheet.heading, bold)
            for number, row in enumerate(sheet.rows, 1):
                page.write_row(number, 0, [_plain(value) for value in row])
            page.write_string(len(sheet.rows) + 2, 0, mark)
    return out.getvalue()


def _plain(value: object) -> object:
    return (
        value if isinstance(value, int | Decimal | str) else ("" if value is None else str(value))
    )
