"""Own accounts of institutions, and states of accounts: proposed by one, decided by another."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from foundation.kernel import text
from foundation.ledger import forms, rules, selectors, services
from foundation.ledger.web import _accounts
from foundation.people.roles import Permission
from foundation.ui.web import action, refusals_in, requires, signed_in


@require_GET
@requires(Permission.BOOKS_VIEW)
def own_accounts(request: HttpRequest) -> HttpResponse:
    """Show which institutions have which own accounts, and what was proposed."""
    wanted = {"place": request.GET.get("place", "")[:12], "subject": rules.CASH}
    return _shown(request, forms.OwnAccount(initial=wanted, choices=selectors.own_subjects()))


@action
@require_POST
@requires(Permission.CHART_PROPOSE)
def own_propose(request: HttpRequest) -> HttpResponse:
    """Propose an account of an institution itself."""
    form = forms.OwnAccount(request.POST, choices=selectors.own_subjects())
    if form.is_valid():
        by, now = signed_in(request), timezone.now()
        with refusals_in(request, form):
            services.propose_account(at=now, by=by, **form.cleaned_data)
            return redirect("ledger:own_accounts")
    return _shown(request, form)


@action
@require_POST
@requires(Permission.CHART_APPROVE)
def own_decide(request: HttpRequest) -> HttpResponse:
    """Open a proposed account, or decline it."""
    services.decide_account(
        request_id=_proposal(request),
        approve=request.POST.get("step") == "approve",
        at=timezone.now(),
        by=signed_in(request),
    )
    return redirect("ledger:own_accounts")


@action
@require_POST
@requires(Permission.ACCOUNT_STEP, missing=(rules.NoSuchAccount,))
def account_propose(request: HttpRequest, number: str) -> HttpResponse:
    """Propose that the state of an account change."""
    found = selectors.account(number=number)
    form = forms.AccountStep(request.POST, state=found.state)
    if form.is_valid():
        by, now = signed_in(request), timezone.now()
        with refusals_in(request, form):
            services.propose_step(number=number, at=now, by=by, **form.cleaned_data)
            return redirect("ledger:account", number)
    return _accounts.shown(request, found, form)


@action
@require_POST
@requires(Permission.ACCOUNT_STEP, missing=(rules.NoSuchAccount,))
def account_decide(request: HttpRequest, number: str) -> HttpResponse:
    """Take a proposed step of an account, or decline it."""
    services.decide_step(
        number=number,
        request_id=_proposal(request),
        approve=request.POST.get("step") == "approve",
        at=timezone.now(),
        by=signed_in(request),
    )
    return redirect("ledger:account", number)


def _proposal(request: HttpRequest) -> int:
    return text.whole(request.POST.get("proposal", "")) or 0


def _shown(request: HttpRequest, form: forms.OwnAccount) -> HttpResponse:
    held = request.permissions  # type: ignore[attr-defined]
    shown = {
        "rows": selectors.own_accounts(),
        "requests": selectors.opening_requests(),
        "form": form,
        "proposes": Permission.CHART_PROPOSE in held,
        "decides": Permission.CHART_APPROVE in held,
    }
    return render(request, "ledger/own_accounts.html", shown, status=422 if form.errors else 200)
