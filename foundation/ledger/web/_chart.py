"""The chart of accounts: its subjects, and one more, proposed by one and decided by another."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from foundation.kernel import text
from foundation.ledger import forms, rules, selectors, services
from foundation.people.roles import Permission
from foundation.people.rules import HEAD
from foundation.ui.web import action, refusals_in, requires, signed_in


@require_GET
@requires(Permission.BOOKS_VIEW)
def subjects(request: HttpRequest) -> HttpResponse:
    """Show the chart of accounts and what was proposed about it."""
    return _shown(request, forms.ProposeSubject())


@action
@require_POST
@requires(Permission.CHART_PROPOSE)
def subject_propose(request: HttpRequest) -> HttpResponse:
    """Propose one more subject for the whole bank."""
    form, by = forms.ProposeSubject(request.POST), signed_in(request)
    if form.is_valid():
        given = dict(form.cleaned_data)
        reason = given.pop("reason")
        with refusals_in(request, form):
            services.propose_subject(
                subject=rules.Subject(**given), reason=reason, at=timezone.now(), by=by
            )
            return redirect("ledger:subjects")
    return _shown(request, form)


@action
@require_POST
@requires(Permission.CHART_APPROVE)
def subject_decide(request: HttpRequest) -> HttpResponse:
    """Approve or decline a proposed subject."""
    services.decide_subject(
        request_id=text.whole(request.POST.get("proposal", "")) or 0,
        approve=request.POST.get("step") == "approve",
        at=timezone.now(),
        by=signed_in(request),
    )
    return redirect("ledger:subjects")


def _shown(request: HttpRequest, form: forms.ProposeSubject) -> HttpResponse:
    held = request.permissions  # type: ignore[attr-defined]
    head = signed_in(request).institution.kind == HEAD
    shown = {
        "rows": selectors.subjects(),
        "requests": selectors.subject_requests(),
        "form": form,
        "proposes": head and Permission.CHART_PROPOSE in held,
        "decides": head and Permission.CHART_APPROVE in held,
    }
    return render(request, "ledger/subjects.html", shown, status=422 if form.errors else 200)
