"""Pages of the workshop: rules and their versions, drafting, publishing, trials, overlap."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.kernel.text import whole
from foundation.people.roles import Permission
from foundation.trail import selectors as trail
from foundation.ui import sheets
from foundation.ui.web import (
    action,
    record_export,
    refusals_in,
    requires,
    signed_in,
    taken_by,
)
from monitoring.forms import workshop as forms
from monitoring.models import Backtest, MonitoringRule, RuleVersion
from monitoring.rules import workshop as rules
from monitoring.selectors import workshop as selected
from monitoring.services import workshop as services
from monitoring.web import _drawn_alerts as drawn

PROPOSING = {
    "shadow": services.run_in_shadow,
    "drop": services.drop_version,
}
DECIDING = {
    "publish": services.publish_version,
    "decline": services.decline_version,
    "retire": services.retire_rule,
}


@require_GET
@requires(Permission.RULE_VIEW)
def rule_list(request: HttpRequest) -> HttpResponse:
    """List the rules with their hits and how often they were right; also as a file."""
    form = forms.Rules(request.GET)
    asked = form.said()
    rows = selected.standings(last=timezone.localdate(), **asked)
    table = drawn.standings(rows)
    if request.GET.get("export") in sheets.KINDS:
        record_export(request)
        sheet = sheets.drawn(name="rules", table=table, mark=taken_by(request))
        return sheets.answer(sheet, request.GET["export"])
    page = {"form": form, "rows": rows, "table": table, "run": selected.last_run()}
    page |= {"waiting": len(selected.waiting()), "kinds": _kinds()}
    return render(request, "monitoring/rule_list.html", page)


@require_GET
@requires(Permission.RULE_VIEW)
def rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Show one rule: its versions, what it found and how often it was right."""
    row, today = _rule_or_404(rule_id), timezone.localdate()
    versions = selected.versions(rule_id=rule_id)
    hits, opened, true = selected.standing(rule_id=rule_id, last=today)
    shown = selected.in_force_of(rule_id=rule_id, on=today) or versions[0]
    page = {"rule": row, "title": drawn.title(row), "link": rules.LINKS[row.link].name}
    page |= {"hits": hits, "open": opened, "rate": drawn.rate(true), "newest": versions[0]}
    page["business"] = rules.BUSINESSES[row.business].name if row.business else ""
    page["versions"] = drawn.versions(versions)
    page["found"] = drawn.hits(shown, selected.latest_hits(version_id=shown.pk))
    page["days"] = drawn.days(selected.hits_by_day(version_id=shown.pk, last=today))
    page["said"] = drawn.compared(shown, None)
    return render(request, "monitoring/rule.html", page)


@require_http_methods(["GET", "POST"])
@requires(Permission.RULE_PROPOSE)
def draft_rule(request: HttpRequest) -> HttpResponse:
    """Put a new rule together from lists, by its kind."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in rules.KINDS else rules.DAY
    form = forms.RuleForm(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        with refusals_in(request, form):
            made = services.draft_rule(
                header=form.header(), content=form.content(), by=signed_in(request),
                at=timezone.now(),
            )  # fmt: skip
            return redirect("monitoring:version", made.pk)
    page = {"form": form, "kind": rules.KINDS[kind], "kinds": _kinds()}
    return render(request, "monitoring/draft_rule.html", page, status=_status(form))


@require_http_methods(["GET", "POST"])
@requires(Permission.RULE_PROPOSE)
def draft_version(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Put another version of a rule together, beginning with the newest one."""
    row = _rule_or_404(rule_id)
    newest = selected.versions(rule_id=rule_id)[0]
    start = forms.initial_of(newest)
    form = forms.RuleForm(request.POST or None, kind=row.kind, of_rule=True, initial=start)
    if request.method == "POST" and form.is_valid():
        with refusals_in(request, form):
            content = form.content()
            made = services.draft_version(rule_id=rule_id, content=content, **_by(request))
            return redirect("monitoring:version", made.pk)
    page = {"form": form, "rule": row, "title": drawn.title(row), "kind": rules.KINDS[row.kind]}
    return render(request, "monitoring/draft_version.html", page, status=_status(form))


@require_GET
@requires(Permission.RULE_VIEW)
def version(request: HttpRequest, version_id: int) -> HttpResponse:
    """Show a version in words, beside the one in force, with its trials and what happened."""
    return _version_page(request, _version_or_404(version_id))


@action
@require_POST
@requires(Permission.RULE_PROPOSE, missing=(rules.NoSuchVersion,))
def propose_version(request: HttpRequest, version_id: int) -> HttpResponse:
    """Let a version run in the shadow, propose it from a day on, or give it up."""
    row, by = _version_or_404(version_id), _by(request)
    step = request.POST.get("step", "")
    if step in PROPOSING:
        PROPOSING[step](version_id=version_id, **by)
        return redirect("monitoring:version", version_id)
    form = forms.Start(request.POST)
    if form.is_valid():
        with refusals_in(request, form):
            start = form.cleaned_data["valid_from"]
            services.propose_version(version_id=version_id, valid_from=start, **by)
            return redirect("monitoring:version", version_id)
    return _version_page(request, row, start=form)


@action
@require_POST
@requires(Permission.RULE_APPROVE, missing=(rules.NoSuchVersion,))
def decide_version(request: HttpRequest, version_id: int) -> HttpResponse:
    """Publish, send back or retire a version that another person made."""
    step = DECIDING.get(request.POST.get("step", ""), services.decline_version)
    step(version_id=version_id, by=signed_in(request), at=timezone.now())
    return redirect("monitoring:version", version_id)


