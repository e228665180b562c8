"""A list that is taken away as a file, which the trail keeps."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from foundation.ui import sheets
from foundation.ui.table import Table
from foundation.ui.web import record_export, taken_by


def is_wanted(request: HttpRequest) -> bool:
    """Return whether the page is asked for as a file."""
    return request.GET.get("export", "") in sheets.KINDS


def away(request: HttpRequest, *, name: str, table: Table, total: int = 0) -> HttpResponse:
    """Return a table as the file that is asked for: who took it, and of how many rows it is."""
    record_export(request)
    sheet = sheets.drawn(name=name, table=table, mark=taken_by(request), total=total)
    return sheets.answer(sheet, request.GET["export"])
