"""The desks of slices (补录): keying, deciding between two keyers, and how well people key."""

from __future__ import annotations

from base64 import b64encode
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_POST

from foundation.kernel.errors import Refused
from foundation.people.roles import Permission
from foundation.ui import sheets, table
from foundation.ui.table import Column, Row, Table
from foundation.ui.web import (
    action,
    record_export,
    record_refusal,
    refuse_in,
    requires,
    signed_in,
    taken_by,
)
from foundation.worklist import selectors as worklist
from monitoring.forms import settling as forms
from monitoring.rules import entry as rules
from monitoring.selectors import entry as selected
from monitoring.services import entry as services

_COLUMNS = (
    Column(_("Staff")),
    Column(_("Slices"), table.RIGHT),
    Column(_("Keystrokes"), table.RIGHT),
    Column(_("Keystrokes an hour"), table.RIGHT),
    Column(_("Judged"), table.RIGHT),
    Column(_("Right, %"), table.RIGHT),
    Column(_("Known slices"), table.RIGHT),
    Column(_("Known slices right, %"), table.RIGHT),
)


@require_GET
@requires(Permission.SLICE_KEY)
def entry(request: HttpRequest) -> HttpResponse:
    """Show the slice that the keyer holds, or the next one."""
    return _desk(request, rules.QUEUE)


@action
@require_POST
@requires(Permission.SLICE_KEY, missing=(rules.NoSuchSlice,))
def key_slice(request: HttpRequest, slice_id: int) -> HttpResponse:
    """Keep what was keyed, and bring the next slice with the same answer."""
    form = forms.Keyed(request.POST)
    if not form.is_valid():
        return _unread(request, rules.QUEUE, slice_id, form)
    try:
        services.key(
            slice_id=slice_id, keyer=signed_in(request), at=timezone.now(), **form.cleaned_data
        )
    except rules.NoSuchSlice:
        raise
    except Refused as refusal:
        return _refused(request, rules.QUEUE, form, refusal)
    return _desk(request, rules.QUEUE)


@require_GET
@requires(Permission.SLICE_ARBITRATE)
def arbiter(request: HttpRequest) -> HttpResponse:
    """Show a slice that two keyers read differently."""
    return _desk(request, rules.ARBITER_QUEUE)


@action
@require_POST
@requires(Permission.SLICE_ARBITRATE, missing=(rules.NoSuchSlice,))
def arbitrate(request: HttpRequest, slice_id: int) -> HttpResponse:
    """Decide what the slice says, and bring the next one."""
    form = forms.Keyed(request.POST)
    if not form.is_valid():
        return _unread(request, rules.ARBITER_QUEUE, slice_id, form)
    value, fence = form.cleaned_data["value"], form.cleaned_data["fence"]
    try:
        services.arbitrate(
            slice_id=slice_id, value=value, fence=fence, arbiter=signed_in(request),
            at=timezone.now(),
        )  # fmt: skip
    except rules.NoSuchSlice:
        raise
    except Refused as refusal:
        return _refused(request, rules.ARBITER_QUEUE, form, refusal)
    return _desk(request, rules.ARBITER_QUEUE)


@require_GET
@requires(Permission.SLICE_ARBITRATE)
def keyers(request: HttpRequest) -> HttpResponse:
    """Show how much and how well each person keyed, with the slices whose answer was known."""
    form, today = forms.Span(request.GET), timezone.localdate()
    form.is_valid()
    first, last = (form.cleaned_data.get(name) or today for name in ("first", "last"))
    found = selected.keyers(first=first, last=last)
    drawn = Table(_COLUMNS, [_row(one) for one in found])
    if (kind := request.GET.get("export", "")) in sheets.KINDS:
        record_export(request)
        name = f"keyers-{first}-{last}"
        return sheets.answer(sheets.drawn(name=name, table=drawn, mark=taken_by(request)), kind)
    page = {"form": _shown(first, last), "rows": found, "table": drawn}
    page["query"] = f"first={first}&last={last}"
    return render(request, "monitoring/keyers.html", page)


def _unread(request: HttpRequest, queue: str, slice_id: int, form: forms.Keyed) -> HttpResponse:
    """Show what was typed wrongly of a slice in sight; of another there is nothing to show."""
    if selected.slice_by_id(slice_id=slice_id) is None:
        raise rules.NoSuchSlice
    return _desk(request, queue, form=form)


def _desk(
    request: HttpRequest,
    queue: str,
    form: forms.Keyed | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:
    """Answer the desk with its slice; the picture comes along, so that none is fetched after."""
    person, at = signed_in(request), timezone.now()
    held = services.open_next(keyer=person, queue=queue, at=at)
    page: dict[str, Any] = {"held": held, "form": form or forms.Keyed(), "refusal": refusal}
    page["bad"] = bool(form and form.errors)
    page["arbiter"] = queue == rules.ARBITER_QUEUE
    page["waiting"] = worklist.waiting_for(queue=queue, staff=person, on=timezone.localdate())
    if held:
        page["asked"] = rules.ASKED[held.slice.field].text
        page["picture"] = f"data:image/webp;base64,{b64encode(held.picture).decode()}"
    if held and page["arbiter"]:
        page["values"] = selected.keyed_values(row=held.slice)
    name = "arbiter" if page["arbiter"] else "entry"
    part = "_slice" if request.headers.get("HX-Request") else name
    status = 422 if page["bad"] else 409 if refusal else 200
    return render(request, f"monitoring/{part}.html", page, status=status)


def _refused(request: HttpRequest, queue: str, form: forms.Keyed, refusal: Refused) -> HttpResponse:
    if isinstance(refusal, rules.NotAValue):
        refuse_in(request, form, refusal)
        return _desk(request, queue, form=form)
    record_refusal(request, refusal)
    return _desk(request, queue, refusal=refusal)


def _shown(first: date, last: date) -> forms.Span:
    return forms.Span(initial={"first": first, "last": last})


def _row(one: selected.Keyer) -> Row:
    work = one.work
    return Row(
        (
            one.label,
            str(work.slices),
            str(work.strokes),
            _figure(work.per_hour),
            str(work.judged),
            _figure(work.accuracy),
            str(work.controls),
            _figure(work.control_accuracy),
        )
    )


def _figure(value: object) -> str:
    return table.NOTHING if value is None else str(value)
