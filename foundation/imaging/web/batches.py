"""Pages of batches: hand over, print the cover, upload, end the scanning, scan again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.imaging import gateways
from foundation.imaging import rules as pages
from foundation.imaging.forms import batches as forms
from foundation.imaging.models import Batch, Rescan
from foundation.imaging.rules import batches as rules
from foundation.imaging.selectors import batches as selected
from foundation.imaging.services import batches as services
from foundation.imaging.services import rescans as rescans_of
from foundation.imaging.web import picture
from foundation.kernel import errors
from foundation.people.roles import Permission
from foundation.ui import menu, pdf, sheets, states, table
from foundation.ui.context import Shell
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import (
    action,
    record_export,
    refusals_in,
    requires,
    signed_in,
    taken_by,
    takes_files,
)

_COLUMNS = (
    Column(_("Batch number"), table.NUMBER),
    Column(_("Institution")),
    Column(_("Business date"), table.NUMBER),
    Column(_("Vouchers on the list"), table.RIGHT),
    Column(_("Vouchers scanned"), table.RIGHT),
    Column(_("To be scanned again"), table.RIGHT),
    Column(_("State")),
    Column(_("Difference note")),
)
_RESCANS = (
    Column(_("Batch number"), table.NUMBER),
    Column(_("Institution")),
    Column(_("Business date"), table.NUMBER),
    Column(_("Page"), table.NUMBER),
    Column(_("Fault of the page")),
    Column(_("Asked at"), table.NUMBER),
    Column(_("Scan again")),
)


@require_GET
@requires(Permission.BATCH_VIEW)
def batches(request: HttpRequest) -> HttpResponse:
    """List the batches in sight, the newest first, and how far each is."""
    words = [(state, gettext(states.look(state).text)) for state in rules.BATCH_FLOW.states]
    form = forms.Wanted(request.GET, states=words)
    found = selected.listed(**form.chosen())
    shown = found[: selected.PAGE]
    drawn = Table(_COLUMNS, [_row(one) for one in shown])
    if (kind := request.GET.get("export", "")) in sheets.KINDS:
        record_export(request)
        name = f"batches-{timezone.localdate()}"
        return sheets.answer(sheets.drawn(name=name, table=drawn, mark=taken_by(request)), kind)
    page: dict[str, Any] = {"form": form, "rows": shown, "table": drawn}
    page["query"] = request.GET.urlencode()
    page["next_before"] = shown[-1].batch.pk if len(found) > len(shown) else None
    return render(request, "imaging/batches.html", page)


@require_http_methods(["GET", "POST"])
@requires(Permission.BATCH_HAND_OVER)
def hand_over(request: HttpRequest) -> HttpResponse:
    """Hand a day's vouchers over: the list gets its number and its cover sheet."""
    staff = signed_in(request)
    on = menu.business_date(staff, timezone.localdate())
    form = forms.HandOver(request.POST or None, initial={"business_date": on})
    if request.method == "POST" and form.is_valid():
        with refusals_in(request, form):
            batch = services.hand_over(
                institution_id=staff.institution_id,
                by=staff,
                at=timezone.now(),
                **form.cleaned_data,
            )
            return redirect("imaging:batch", batch.pk)
    status = 422 if form.errors else 200
    return render(request, "imaging/hand_over.html", {"form": form}, status=status)


@require_GET
@requires(Permission.BATCH_VIEW)
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show one batch: its files, its pages, how far the reading is, what happened."""
    return _page(request, _batch_or_404(batch_id))


@action
@require_GET
@requires(Permission.BATCH_VIEW)
def cover(request: HttpRequest, batch_id: int) -> HttpResponse:  # noqa: ARG001  its name is the trail's
    """Answer the cover sheet as a PDF, with Code 128 and QR code."""
    row = _batch_or_404(batch_id)
    line, square = gateways.barcodes(text=rules.cover_text(row.number))
    told = {"batch": row, "line": _drawn(line), "square": _drawn(square)}
    return pdf.answer("imaging/_cover.html", told, name=f"cover-{row.number}")


@action
@takes_files
@require_POST
@requires(Permission.BATCH_SCAN, missing=(rules.NoSuchBatch,))
def receive(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Keep the files that were uploaded; a worker takes them apart."""
    row = _batch_or_404(batch_id)
    form = forms.Files(request.POST, request.FILES)
    if form.is_valid():
        with refusals_in(request, form):
            for name, data in form.given():
                services.receive(batch_id=row.pk, data=data, name=name, **_by(request))
            return redirect("imaging:batch", row.pk)
    return _page(request, row, files=form)


@action
@require_POST
@requires(Permission.BATCH_SCAN, missing=(rules.NoSuchBatch,))
def end_scan(request: HttpRequest, batch_id: int) -> HttpResponse:
    """End the scanning of a batch."""
    row, form = _batch_or_404(batch_id), forms.EndScan(request.POST)
    if form.is_valid():
        with refusals_in(request, form):
            services.end_scan(batch_id=row.pk, **form.cleaned_data, **_by(request))
            return redirect("imaging:batch", row.pk)
    return _page(request, row, end=form)


