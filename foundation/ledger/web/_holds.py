"""Holds on an account: placing one, and letting it go or extending it; judicial ones by two."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.ledger import forms, rules, selectors, services
from foundation.ledger.models import Hold
from foundation.people.roles import Permission
from foundation.ui.web import action, refusals_in, requires, signed_in


@require_http_methods(["GET", "POST"])
@requires(Permission.HOLD_MANAGE, missing=(rules.NoSuchAccount,))
def hold_place(request: HttpRequest, number: str) -> HttpResponse:
    """Hold an amount of an account back from payment."""
    account = selectors.account(number=number)
    form = forms.PlaceHold(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, signed_in(request).label
        fen = given.pop("amount")
        with refusals_in(request, form):
            hold = services.place_hold(number=number, fen=fen, at=timezone.now(), by=by, **given)
            return redirect("ledger:hold", hold.pk)
    shown = {"form": form, "account": account}
    return render(request, "ledger/hold_place.html", shown, status=422 if form.errors else 200)


@require_GET
@requires(Permission.ACCOUNT_VIEW, missing=(rules.NoSuchHold,))
def hold(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Show one hold, what was asked about it, what may be done, and what happened."""
    return _shown(request, selectors.hold(hold_id=hold_id), forms.ChangeHold())


@action
@require_POST
@requires(Permission.HOLD_MANAGE, missing=(rules.NoSuchHold,))
def hold_change(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Let a hold go, in part or whole, or extend it; ask for it where two are needed."""
    found, form = selectors.hold(hold_id=hold_id), forms.ChangeHold(request.POST)
    if form.is_valid():
        with refusals_in(request, form):
            _change(request, found, form)
            return redirect("ledger:hold", hold_id)
    return _shown(request, found, form)


@action
@require_POST
@requires(Permission.HOLD_MANAGE, missing=(rules.NoSuchHold,))
def hold_decide(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Decide about what another asked for a judicial hold."""
    found, yes = selectors.hold(hold_id=hold_id), request.POST.get("step") == "approve"
    services.decide_about_hold(
        hold_id=found.pk, approve=yes, at=timezone.now(), by=signed_in(request)
    )
    return redirect("ledger:hold", hold_id)


def _change(request: HttpRequest, found: Hold, form: forms.ChangeHold) -> None:
    given, by, now = form.cleaned_data, signed_in(request), timezone.now()
    step, until = given["step"], given["until"]
    fen = (given["amount"] or 0) if step == "release_part" else None
    if found.judicial:
        services.ask_about_hold(
            hold_id=found.pk, step=step, reason=given["reason"], fen=fen, until=until, at=now, by=by
        )
    elif step == "extend":
        if until is None:
            raise rules.NotLater(field="until")
        services.extend_hold(hold_id=found.pk, until=until, at=now, by=by.label)
    else:
        services.release_hold(hold_id=found.pk, fen=fen, at=now, by=by.label)


def _shown(request: HttpRequest, found: Hold, form: forms.ChangeHold) -> HttpResponse:
    shown = {
        "hold": found,
        "form": form,
        "requests": selectors.hold_requests(hold=found),
        "entries": selectors.hold_timeline(hold=found),
        "manages": Permission.HOLD_MANAGE in request.permissions,  # type: ignore[attr-defined]
    }
    return render(request, "ledger/hold.html", shown, status=422 if form.errors else 200)
