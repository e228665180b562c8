"""The page of the scores of outlets, each figure with its slips behind it."""

from __future__ import annotations

from typing import Any

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


@require_GET
@requires(Permission.MONITORING_VIEW)
def score(request: HttpRequest) -> HttpResponse:
    """Show the score of each outlet in a month."""
    today, asked = timezone.localdate(), {"month": request.GET.get("month", "")}
    form = forms.Month({"month": asked["month"] or f"{today:%Y-%m}"})
    month = Month(form.first(today=today))
    rows = selected.month(month=month)
    shown: dict[str, Any] = {"form": form, "month": month, "rows": rows}
    shown["table"] = drawn.scores(rows, month)
    if (kind := request.GET.get("export", "")) in sheets.KINDS:
        record_export(request)
        sheet = sheets.drawn(name=f"score-{month}", table=shown["table"], mark=taken_by(request))
        return sheets.answer(sheet, kind)
    shown["sums"] = sums.sums(rows=[row.counted for row in rows])
    shown["weights"] = selected.weights(on=month.last)
    shown["query"] = f"month={month}"
    return render(request, "monitoring/score.html", shown)
