"""Taking in the journal of a foreign core: look first, then take."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from foundation.ledger import forms, rules, services
from foundation.people.roles import Permission
from foundation.ui.web import refusals_in, requires, signed_in, takes_files


@takes_files
@require_http_methods(["GET", "POST"])
@requires(Permission.JOURNAL_IMPORT)
def import_journal(request: HttpRequest) -> HttpResponse:
    """Show what a file would bring, or take it in."""
    form = forms.JournalFile(request.POST or None, request.FILES or None)
    shown = {"form": form, "columns": rules.COLUMNS, "report": None, "taken": False}
    if request.method == "POST" and form.is_valid():
        with refusals_in(request, form):
            shown |= _worked(request, form)
    return render(request, "ledger/import_journal.html", shown, status=422 if form.errors else 200)


def _worked(request: HttpRequest, form: forms.JournalFile) -> dict[str, object]:
    file, staff = form.cleaned_data["file"], signed_in(request)
    data = file.read(rules.BYTES_MAX + 1)
    if form.cleaned_data["step"] == "check":
        return {"report": services.check_import(data=data)}
    report = services.import_journal(
        data=data,
        name=file.name,
        institution_id=staff.institution_id,
        at=timezone.now(),
        by=staff.label,
    )
    return {"report": report, "taken": True}
