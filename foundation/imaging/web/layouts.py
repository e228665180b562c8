"""Pages of the layouts: the list, one with its picture and zones, a sample tried, two people."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.imaging import gateways
from foundation.imaging.forms import layouts as forms
from foundation.imaging.models import Layout
from foundation.imaging.rules import layouts as rules
from foundation.imaging.selectors import layouts as selected
from foundation.imaging.services import layouts as services
from foundation.imaging.web import _drawn_layouts as drawn
from foundation.people.roles import Permission
from foundation.trail import selectors as trail
from foundation.ui.context import Shell
from foundation.ui.web import action, refusals_in, requires, signed_in, takes_files


@require_GET
@requires(Permission.POLICY_VIEW)
def layouts(request: HttpRequest) -> HttpResponse:
    """List the layouts that there are and were."""
    rows = selected.shown()
    return render(request, "imaging/layouts.html", {"rows": rows, "table": drawn.layouts(rows)})


@takes_files
@require_http_methods(["GET", "POST"])
@requires(Permission.POLICY_PROPOSE)
def draw_layout(request: HttpRequest) -> HttpResponse:
    """Begin a layout, or the next version of one, with the scan of an empty form."""
    form = forms.Drawn(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(request, form):
            made = services.draw(
                code=form.cleaned_data["code"],
                title=form.cleaned_data["title"],
                data=form.data_of_file(),
                by=signed_in(request),
                at=timezone.now(),
            )
            return redirect("imaging:layout", made.pk)
    return render(request, "imaging/draw_layout.html", {"form": form}, status=_status(form))


@require_GET
@requires(Permission.POLICY_VIEW)
def layout(request: HttpRequest, layout_id: int) -> HttpResponse:
    """Show a layout: its picture with its zones, who drew and decided it, what happened."""
    row = _layout_or_404(layout_id)
    return _page(request, row, forms.Zones(zones=row.reads))


@action
@require_POST
@requires(Permission.POLICY_PROPOSE, missing=(rules.NoSuchLayout,))
def layout_zones(request: HttpRequest, layout_id: int) -> HttpResponse:
    """Put the zones that were typed or drawn in the place of a draft's."""
    row = _layout_or_404(layout_id)
    form = forms.Zones(request.POST, zones=row.reads)
    if form.is_valid():
        with refusals_in(request, form):
            services.keep_zones(
                layout_id=layout_id, zones=form.zones(), by=signed_in(request), at=timezone.now()
            )
            return redirect("imaging:layout", layout_id)
    return _page(request, row, form, status=422)


@action
@takes_files
@require_POST
@requires(Permission.POLICY_VIEW, missing=(rules.NoSuchLayout,))
def try_layout(request: HttpRequest, layout_id: int) -> HttpResponse:
    """Read a sample by the layout and show what its zones say; nothing of it is kept."""
    row = _layout_or_404(layout_id)
    sample = forms.Sample(request.POST, request.FILES)
    more: dict[str, Any] = {}
    if sample.is_valid():
        with refusals_in(request, sample):
            more = _tried(row, sample)
    shown_zones = forms.Zones(zones=row.reads)
    return _page(request, row, shown_zones, sample=sample, status=_status(sample), **more)


@action
@require_POST
@requires(Permission.POLICY_APPROVE, missing=(rules.NoSuchLayout,))
def decide_layout(request: HttpRequest, layout_id: int) -> HttpResponse:
    """Publish or decline the draft that another person drew."""
    step = services.publish if request.POST.get("step") == "publish" else services.decline
    step(layout_id=layout_id, by=signed_in(request), at=timezone.now())
    return redirect("imaging:layout", layout_id)


@action
@require_GET
@requires(Permission.POLICY_VIEW, missing=(rules.NoSuchLayout,))
def layout_picture(_request: HttpRequest, layout_id: int) -> HttpResponse:
    """Answer the picture of the empty form."""
    response = HttpResponse(services.picture(layout_id=layout_id), content_type="image/png")
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _tried(row: Layout, sample: forms.Sample) -> dict[str, Any]:
    try:
        text = services.try_sample(layout_id=row.pk, data=sample.data_of_file())
    except gateways.EngineFailed:
        sample.add_error("file", gettext("The reader did not answer; try once more."))
        return {}
    if text is None:
        sample.add_error("file", gettext("The sample is not recognised as this form."))
        return {}
    return {"read": drawn.read(row, text), "fit": text.fit, "milliseconds": text.milliseconds}


def _page(
    request: HttpRequest, row: Layout, form: forms.Zones, *, status: int = 200, **more: Any
) -> HttpResponse:
    permissions = Shell(request).permissions
    own = row.drawn_by.person == signed_in(request).person
    draft = row.state == rules.DRAFT
    context = {
        "row": row,
        "form": form,
        "sample": forms.Sample(),
        "zones": drawn.zones(row.reads),
        "picture": reverse("imaging:layout_picture", args=[row.pk]),
        "draws": draft and Permission.POLICY_PROPOSE in permissions,
        "decides": draft
        and not own
        and bool(row.zones)
        and Permission.POLICY_APPROVE in permissions,
        "timeline": trail.timeline(subject=selected.subject_of(layout_id=row.pk)),
    }
    return render(request, "imaging/layout.html", context | more, status=status)


def _layout_or_404(layout_id: int) -> Layout:
    row = selected.by_id(layout_id=layout_id)
    if row is None:
        raise Http404
    return row


def _status(form: forms.Drawn | forms.Sample) -> int:
    return 422 if form.errors else 200
