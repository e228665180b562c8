"""Long files: asking for one, how far it has come, and fetching it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from foundation.kernel import errors
from foundation.ledger import forms, rules, selectors, services
from foundation.ledger.models import Export
from foundation.people.roles import Permission
from foundation.ui.web import action, requires, signed_in

SALT = "ledger.export"


@dataclass(frozen=True)
class Shown:
    """A long file as the page shows it: its files by number, or why there is none."""

    export: Export
    files: range
    expired: bool
    refusal: str


def offer(request: HttpRequest, *, kind: str, asked: Mapping[str, Any], title: str) -> HttpResponse:
    """Offer a list that is too long for now as a file that a job makes."""
    words = {"kind": kind, "asked": asked, "title": title}
    sealed = signing.dumps(words, salt=f"{SALT}.{signed_in(request).pk}")
    shown = {"title": title, "key": uuid4(), "sealed": sealed, "most": services.EXPORT_MAX}
    return render(request, "ledger/export_ask.html", shown)


@require_GET
@requires(Permission.BOOKS_EXPORT)
def exports(request: HttpRequest) -> HttpResponse:
    """Show the long files that the person asked for, and how far each has come."""
    rows = [_shown(one) for one in selectors.exports(staff=signed_in(request))]
    part = "_exports" if request.headers.get("HX-Request") else "exports"
    return render(request, f"ledger/{part}.html", {"rows": rows})


@require_GET
@requires(Permission.BOOKS_EXPORT, missing=(rules.NoSuchExport,))
def export(request: HttpRequest, export_key: UUID) -> HttpResponse:
    """Show one of the person's long files: its files, and what happened with it."""
    found = selectors.export(key=export_key, staff=signed_in(request))
    shown = {"row": _shown(found), "entries": selectors.export_timeline(export=found)}
    part = "_export" if request.headers.get("HX-Request") else "export"
    return render(request, f"ledger/{part}.html", shown)


@action
@require_POST
@requires(Permission.BOOKS_EXPORT, missing=(rules.NoSuchExport,))
def export_ask(request: HttpRequest) -> HttpResponse:
    """Ask for what the page offered, as it was offered."""
    form, by = forms.LongFile(request.POST), signed_in(request)
    if not form.is_valid():
        raise rules.NoSuchExport
    try:
        words = signing.loads(form.cleaned_data["sealed"], salt=f"{SALT}.{by.pk}", max_age=86_400)
    except signing.BadSignature as broken:
        raise rules.NoSuchExport from broken
    services.ask_export(key=form.cleaned_data["key"], at=timezone.now(), by=by, **words)
    return redirect("ledger:exports")


@action
@require_GET
@requires(Permission.BOOKS_EXPORT, missing=(rules.NoSuchExport,))
def export_file(request: HttpRequest, export_key: UUID, part_no: int) -> HttpResponse:
    """Send one file of a list that is ready, to the person who asked for it."""
    export, body = services.fetch_export(
        key=export_key, file=part_no, at=timezone.now(), by=signed_in(request)
    )
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    name = f"{export.kind}-{export.pk}-{part_no}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _shown(export: Export) -> Shown:
    expired = export.expires_at is not None and export.expires_at <= timezone.now()
    return Shown(export, services.files_of(export=export), expired, _refusal(export.refusal))


def _refusal(code: str) -> str:
    refusal = errors.refusals().get(code)
    return refusal().shown(gettext) if refusal else ""
