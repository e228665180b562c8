"""Pages of the monthly bulletins: which there are, their files, and asking for one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from foundation.people.roles import Permission
from foundation.ui.sheets import KINDS as SHEETS
from foundation.ui.web import action, refusals_in, requires, signed_in
from monitoring.forms import slips as forms
from monitoring.rules import bulletin as rules
from monitoring.selectors import bulletin as selected
from monitoring.services import bulletin as services

TYPES = {"pdf": "application/pdf", "xlsx": SHEETS["xlsx"]}


@require_GET
@requires(Permission.MONITORING_VIEW)
def bulletins(request: HttpRequest) -> HttpResponse:
    """List the bulletins that were made, with their sums and files."""
    return _list(request)


@action
@require_POST
@requires(Permission.SLIP_JUDGE)
def ask_bulletin(request: HttpRequest) -> HttpResponse:
    """Ask a job for the bulletin of a month."""
    at, form = timezone.now(), forms.Month(request.POST)
    if form.is_valid():
        month = rules.Month(form.first(today=timezone.localdate(at)))
        with refusals_in(request, form):
            services.ask(month=month, by=signed_in(request), at=at)
            return redirect("monitoring:bulletins")
    return _list(request, form)


@action
@require_GET
@requires(Permission.MONITORING_VIEW, missing=(rules.NoSuchBulletin,))
def bulletin_pdf(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """Answer a bulletin as it was printed."""
    return _file(request, bulletin_id, "pdf")


@action
@require_GET
@requires(Permission.MONITORING_VIEW, missing=(rules.NoSuchBulletin,))
def bulletin_xlsx(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """Answer a bulletin as a workbook."""
    return _file(request, bulletin_id, "xlsx")


def _list(request: HttpRequest, form: forms.Month | None = None) -> HttpResponse:
    today = timezone.localdate()
    shown: dict[str, Any] = {"rows": selected.bulletins()}
    shown["form"] = form or forms.Month(initial={"month": f"{today:%Y-%m}"})
    if request.headers.get("HX-Request") and form is None:
        return render(request, "monitoring/_bulletins.html", shown)
    return render(request, "monitoring/bulletins.html", shown, status=422 if form else 200)


def _file(request: HttpRequest, bulletin_id: int, kind: str) -> HttpResponse:
    row = services.fetch(
        bulletin_id=bulletin_id, kind=kind, by=signed_in(request).label, at=timezone.now()
    )
    answer = HttpResponse(row.pdf if kind == "pdf" else row.xlsx, content_type=TYPES[kind])
    name = f"bulletin-{row.month:%Y-%m}-{row.version}.{kind}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
