"""Pages of the quality of decisions: blind reviews, cases, figures and what stands behind them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authorization import rules as items
from authorization import selectors
from authorization.forms import quality as forms
from authorization.models import QualityCase, Request, Review
from authorization.rules import quality as rules
from authorization.selectors import admission
from authorization.selectors import measured as figures
from authorization.selectors import quality as selected
from authorization.services import quality as services
from authorization.web import _drawn_quality as drawn
from authorization.web import _taken, pictures
from foundation.kernel.errors import Refused
from foundation.people.roles import Permission
from foundation.trail import selectors as trail
from foundation.ui.web import (
    action,
    record_refusal,
    refusals_in,
    requires,
    signed_in,
)


@require_GET
@requires(Permission.AUTHORIZATION_DECIDE)
def review(request: HttpRequest) -> HttpResponse:
    """Show the item to be decided once more, and nothing of how it was decided."""
    return _desk(request)


@action
@require_POST
@requires(Permission.AUTHORIZATION_DECIDE)
def review_send(request: HttpRequest, review_id: int) -> HttpResponse:
    """Keep the second decision and bring the next item."""
    if not selected.review_in_sight(review_id=review_id):
        raise Http404
    form = forms.Second(request.POST)
    if not form.is_valid():
        return _desk(request, form=form)
    given, by = form.cleaned_data, signed_in(request)
    try:
        services.review(review_id=review_id, reviewer=by, at=timezone.now(), **given)
    except Refused as refusal:
        record_refusal(request, refusal)
        return _desk(request, refusal=refusal)
    return redirect("authorization:review")


@require_http_methods(["GET", "POST"])
@requires(Permission.AUTHORIZATION_VIEW, missing=(items.NoSuchItem,))
def object_to(request: HttpRequest, number: str) -> HttpResponse:
    """Object to a no, in the name of the outlet."""
    item, form = _item_or_404(number), forms.Objection(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(request, form):
            made = services.object_to(
                number=number, words=form.cleaned_data["words"], **_by(request)
            )
            return redirect("authorization:case", made.pk)
    return _form_page(request, "object_to", item, form)


@require_http_methods(["GET", "POST"])
@requires(Permission.QUALITY_VIEW, missing=(items.NoSuchItem,))
def report_approval(request: HttpRequest, number: str) -> HttpResponse:
    """Report that a yes may have been wrong."""
    item, form = _item_or_404(number), forms.Report(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(request, form):
            made = services.report(number=number, **form.cleaned_data, **_by(request))
            return redirect("authorization:case", made.pk)
    return _form_page(request, "report_approval", item, form)


@require_GET
@requires(Permission.AUTHORIZATION_VIEW)
def cases(request: HttpRequest) -> HttpResponse:
    """List the decisions in doubt, and those that were judged."""
    form = forms.CasesWanted(request.GET)
    chosen = form.chosen()
    if _taken.is_wanted(request):
        wanted = {"state": chosen["state"], "kind": chosen["kind"]}
        rows = selected.cases(**wanted, most=selectors.FILE_MOST).rows
        total = selected.count_cases(**wanted)
        return _taken.away(request, name="quality-cases", table=drawn.cases(rows), total=total)
    page = selected.cases(**chosen)
    shown = {"page": page, "form": form, "table": drawn.cases(page.rows), "query": form.query()}
    return render(request, "authorization/cases.html", shown)


@require_GET
@requires(Permission.AUTHORIZATION_VIEW)
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """Show a case: the decision, who said what of it, and what comes next."""
    return _case_page(request, _case_or_404(case_id))


@action
@require_POST
@requires(Permission.AUTHORIZATION_DECIDE, missing=(rules.NoSuchCase,))
def examine(request: HttpRequest, case_id: int) -> HttpResponse:
    """Keep a second person's opinion."""
    found, form = _case_or_404(case_id), forms.Examination(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        with refusals_in(request, form):
            services.examine(
                case_id=case_id, wrong=given["wrong"] == "yes", words=given["words"], **_by(request)
            )
            return redirect("authorization:case", case_id)
    return _case_page(request, found, form)


@action
@require_POST
@requires(Permission.QUALITY_JUDGE, missing=(rules.NoSuchCase,))
def judge(request: HttpRequest, case_id: int) -> HttpResponse:
    """End a case."""
    found, form = _case_or_404(case_id), forms.Judgement(request.POST)
    if form.is_valid():
        given = form.cleaned_data | {"upheld": form.cleaned_data["upheld"] == "yes"}
        with refusals_in(request, form):
            services.judge(case_id=case_id, **given, **_by(request))
            return redirect("authorization:case", case_id)
    return _case_page(request, found, form)


@require_GET
@requires(Permission.QUALITY_VIEW)
def measured(request: HttpRequest) -> HttpResponse:
    """Show how good the decisions of a month are."""
    today = timezone.localdate()
    form = forms.Wanted({"month": f"{today:%Y-%m}"} | request.GET.dict())
    cut = form.cut(today=today)
    rows = figures.measured(cut=cut)
    shown: dict[str, Any] = {"form": form, "cut": cut, "rows": rows}
    shown["table"], shown["query"] = drawn.measured(cut, rows), request.GET.urlencode()
    if _taken.is_wanted(request):
        name = f"quality-{cut.first:%Y-%m}-{cut.by}"
        return _taken.away(request, name=name, table=shown["table"])
    shown["sum"] = figures.together(rows=rows)
    shown["whole"] = {figure: drawn.link(cut, figure) for figure in ("decided", "seen")}
    shown["pairs"] = drawn.pairs(cut, figures.pairs(cut=cut))
    shown["met"] = drawn.met(admission.met(first=cut.first, last=cut.last))
    return render(request, "authorization/measured.html", shown)


@require_GET
@requires(Permission.QUALITY_VIEW)
def decisions(request: HttpRequest) -> HttpResponse:
    """List exactly the decisions that a figure counts."""
    form = forms.Wanted(request.GET)
    cut = form.cut(today=timezone.localdate())
    given = form.cleaned_data
    figure = given.get("figure") or "decided"
    if _taken.is_wanted(request):
        found = figures.listed(figure=figure, cut=cut, most=selectors.FILE_MOST)
        name = f"{figure}-{cut.first:%Y-%m}"
        whole = drawn.decisions(found.rows)
        return _taken.away(request, name=name, table=whole, total=found.total)
    page = figures.listed(figure=figure, cut=cut, before=given.get("before"))
    shown = {"page": page, "cut": cut, "title": drawn.title(figure)}
    shown["query"] = f"{drawn.link(cut, figure).partition('?')[2]}&"
    shown["table"] = drawn.decisions(page.rows)
    shown["next"] = drawn.link(cut, figure, before=page.next_before) if page.next_before else ""
    return render(request, "authorization/decisions.html", shown)


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": signed_in(request), "at": timezone.now()}


def _desk(
    request: HttpRequest, refusal: Refused | None = None, form: forms.Second | None = None
) -> HttpResponse:
    at, reviewer = timezone.now(), signed_in(request)
    found = services.open_review(reviewer=reviewer, at=at)
    page: dict[str, Any] = {"refusal": refusal, "form": form, "review": found}
    if found is not None:
        page |= _shown(request, found, at)
    status = 422 if form else 409 if refusal else 200
    return render(request, "authorization/review.html", page, status=status)


def _shown(request: HttpRequest, found: Review, at: datetime) -> dict[str, Any]:
    item = found.decision.request
    seen = selectors.record(request=item)
    until = found.work_item.lease_until if found.work_item else None
    return {
        "item": item,
        "fields": seen.fields,
        "pictures": pictures(request, seen.pages, seen.fields),
        "reasons": [one for one in items.numbered_reasons() if one.step == "reject"],
        "lease_seconds": max(0, (until - at) // timedelta(seconds=1)) if until else 0,
    }


def _form_page(request: HttpRequest, name: str, item: Request, form: Any) -> HttpResponse:
    page = {"form": form, "item": item, "made": selected.last_decision(request=item)}
    status = 422 if form.errors else 200
    return render(request, f"authorization/{name}.html", page, status=status)


def _case_page(request: HttpRequest, found: QualityCase, form: Any = None) -> HttpResponse:
    step = {rules.RAISED: forms.Examination, rules.EXAMINED: forms.Judgement}.get(found.state)
    made = found.decision
    page: dict[str, Any] = {"case": found, "item": made.request, "made": made}
    page["form"] = form or (step() if step else None)
    had_part = {made.decider_person, made.request.teller_person, found.raised_person}
    page["apart"] = signed_in(request).person not in had_part | {found.examined_person}
    page["words"] = drawn.words(found)
    page["timeline"] = trail.timeline(subject=made.request.subject)
    status = 422 if form is not None and form.errors else 200
    return render(request, "authorization/case.html", page, status=status)


def _item_or_404(number: str) -> Request:
    found = selectors.item(number=number)
    if found is None:
        raise Http404
    return found


def _case_or_404(case_id: int) -> QualityCase:
    found = selected.case_in_sight(case_id=case_id)
    if found is None:
        raise Http404
    return found
