"""The page of the scores of outlets, each figure with its slips behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from foundation.people.roles import Permission
from foundation.ui import sheets
from foundation.ui.web import record_export, requires, taken_by
from monitoring.forms import slips as forms
from monitoring.rules.bulletin import Month
from monitoring.selectors import bulletin as sums
from monitoring.selectors import points as selected
from monitoring.web import _drawn_slips as drawn

PAGE = 50


@require_GET
@requires(Permission.MONITORING_VIEW)
def score(request: HttpRequest) -> HttpResponse:
    """Show the score of each outlet in a month."""
    today = timezone.localdate()
    form = forms.Month({"month": request.GET.get("month") or f"{today:%Y-%m}"})
    month = Month(form.first(today=today))
    rows = selected.month(month=month)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    if (kind := request.GET.get("export", "")) in sheets.KINDS:
        record_export(request)
        table = drawn.scores(rows, month)
        sheet = sheets.drawn(name=f"score-{month}", table=table, mark=taken_by(request))
        return sheets.answer(sheet, kind)
    return render(request, "monitoring/score.html", _shown(form, month, rows, page))


def _shown(
    form: forms.Month,
    month: Month,
    rows: Sequence[selected.OutletMonth],
    page: Page[selected.OutletMonth],
) -> dict[str, Any]:
    return {
        "form": form,
        "month": month,
        "page": page,
        "table": drawn.scores(list(page), month, page.start_index()),
        "sums": sums.sums(rows=[row.counted for row in rows]),
        "weights": selected.weights(on=month.last),
        "query": f"month={month}",
    }