@action
@require_POST
@requires(Permission.RULE_PROPOSE, missing=(rules.NoSuchVersion,))
def try_version(request: HttpRequest, version_id: int) -> HttpResponse:
    """Ask that a version be tried on days past."""
    row, form = _version_or_404(version_id), forms.TrialSpan(request.POST)
    if form.is_valid():
        first, last = form.span()
        with refusals_in(request, form):
            given: dict[str, Any] = {"first": first, "last": last} | _by(request)
            made = services.ask_trial(version_id=version_id, **given)
            return redirect("monitoring:trial", made.pk)
    return _version_page(request, row, span=form)


@require_GET
@requires(Permission.RULE_VIEW)
def trial(request: HttpRequest, backtest_id: int) -> HttpResponse:
    """Show how far a trial is, its hits by day and the latest of them."""
    row = selected.backtest(backtest_id=backtest_id)
    if row is None:
        raise Http404
    version, today = row.version, timezone.localdate()
    by_day = selected.hits_by_day(version_id=version.pk, last=today, backtest=row)
    found = selected.latest_hits(version_id=version.pk, backtest=row)
    page = {"trial": row, "version": version, "title": drawn.title(version.rule)}
    page |= {"days": drawn.days(by_day), "hits": sum(count for _day, count in by_day)}
    page["found"] = drawn.hits(version, found)
    page["would_hold"] = _would_hold(version, backtest=row)
    part = "_trial" if request.headers.get("HX-Request") else "trial"
    return render(request, f"monitoring/{part}.html", page)


@require_GET
@requires(Permission.RULE_VIEW)
def rules_waiting(request: HttpRequest) -> HttpResponse:
    """List the versions that wait to be published."""
    rows = selected.waiting()
    by = signed_in(request).person
    shown = [
        (row, drawn.title(row.rule), row.proposed_by and row.proposed_by.person == by)
        for row in rows
    ]
    return render(request, "monitoring/rules_waiting.html", {"rows": shown})


@action
@require_POST
@requires(Permission.RULE_APPROVE, missing=(rules.NoSuchVersion,))
def publish_rules(request: HttpRequest) -> HttpResponse:
    """Publish the versions that were chosen, all or none."""
    chosen = [number for one in request.POST.getlist("version") if (number := whole(one))]
    services.publish_versions(version_ids=chosen[:500], by=signed_in(request), at=timezone.now())
    return redirect("monitoring:rules_waiting")


@action
@require_POST
@requires(Permission.RULE_PROPOSE)
def propose_shipped(request: HttpRequest) -> HttpResponse:
    """Propose every shipped rule that the bank does not have, from tomorrow on."""
    services.propose_shipped(valid_from=_tomorrow(), by=signed_in(request), at=timezone.now())
    return redirect("monitoring:rules_waiting")


@require_GET
@requires(Permission.RULE_VIEW)
def overlap(request: HttpRequest) -> HttpResponse:
    """Show which rules find the same, of those with most hits of ninety days."""
    matrix = selected.overlap(last=timezone.localdate())
    page = {"matrix": matrix, "table": drawn.overlap(matrix)}
    return render(request, "monitoring/overlap.html", page)


def _version_page(
    request: HttpRequest,
    row: RuleVersion,
    *,
    start: forms.Start | None = None,
    span: forms.TrialSpan | None = None,
) -> HttpResponse:
    today, me = timezone.localdate(), signed_in(request)
    makers = [one.person for one in (row.made_by, row.proposed_by) if one is not None]
    before = selected.in_force_of(rule_id=row.rule_id, on=today)
    page: dict[str, Any] = {
        "version": row,
        "title": drawn.title(row.rule),
        "said": drawn.compared(row, before),
        "before": before,
        "steps": rules.VERSION_FLOW.steps_from(row.state),
        "own": me.person in makers,
        "start": start or forms.Start(initial={"valid_from": _tomorrow()}),
        "span": span or forms.TrialSpan(initial=_ninety(today)),
        "trials": drawn.trials(selected.backtests(version_id=row.pk)),
        "found": drawn.hits(row, selected.latest_hits(version_id=row.pk)),
        "would_hold": _would_hold(row) if row.state == rules.SHADOW else None,
        "held": selected.held(version_id=row.pk) if row.prevents else None,
        "timeline": trail.timeline(subject=row.trail_subject),
    }
    wrong = (start and start.errors) or (span and span.errors)
    return render(request, "monitoring/version.html", page, status=422 if wrong else 200)


def _would_hold(row: RuleVersion, *, backtest: Backtest | None = None) -> int | None:
    """Return how many postings a version would have held back; None of one that holds none."""
    if not row.prevents:
        return None
    return selected.lines_found(version_id=row.pk, last=timezone.localdate(), backtest=backtest)


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": signed_in(request), "at": timezone.now()}


def _kinds() -> list[tuple[str, str]]:
    return [(code, gettext(kind.name)) for code, kind in rules.KINDS.items()]


def _ninety(today: date) -> dict[str, date]:
    return {"first": today - timedelta(days=rules.DAYS_MOST), "last": today - timedelta(days=1)}


def _tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)


def _status(form: django_forms.Form) -> int:
    return 422 if form.errors else 200


def _rule_or_404(rule_id: int) -> MonitoringRule:
    row = selected.rule(rule_id=rule_id)
    if row is None:
        raise Http404
    return row


def _version_or_404(version_id: int) -> RuleVersion:
    row = selected.version(version_id=version_id)
    if row is None:
        raise Http404
    return row
