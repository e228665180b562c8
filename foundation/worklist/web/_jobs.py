"""Pages of the operators: jobs by kind and state, one job, and what is done with failed ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_POST

from foundation.kernel.errors import Refused
from foundation.people.roles import Permission
from foundation.ui import subjects, table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import action, refuse_in, requires, signed_in
from foundation.worklist import forms, rules, selectors, services
from foundation.worklist.models import Job

JOBS = (
    Column(_("Job number"), table.RIGHT),
    Column(_("Task")),
    Column(_("About")),
    Column(_("State")),
    Column(_("Tries"), table.RIGHT),
    Column(_("Written"), table.NUMBER),
    Column(_("Last error")),
)


@require_GET
@requires(Permission.JOB_VIEW)
def jobs(request: HttpRequest) -> HttpResponse:
    """Show how many jobs of each kind are in each state, some of them, limits, and who lives."""
    return _jobs_page(request, forms.Listed(request.GET).wanted())


@action
@require_POST
@requires(Permission.JOB_MANAGE)
def retry_jobs(request: HttpRequest) -> HttpResponse:
    """Let all failed jobs of a kind be tried again, for a reason."""
    form = forms.KindReason(request.POST)
    kind = request.POST.get("kind", "")[:120]

    def act() -> None:
        services.revive_jobs(**form.cleaned_data, by=signed_in(request), at=timezone.now())

    if _done(request, form, act):
        return redirect(f"{reverse('worklist:jobs')}?{urlencode({'kind': kind})}")
    wanted = {"state": rules.DEAD, "kind": kind, "after": None}
    return _jobs_page(request, wanted, form=form, status=422)


@require_GET
@requires(Permission.JOB_VIEW)
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """Show one job: what it is about, how often it was tried, its error, what may be done."""
    return _job_page(request, job_id)


@action
@require_POST
@requires(Permission.JOB_MANAGE)
def retry_job(request: HttpRequest, job_id: int) -> HttpResponse:
    """Let a job that failed be tried again, for a reason."""
    return _repair(request, job_id, "retry", services.revive_job)


@action
@require_POST
@requires(Permission.JOB_MANAGE)
def drop_job(request: HttpRequest, job_id: int) -> HttpResponse:
    """Give up a job that failed, for a reason."""
    return _repair(request, job_id, "drop", services.drop_job)


def _repair(
    request: HttpRequest, job_id: int, step: str, service: Callable[..., None]
) -> HttpResponse:
    form = forms.Reason(request.POST, auto_id=f"{step}_%s")

    def act() -> None:
        reason = form.cleaned_data["reason"]
        service(job_id=job_id, reason=reason, by=signed_in(request), at=timezone.now())

    if _done(request, form, act):
        return redirect("worklist:job", job_id)
    return _job_page(request, job_id, {step: form}, 422)


def _done(request: HttpRequest, form: forms.Reason, act: Callable[[], None]) -> bool:
    if not form.is_valid():
        return False
    try:
        act()
    except Refused as refusal:
        refuse_in(request, form, refusal)
        return False
    return True


def _jobs_page(
    request: HttpRequest,
    wanted: dict[str, Any],
    *,
    form: forms.KindReason | None = None,
    status: int = 200,
) -> HttpResponse:
    at = timezone.now()
    listed = selectors.jobs(**wanted)
    names = subjects.named_for(request, [one.subject for one in listed.rows])
    page = wanted | {
        "listed": listed,
        "table": Table(JOBS, [_job_row(one, names) for one in listed.rows]),
        "counts": selectors.job_counts(),
        "kinds": selectors.jobs_by_kind(at=at),
        "pressures": _limited(at),
        "processes": selectors.signs_of_life(),
        "form": form or forms.KindReason(initial={"kind": wanted["kind"]}),
        "title": rules.kind_of(wanted["kind"]).title,
    }
    return render(request, "worklist/jobs.html", page, status=status)


def _limited(at: datetime) -> list[rules.Pressure]:
    found = selectors.pressures(on=timezone.localdate(at))
    return [one for one in found if (one.waiting_most, one.running_most) != (None, None)]


def _job_page(
    request: HttpRequest,
    job_id: int,
    bound: dict[str, forms.Reason] | None = None,
    status: int = 200,
) -> HttpResponse:
    found = selectors.job(job_id=job_id)
    if found is None:
        raise Http404
    named = {step: forms.Reason(auto_id=f"{step}_%s") for step in ("retry", "drop")}
    page = {"job": found, "title": rules.kind_of(found.kind).title, "forms": named | (bound or {})}
    page["names"] = subjects.named_for(request, [found.subject])
    page["timeline"] = selectors.job_timeline(job_id=job_id)
    page["form"] = next(iter((bound or {}).values()), None)
    return render(request, "worklist/job.html", page, status=status)


def _job_row(one: Job, names: subjects.Names) -> Row:
    return Row(
        (
            table.link(to="worklist:job", key=one.pk, text=str(one.pk)),
            gettext(rules.kind_of(one.kind).title),
            subjects.drawn(names[one.subject]) if one.subject else table.NOTHING,
            ops.state_badge(one.state),
            str(one.attempts),
            timezone.localtime(one.created_at).strftime("%Y-%m-%d %H:%M:%S"),
            one.last_error.strip().rpartition("\n")[2][:120] or table.NOTHING,
        )
    )
