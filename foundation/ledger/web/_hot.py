"""Hot accounts: the list, and one account's shards with what was proposed about them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from foundation.ledger import forms, rules, selectors, services
from foundation.people.roles import Permission
from foundation.ui.web import action, refusals_in, requires, signed_in


@require_GET
@requires(Permission.BOOKS_VIEW)
def hot_accounts(request: HttpRequest) -> HttpResponse:
    """Show the accounts that have shards, and those for which some are proposed."""
    return render(request, "ledger/hot_accounts.html", {"rows": selectors.hot_accounts()})


@require_GET
@requires(Permission.BOOKS_VIEW, missing=(rules.NoSuchAccount,))
def hot(request: HttpRequest, number: str) -> HttpResponse:
    """Show the parts of an account's balance, their exact sum, and what was proposed."""
    return _shown(request, number, forms.ProposeShards())


@action
@require_POST
@requires(Permission.SHARDS_PROPOSE, missing=(rules.NoSuchAccount,))
def hot_propose(request: HttpRequest, number: str) -> HttpResponse:
    """Propose another number of shards."""
    form, by = forms.ProposeShards(request.POST), signed_in(request)
    selectors.account(number=number)
    if form.is_valid():
        with refusals_in(request, form):
            services.propose_shards(number=number, at=timezone.now(), by=by, **form.cleaned_data)
            return redirect("ledger:hot", number)
    return _shown(request, number, form)


@action
@require_POST
@requires(Permission.SHARDS_APPROVE, missing=(rules.NoSuchAccount,))
def hot_decide(request: HttpRequest, number: str) -> HttpResponse:
    """Approve or decline the proposal that the page showed."""
    found, shown = selectors.hot(number=number), request.POST.get("proposal", "")
    if found.waiting is None or str(found.waiting.pk) != shown:
        raise rules.NoSuchProposal
    yes = request.POST.get("step") == "approve"
    services.decide_shards(
        request_id=found.waiting.pk, approve=yes, at=timezone.now(), by=signed_in(request)
    )
    return redirect("ledger:hot", number)


def _shown(request: HttpRequest, number: str, form: forms.ProposeShards) -> HttpResponse:
    held = request.permissions  # type: ignore[attr-defined]
    found = selectors.hot(number=number)
    shown = {
        "hot": found,
        "account": found.account,
        "form": form,
        "proposes": Permission.SHARDS_PROPOSE in held and found.spreadable and not found.waiting,
        "decides": Permission.SHARDS_APPROVE in held,
    }
    return render(request, "ledger/hot.html", shown, status=422 if form.errors else 200)
