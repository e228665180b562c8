"""Images that people opened without an item: the list behind the figures of the watch page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET

from foundation.imaging.forms import IMAGE_CLASSES
from foundation.kernel.calendar import local
from foundation.people.roles import Permission
from foundation.ui import sheets, subjects, table
from foundation.ui.table import Column, Row, Table
from foundation.ui.web import record_export, requires, taken_by
from monitoring.forms import proofs as forms
from monitoring.selectors import strays as selected
from monitoring.selectors.strays import StrayRow

COLUMNS = (
    Column(_("Time"), table.NUMBER),
    Column(_("Staff")),
    Column(_("Institution")),
    Column(_("Image")),
    Column(_("Image class")),
    Column(_("How")),
    Column(_("Belongs to")),
)
FILE_MOST = 5_000
CLASSES = dict(IMAGE_CLASSES)


@require_GET
@requires(Permission.PROOF_VIEW)
def stray_views(request: HttpRequest) -> HttpResponse:
    """List the images that people opened without an item: exactly what a figure counts."""
    form = forms.Strays(request.GET)
    cut = form.cut(today=timezone.localdate())
    rows = selected.listed(first=cut.first, last=cut.last, **form.chosen())
    if (kind := request.GET.get("export", "")) in sheets.KINDS:
        record_export(request)
        drawn = _drawn(request, selected.shown(rows=rows, most=FILE_MOST))
        name = f"views-without-item-{cut.first}-{cut.last}"
        return sheets.answer(sheets.drawn(name=name, table=drawn, mark=taken_by(request)), kind)
    page = selected.page(rows=rows, before=form.cleaned_data.get("before"))
    shown = {"form": form.again(cut), "cut": cut, "page": page, "table": _drawn(request, page.rows)}
    asked = request.GET.copy()
    asked.pop("before", None)
    return render(request, "monitoring/stray_views.html", shown | {"query": asked.urlencode()})


def _drawn(request: HttpRequest, rows: Sequence[StrayRow]) -> Table:
    """Return the rows with the pages and items named, a kind at a time."""
    pages = {row.pk: f"imaging.page:{row.page_id}" for row in rows}
    names = subjects.named_for(request, [*pages.values(), *(row.subject for row in rows)])
    words = {code: str(word) for code, word in (CLASSES | forms.USES).items()}
    return Table(COLUMNS, [_row(row, names, pages[row.pk], words) for row in rows])


def _row(row: StrayRow, names: subjects.Names, page: str, words: Mapping[str, str]) -> Row:
    return Row(
        (
            f"{local(row.at):%Y-%m-%d %H:%M:%S}",
            row.viewer_label,
            row.place,
            subjects.drawn(names[page]),
            words.get(row.image_class, row.image_class),
            words[row.use],
            subjects.drawn(names[row.subject]),
        )
    )
