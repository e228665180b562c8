"""The accounts and one account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from foundation.ledger import forms, rules, selectors
from foundation.people.roles import Permission
from foundation.ui.web import requires

PAGE = 50


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def accounts(request: HttpRequest) -> HttpResponse:
    """Show accounts by number, customer or name."""
    form = forms.AccountSearch(request.GET)
    if not form.is_valid():
        return render(request, "ledger/accounts.html", {"form": form}, status=422)
    text = form.cleaned_data["text"]
    rows = selectors.accounts(text=text, after=form.cleaned_data["after"], limit=PAGE)
    following = rows[-1].number if len(rows) == PAGE else ""
    shown = {"form": form, "rows": rows, "text": text, "following": following}
    return render(request, "ledger/accounts.html", shown)


@require_GET
@requires(Permission.ACCOUNT_VIEW, missing=(rules.NoSuchAccount,))
def account(request: HttpRequest, number: str) -> HttpResponse:
    """Show one account: balance, holds, its latest postings, and what was done with it."""
    found = selectors.account(number=number)
    form = forms.Older(request.GET)
    before = form.cleaned_data["before"] if form.is_valid() else ""
    shown = {
        "account": found,
        "holds": selectors.holds(account_id=found.pk),
        "postings": selectors.statement(account_id=found.pk, limit=PAGE, before=before),
        "entries": selectors.account_timeline(account=found),
        "size": PAGE,
    }
    return render(request, "ledger/account.html", shown, status=200 if form.is_valid() else 422)