@action
@require_POST
@requires(Permission.BATCH_SCAN, missing=(rules.NoSuchBatch,))
def receive_more(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Open a batch for scanning again."""
    row = _batch_or_404(batch_id)
    services.receive_more(batch_id=row.pk, **_by(request))
    return redirect("imaging:batch", row.pk)


@require_GET
@requires(Permission.BATCH_VIEW)
def rescans(request: HttpRequest) -> HttpResponse:
    """List the pages that must be scanned again."""
    before = forms.Wanted(request.GET, states=[]).chosen()["before"]
    found = selected.rescans(before=before)
    shown = found[: selected.PAGE]
    page: dict[str, Any] = {"rows": shown, "table": _to_scan_again(request, shown)}
    page["next_before"] = shown[-1].pk if len(found) > len(shown) else None
    return render(request, "imaging/rescans.html", page)


@takes_files
@require_http_methods(["GET", "POST"])
@requires(Permission.BATCH_HAND_OVER, missing=(rules.NoRescanAsked,))
def rescan(request: HttpRequest, rescan_id: int) -> HttpResponse:
    """Show the page that is to be scanned again and why, and take the better scan."""
    asked = selected.rescan(rescan_id=rescan_id)
    if asked is None:
        raise Http404
    form = forms.Better(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        data = file.read(pages.BYTES_MAX + 1)
        with refusals_in(request, form):
            rescans_of.rescan(rescan_id=asked.pk, data=data, name=file.name, **_by(request))
            return redirect("imaging:rescans")
    page = {"asked": asked, "form": form, "images": [picture(request, asked.page)]}
    page["faults"] = [rules.FAULTS[one] for one in asked.faults]
    return render(request, "imaging/rescan.html", page, status=422 if form.errors else 200)


def _page(
    request: HttpRequest,
    row: Batch,
    files: forms.Files | None = None,
    end: forms.EndScan | None = None,
) -> HttpResponse:
    found = selected.record(batch=row)
    page: dict[str, Any] = {"found": found, "batch": row}
    page["parts"] = [(text, found.parts[part]) for part, text in rules.PARTS.items()]
    page["files"], page["end"] = files or forms.Files(), end or forms.EndScan()
    page["form"] = files or end
    page["takes"] = row.state in rules.TAKES
    page["again"] = row.state in (rules.SCANNED, rules.READING)
    page["came"] = [(file, _why(file.refusal) if file.refusal else "") for file in found.files]
    page["rescans"] = _to_scan_again(request, found.rescans)
    wrong = any(one is not None and one.errors for one in (files, end))
    part = "_batch" if request.headers.get("HX-Request") else "batch"
    return render(request, f"imaging/{part}.html", page, status=422 if wrong else 200)


def _batch_or_404(batch_id: int) -> Batch:
    row = selected.batch(batch_id=batch_id)
    if row is None:
        raise Http404
    return row


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": signed_in(request), "at": timezone.now()}


def _why(code: str) -> str:
    refusal = errors.refusals().get(code)
    return gettext(refusal.text) if refusal and "%(" not in refusal.text else code


def _drawn(svg: str) -> SafeString:
    """Return a barcode for the template; the library drew it of digits and letters of ours."""
    return mark_safe(svg)  # noqa: S308


def _row(one: selected.Listed) -> Row:
    batch = one.batch
    return Row(
        (
            table.link(to="imaging:batch", key=batch.pk, text=batch.number, mark="batch"),
            batch.institution.name,
            str(batch.business_date),
            str(batch.sheets),
            str(one.scanned),
            str(one.rescans),
            ops.state_badge(batch.state),
            batch.note,
        )
    )


def _to_scan_again(request: HttpRequest, rows: Sequence[Rescan]) -> Table:
    """Return what must be scanned again; the way to it only for who may go it."""
    may = Permission.BATCH_HAND_OVER in Shell(request).permissions
    columns = _RESCANS if may else _RESCANS[:-1]
    return Table(columns, [_asked(one, len(columns)) for one in rows])


def _asked(one: Rescan, width: int) -> Row:
    words: Sequence[str] = [gettext(rules.FAULTS[fault]) for fault in one.faults]
    return Row(
        (
            table.link(to="imaging:batch", key=one.batch_id, text=one.batch.number),
            one.institution.name,
            str(one.batch.business_date),
            table.link(to="imaging:page", key=one.page_id, text=str(one.page.seq)),
            " · ".join(words),
            f"{timezone.localtime(one.asked_at):%Y-%m-%d %H:%M}",
            table.link(to="imaging:rescan", key=one.pk, text=gettext("Scan again")),
        )[:width]
    )
