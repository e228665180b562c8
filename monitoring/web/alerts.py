"""Pages of alerts: the list, one with its lines, the desk, and what is done with them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from foundation.kernel.errors import Refused
from foundation.people.roles import Permission
from foundation.ui import sheets, states, subjects
from foundation.ui.context import Shell
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
from monitoring.forms import alerts as forms
from monitoring.models import Alert
from monitoring.rules import alerts as rules
from monitoring.selectors import alerts as selected
from monitoring.selectors import slips
from monitoring.services import alerts as services
from monitoring.services import asking
from monitoring.web import _drawn_alerts as drawn


@require_GET
@requires(Permission.ALERT_VIEW)
def alerts(request: HttpRequest) -> HttpResponse:
    """List alerts, narrowed by state, level, link, entity and days; also as a file."""
    form = _list_form(request)
    chosen = form.chosen()
    if request.GET.get("export") in sheets.KINDS:
        return _file(request, chosen)
    page = selected.page(chosen=chosen)
    shown = {"form": form, "page": page, "table": drawn.alerts(page.rows)}
    shown["next"] = f"?{urlencode(_kept(request) | {'before': str(page.next_before or '')})}"
    shown["export"] = urlencode(_kept(request))
    return render(request, "monitoring/alerts.html", shown)


@require_GET
@requires(Permission.ALERT_VIEW)
def alert(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Show one alert: what was found, the lines that bear it out, and all that happened."""
    return render(request, "monitoring/alert.html", _shown(request, _alert_or_404(alert_id)))


@require_GET
@requires(Permission.ALERT_HANDLE)
def alert_desk(request: HttpRequest) -> HttpResponse:
    """Show the alert that the auditor holds, or the next one."""
    return _desk(request)


@action
@require_POST
@requires(Permission.ALERT_HANDLE, missing=(rules.NoSuchAlert,))
def step_alert(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Take a step with the alert on the desk: look into, ask, verify, close."""
    _alert_or_404(alert_id)
    form = forms.AlertStep(request.POST)
    if not form.is_valid():
        return _desk(request, form=form)
    try:
        _take(request, alert_id, form.cleaned_data)
    except rules.SayWhy as refusal:
        refuse_in(request, form, refusal)
        return _desk(request, form=form)
    except Refused as refusal:
        record_refusal(request, refusal)
        return _desk(request, refusal=refusal)
    return redirect("monitoring:alert_desk")


@action
@require_POST
@requires(Permission.ALERT_HANDLE, missing=(rules.NoSuchAlert,))
def hand_back_alert(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Put the alert back into the queue and go to the list."""
    _alert_or_404(alert_id)
    form = forms.AlertStep({**request.POST.dict(), "step": "investigate"})
    fence = form.cleaned_data["fence"] if form.is_valid() else 0
    services.hand_back_alert(
        alert_id=alert_id, fence=fence, auditor=signed_in(request), at=timezone.now()
    )
    return redirect("monitoring:alerts")


@action
@require_POST
@requires(Permission.ALERT_HANDLE, missing=(rules.NoSuchAlert,))
def keep_quiet(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Keep the rule of an alert quiet about its entity for some days."""
    found, form = _alert_or_404(alert_id), forms.KeepQuiet(request.POST)
    if form.is_valid():
        try:
            services.keep_quiet(
                alert_id=alert_id, by=signed_in(request), at=timezone.now(), **form.cleaned_data
            )
            return redirect("monitoring:alert", alert_id)
        except (rules.SayWhy, rules.QuietTooLong) as refusal:
            refuse_in(request, form, refusal)
    page = _shown(request, found) | {"quiet_form": form}
    return render(request, "monitoring/alert.html", page, status=422)


@action
@require_POST
@requires(Permission.ALERT_HANDLE, missing=(rules.NoSuchAlert,))
def register_error(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Register a true alert as an error."""
    services.register_error(alert_id=alert_id, by=signed_in(request), at=timezone.now())
    return redirect("monitoring:alert", alert_id)


def _take(request: HttpRequest, alert_id: int, given: dict[str, Any]) -> None:
    by: dict[str, Any] = {"auditor": signed_in(request), "at": timezone.now()}
    by |= {"alert_id": alert_id, "fence": given["fence"], "words": given["words"]}
    if given["step"] == "issue_query":
        asking.ask_outlet(**by)
    else:
        services.take_step(step=given["step"], **by)


def _desk(
    request: HttpRequest, *, form: forms.AlertStep | None = None, refusal: Refused | None = None
) -> HttpResponse:
    opened = services.open_next_alert(auditor=signed_in(request), at=timezone.now())
    found = selected.alert(alert_id=opened.alert.pk) if opened else None
    page: dict[str, Any] = _shown(request, found) if found else {}
    page |= {"opened": opened, "form": form or forms.AlertStep(), "refusal": refusal}
    page["steps"] = rules.FLOW.steps_from(found.state) if found else ()
    page["waiting"] = worklist.waiting_for(
        queue=rules.QUEUE, staff=signed_in(request), on=timezone.localdate()
    )
    status = 422 if form else 409 if refusal else 200
    return render(request, "monitoring/alert_desk.html", page, status=status)


def _shown(request: HttpRequest, found: Alert) -> dict[str, Any]:
    seen = selected.record(alert=found)
    held = Shell(request).permissions
    names = subjects.named_for(request, [row.subject for row in seen.held])
    return {
        "seen": seen,
        "held": drawn.held(seen.held, names),
        "alert": found,
        "title": drawn.title(found.rule),
        "level": drawn.level(found.level),
        "entity": drawn.entity(found.rule, found.entity),
        "found": drawn.found(found.version.says, found.found),
        "lines": drawn.lines(seen.evidence, opens=Permission.JOURNAL_VIEW in held),
        "others": drawn.alerts(seen.others),
        "quiet_form": forms.KeepQuiet(),
        "slips_in_sight": Permission.SLIP_VIEW in held
        and slips.numbers_in_sight(numbers=[found.slip_number]),
    }


def _list_form(request: HttpRequest) -> forms.Alerts:
    words = [(one, gettext(states.look(one).text)) for one in rules.FLOW.states]
    return forms.Alerts(request.GET, states=words)


def _kept(request: HttpRequest) -> dict[str, str]:
    names = ("state", "level", "link", "entity", "under", "first", "last", "rule")
    return {name: request.GET[name] for name in names if request.GET.get(name)}


def _file(request: HttpRequest, chosen: selected.Filter) -> HttpResponse:
    """Return the list as a file that says who took it."""
    record_export(request)
    table, total = drawn.alerts(selected.file_rows(chosen=chosen)), selected.count(chosen=chosen)
    sheet = sheets.drawn(name="alerts", table=table, mark=taken_by(request), total=total)
    return sheets.answer(sheet, request.GET["export"])


def _alert_or_404(alert_id: int) -> Alert:
    found = selected.alert(alert_id=alert_id)
    if found is None:
        raise Http404
    return found
