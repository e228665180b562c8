"""Pages of the emergency: its state and switch, who decides locally, what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authorization.forms import fallback as forms
from authorization.rules import fallback as rules
from authorization.selectors import FILE_MOST
from authorization.selectors import fallback as selectors
from authorization.services import fallback as services
from authorization.web import _desk, _taken
from foundation.people import selectors as people
from foundation.people.roles import Permission
from foundation.policy import selectors as policy
from foundation.trail import selectors as trail
from foundation.ui import alone, table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import action, refusals_in, requires, signed_in

EPOCHS = (
    Column(_("Epoch"), table.RIGHT),
    Column(_("Kind")),
    Column(_("For")),
    Column(_("State")),
    Column(_("Began"), table.NUMBER),
    Column(_("Ended"), table.NUMBER),
    Column(_("How it ended")),
    Column(_("Approvals"), table.RIGHT),
    Column(_("Rejections"), table.RIGHT),
    Column(_("Returns"), table.RIGHT),
    Column(_("Seen again"), table.RIGHT),
    Column(_("Still to be seen"), table.RIGHT),
)
TITLES = {
    "decided": _("All"),
    "approved": _("Approvals"),
    "rejected": _("Rejections"),
    "returned": _("Returns"),
    "seen": _("Seen again"),
    "left": _("Still to be seen"),
}
MADE = (
    Column(_("Item number"), table.NUMBER),
    Column(_("Outlet")),
    Column(_("Amount"), table.RIGHT),
    Column(_("Decision")),
    Column(_("Decided by")),
    Column(_("Decided"), table.NUMBER),
    Column(_("Blind review")),
)


@require_GET
@requires(Permission.AUTHORIZATION_LOCAL)
def home(request: HttpRequest) -> HttpResponse:
    """Show who is registered the next item of the own outlet, while an emergency is in force."""
    return _desk.at_home(request)


@require_GET
@requires(Permission.FALLBACK_VIEW)
def fallback(request: HttpRequest) -> HttpResponse:
    """Show who decides now, what waits to be switched, and every emergency and drill."""
    if _taken.is_wanted(request):
        rows, _more = selectors.counted(most=FILE_MOST)
        drawn = Table(EPOCHS, [_row(one) for one in rows])
        total = selectors.count_decided()
        return _taken.away(request, name="emergencies", table=drawn, total=total)
    return _page(request)


@require_http_methods(["GET", "POST"])
@requires(Permission.FALLBACK_PROPOSE)
def propose_fallback(request: HttpRequest) -> HttpResponse:
    """Propose that outlets decide on their own."""
    places = list(people.institutions_in_scope())
    form = forms.Switch(request.POST or None, places=places, initial=_usual())
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, signed_in(request)
        with refusals_in(request, form):
            row = services.propose(**given, by=by, at=timezone.now())
            return redirect("authorization:epoch", row.pk)
    page = {"form": form}
    return render(request, "authorization/propose_fallback.html", page, status=_status(form))


@action
@require_POST
@requires(Permission.FALLBACK_APPROVE, missing=(rules.NoSuchRow,))
def decide_fallback(request: HttpRequest, switch_id: int) -> HttpResponse:
    """Put a proposed emergency in force, or decline it."""
    step = services.approve if request.POST.get("step") == "approve" else services.decline
    row = step(switch_id=switch_id, by=signed_in(request), at=timezone.now())
    return redirect("authorization:epoch", row.pk)


@action
@require_POST
@requires(Permission.FALLBACK_END, missing=(rules.NoSuchRow,))
def end_fallback(request: HttpRequest, switch_id: int) -> HttpResponse:
    """Let the centre decide again at once."""
    if selectors.switch(switch_id=switch_id) is None:
        raise Http404
    form = forms.Reason(request.POST)
    if form.is_valid():
        given, by = form.cleaned_data, signed_in(request)
        with refusals_in(request, form):
            services.give_back(switch_id=switch_id, **given, by=by, at=timezone.now())
            return redirect("authorization:epoch", switch_id)
    return _epoch_page(request, switch_id, form)


@require_GET
@requires(Permission.FALLBACK_VIEW)
def epoch(request: HttpRequest, switch_id: int) -> HttpResponse:
    """Show one emergency: who switched it, what was decided in it, and what was seen again."""
    row = selectors.switch(switch_id=switch_id)
    if row is not None and _taken.is_wanted(request):
        figure, _before = forms.MadeListing(request.GET).wanted()
        made, _more = selectors.made_in(row=row, figure=figure, most=FILE_MOST)
        name, drawn = f"emergency-{row.epoch or row.pk}-{figure}", Table(MADE, _made(made))
        total = getattr(selectors.figures_of(row=row), figure)
        return _taken.away(request, name=name, table=drawn, total=total)
    return _epoch_page(request, switch_id)


@require_GET
@requires(Permission.FALLBACK_VIEW)
def local_list(request: HttpRequest) -> HttpResponse:
    """Show who may decide at which outlet, and who is proposed."""
    of, after = alone.asked(request.GET), forms.Listing(request.GET).chosen() or 0
    rows, more = selectors.locals_of(of=of, after=after)
    page = {"rows": rows, "more": more, "person": signed_in(request).person}
    return render(request, "authorization/local_list.html", page | alone.shown(of, rows))


@require_http_methods(["GET", "POST"])
@requires(Permission.FALLBACK_PROPOSE)
def propose_local(request: HttpRequest) -> HttpResponse:
    """Propose that somebody may decide at the own outlet."""
    form = forms.Local(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(request, form):
            _register(request, form)
            return redirect("authorization:local_list")
    page = {"form": form}
    return render(request, "authorization/propose_local.html", page, status=_status(form))


@action
@require_POST
@requires(Permission.FALLBACK_APPROVE, missing=(rules.NoSuchRow,))
def decide_local(request: HttpRequest, local_id: int) -> HttpResponse:
    """Approve or decline a registration."""
    approve = request.POST.get("step") == "approve"
    services.decide_local(
        local_id=local_id, approve=approve, by=signed_in(request), at=timezone.now()
    )
    return redirect("authorization:local_list")


@action
@require_POST
@requires(Permission.FALLBACK_END, missing=(rules.NoSuchRow,))
def end_local(request: HttpRequest, local_id: int) -> HttpResponse:
    """End a registration at once."""
    services.end_local(local_id=local_id, by=signed_in(request), at=timezone.now())
    return redirect("authorization:local_list")


def _register(request: HttpRequest, form: forms.Local) -> None:
    given, at = form.cleaned_data, timezone.now()
    staff = people.staff_member(number=given["number"])
    if staff is None:
        most = services.local_most(institution_id=None, at=at)
        raise rules.RegistrationUnfit(most=most, field="number")
    services.propose_local(
        staff=staff, most_fen=given["most"], reason=given["reason"], by=signed_in(request), at=at
    )


def _usual() -> dict[str, int]:
    """Return the time of an emergency as the bank has set it, if it has."""
    found = policy.bank_wholes(codes=(services.MINUTES,), on=timezone.localdate())
    return {"minutes": found[services.MINUTES]} if found else {}


def _page(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    rows, more = selectors.counted(before=forms.Listing(request.GET).chosen())
    page: dict[str, Any] = {
        "query": "",
        "active": selectors.active(),
        "proposed": selectors.proposed(),
        "signs": selectors.suggestion(at=at),
        "rows": rows,
        "more": more,
        "table": Table(EPOCHS, [_row(one) for one in rows]),
        "person": signed_in(request).person,
    }
    return render(request, "authorization/fallback.html", page)


def _epoch_page(
    request: HttpRequest, switch_id: int, form: forms.Reason | None = None
) -> HttpResponse:
    row = selectors.switch(switch_id=switch_id)
    if row is None:
        raise Http404
    figure, before = forms.MadeListing(request.GET).wanted()
    made, more = selectors.made_in(row=row, figure=figure, before=before)
    found = selectors.figures_of(row=row)
    page: dict[str, Any] = {
        "row": row,
        "query": f"figure={figure}&",
        "figure": figure,
        "counted": [(gettext(title), name, getattr(found, name)) for name, title in TITLES.items()],
        "ending": gettext(row.ending) if row.ending else "",
        "made": made,
        "more": more,
        "table": Table(MADE, _made(made)),
        "person": signed_in(request).person,
        "timeline": trail.timeline(subject=row.subject),
        "form": form or forms.Reason(),
    }
    return render(request, "authorization/epoch.html", page, status=_status(form))


def _status(form: django_forms.Form | None) -> int:
    return 422 if form is not None and form.errors else 200


def _row(one: selectors.Counted) -> Row:
    row = one.row
    return Row(
        (
            table.link(to="authorization:epoch", key=row.pk, text=str(row.epoch or "—")),
            gettext("Drill") if row.drill else gettext("Emergency"),
            str(row.institution),
            ops.state_badge(row.state),
            _clock(row.decided_at) if row.epoch else table.NOTHING,
            _clock(row.ended_at),
            gettext(row.ending) if row.ending else table.NOTHING,
            *(_figure(one, name) for name in TITLES if name != "decided"),
        )
    )


def _figure(one: selectors.Counted, name: str) -> SafeString:
    address = reverse("authorization:epoch", args=[one.row.pk])
    count = getattr(one, name)
    return SafeString(f'<a href="{address}?figure={name}" data-figure="{count}">{count}</a>')


def _made(rows: Sequence[selectors.Made]) -> list[Row]:
    return [
        Row(
            (
                table.link(
                    to="authorization:item",
                    key=one.decision.request.number,
                    text=one.decision.request.number,
                ),
                one.decision.request.institution.name,
                ops.money(one.decision.request.amount_fen),
                ops.state_badge(one.decision.step),
                one.decision.decider_label,
                _clock(one.decision.at),
                _seen(one),
            )
        )
        for one in rows
    ]


def _seen(one: selectors.Made) -> str:
    if one.review is None:
        return table.NOTHING
    if not one.review.step:
        return ops.state_badge(one.review.state)
    return ops.state_badge(one.review.step)


def _clock(moment: datetime | None) -> str:
    if moment is None:
        return table.NOTHING
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S")
