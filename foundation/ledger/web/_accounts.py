"""The accounts and one account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET

from foundation.ledger import forms, rules, selectors
from foundation.ledger.models import Account, Posting
from foundation.people.roles import Permission
from foundation.ui import table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import requires

PAGE = 50
POSTINGS = (
    Column(_("Business date"), table.NUMBER),
    Column(_("Entry number"), table.NUMBER),
    Column(_("Debit"), table.RIGHT),
    Column(_("Credit"), table.RIGHT),
    Column(_("Balance"), table.RIGHT),
)


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
    return shown(request, selectors.account(number=number))


def shown(
    request: HttpRequest, found: Account, step: forms.AccountStep | None = None
) -> HttpResponse:
    """Show an account, with what is proposed about its state."""
    form = forms.Older(request.GET)
    before = form.cleaned_data["before"] if form.is_valid() else ""
    postings = selectors.statement(account_id=found.pk, limit=PAGE, before=before)
    requests = selectors.account_requests(number=found.number)
    waits = any(one.approved is None for one in requests)
    may = Permission.ACCOUNT_STEP in request.permissions  # type: ignore[attr-defined]
    context = {
        "account": found,
        "holds": selectors.holds(account_id=found.pk),
        "postings": postings,
        "table": Table(POSTINGS, [_leg(leg) for leg in postings]),
        "entries": selectors.account_timeline(account=found),
        "size": PAGE,
        "requests": requests,
        "form": step or forms.AccountStep(state=found.state),
        "proposes": may and (not waits or step) and found.state != rules.CLOSED,
        "decides": may,
    }
    wrong = not form.is_valid() or (step is not None and step.errors)
    return render(request, "ledger/account.html", context, status=422 if wrong else 200)


def _leg(leg: Posting) -> Row:
    return Row(
        (
            leg.business_date.isoformat(),
            table.link(to="ledger:entry", key=leg.entry_id, text=str(leg.entry_id)),
            ops.money(leg.debit_fen) if leg.debit_fen else "",
            ops.money(leg.credit_fen) if leg.credit_fen else "",
            ops.money(leg.balance_after),
        )
    )
