"""The journal as a file: what begins like a formula is made plain text."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from urllib.parse import urlencode

import xlsxwriter
from django import forms
from django.http import HttpRequest, HttpResponse

from foundation.ledger import rules, selectors, services
from foundation.ledger.models import JournalLine
from foundation.ui.web import refuse_in

KINDS: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
AMOUNT = 9


def search(given: Mapping[str, str]) -> str:
    """Return the search as the address of the next page or of a file repeats it."""
    kept = {
        name: value for name, value in given.items() if value and name not in {"before", "export"}
    }
    return urlencode(kept)


def answer(lines: Sequence[JournalLine], kind: str) -> HttpResponse:
    """Return the lines as a file to be saved."""
    rows = [services.journal_cells(line=line) for line in lines]
    body = _csv(rows) if kind == "csv" else _xlsx(rows, [line.amount_fen for line in lines])
    response = HttpResponse(body, content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="journal.{kind}"'
    return response


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(services.journal_head())
    writer.writerows([rules.plain_cell(cell) for cell in row] for row in rows)
    # The mark tells spreadsheets that Chinese follows.
    return out.getvalue().encode("utf-8-sig")


def _xlsx(rows: Sequence[Sequence[str]], fen: Sequence[int]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "constant_memory": False})
    sheet = book.add_worksheet()
    money = book.add_format({"num_format": "#,##0.00"})
    sheet.freeze_panes(1, 0)
    for place, title in enumerate(services.journal_head()):
        sheet.write_string(0, place, title)
    for number, row in enumerate(rows, 1):
        for place, cell in enumerate(row):
            if place == AMOUNT:
                sheet.write_number(number, place, Decimal(fen[number - 1]) / 100, money)
            else:
                sheet.write_string(number, place, cell)
    book.close()
    return out.getvalue()


def kept(request: HttpRequest, form: forms.Form) -> bool:
    """Tell whether the days are still in the books; say at the field when they are not."""
    try:
        selectors.check_kept(first=form.cleaned_data["first"])
    except rules.Archived as refusal:
        refuse_in(request, form, refusal)
        return False
    return True
