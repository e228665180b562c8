"""Lists of the books as files: CSV, a workbook, or a PDF; formulas are made plain text."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import xlsxwriter
from django.http import HttpResponse

from foundation.kernel.money import Money
from foundation.ledger import rules
from foundation.ledger.web._files import KINDS
from foundation.ui import pdf

Cell = str | int


@dataclass(frozen=True)
class Sheet:
    """A list to be saved: title, what is asked, columns, rows. A whole number is fen."""

    name: str
    title: str
    asked: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def answer(sheet: Sheet, kind: str) -> HttpResponse:
    """Return the list as a file to be saved."""
    if kind == "pdf":
        rows = [[(_text(cell), isinstance(cell, int)) for cell in row] for row in sheet.rows]
        return pdf.answer("ledger/_sheet_pdf.html", {"sheet": sheet, "rows": rows}, name=sheet.name)
    body = _csv(sheet) if kind == "csv" else _xlsx(sheet)
    response = HttpResponse(body, content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="{sheet.name}.{kind}"'
    return response


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else Money(cell).format()


def _csv(sheet: Sheet) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(sheet.head)
    for row in sheet.rows:
        writer.writerow(
            [
                rules.plain_cell(cell)
                if isinstance(cell, str)
                else Money(cell).format(commas=False)
                for cell in row
            ]
        )
    return out.getvalue().encode("utf-8-sig")


def _xlsx(sheet: Sheet) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet()
    money = book.add_format({"num_format": "#,##0.00"})
    page.freeze_panes(1, 0)
    for place, title in enumerate(sheet.head):
        page.write_string(0, place, title)
    for number, row in enumerate(sheet.rows, 1):
        for place, cell in enumerate(row):
            if isinstance(cell, int):
                page.write_number(number, place, Decimal(cell) / 100, money)
            else:
                page.write_string(number, place, cell)
    book.close()
    return out.getvalue()
