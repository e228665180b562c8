"""Pages of the authorization rules: what holds, what would come of a change, and who decides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authorization import forms, rules, selectors, services
from authorization.models import AuthRule
from authorization.selectors import Change, Effect
from authorization.web import _rule_words as words
from foundation.kernel.text import whole
from foundation.people import selectors as people
from foundation.people.roles import Permission
from foundation.trail import selectors as trail
from foundation.ui import sheets
from foundation.ui.web import action, record_export, refusals_in, requires, signed_in, taken_by


@require_GET
@requires(Permission.POLICY_VIEW)
def rule_list(request: HttpRequest) -> HttpResponse:
    """List the transactions of the catalogue with the rule of each."""
    kind = request.GET.get("export", "")
    if kind in sheets.KINDS:
        return _file(request, kind)
    tomorrow = timezone.localdate() + timedelta(days=1)
    return _list(request, forms.CatalogueProposal(initial={"valid_from": tomorrow}))


@action
@require_POST
@requires(Permission.POLICY_PROPOSE)
def propose_catalogue(request: HttpRequest) -> HttpResponse:
    """Propose the shipped rule of each transaction that has none."""
    form = forms.CatalogueProposal(request.POST)
    if form.is_valid():
        given, by = form.cleaned_data, signed_in(request)
        with refusals_in(request, form):
            services.propose_catalogue(
                valid_from=given["valid_from"], reason=given["reason"], by=by, at=timezone.now()
            )
            return redirect("authorization:rules_waiting")
    return _list(request, form, status=422)


@require_GET
@requires(Permission.POLICY_VIEW)
def rule_history(request: HttpRequest, trade_code: str) -> HttpResponse:
    """Show what holds for a transaction, and every rule that it has had and may have."""
    trade, today = _trade(trade_code), timezone.localdate()
    (row,) = selectors.rules_listed(on=today, text=trade.code)
    page = {"trade": trade, "row": row, "group": rules.GROUPS[trade.group]}
    page["table"] = words.history(selectors.rules_of(trade_code=trade.code))
    page["said"] = words.compared(None, row.present) if row.present else []
    page["timeline"] = trail.timeline(subject=f"authorization.rule:{trade.code}")
    return render(request, "authorization/rule_history.html", page)


@require_http_methods(["GET", "POST"])
@requires(Permission.POLICY_PROPOSE)
def propose_rule(request: HttpRequest, trade_code: str) -> HttpResponse:
    """Propose a rule, after a look at what it would change."""
    trade = _trade(trade_code)
    form, effect = _proposal(request, trade), None
    if request.method == "POST" and form.is_valid():
        with refusals_in(request, form):
            if request.POST.get("step") != "effect":
                return redirect("authorization:rule", _propose(request, form).pk)
            effect = _effect_of(form)
    page = {"form": form, "trade": trade, "effect": effect}
    status = 422 if form.errors else 200
    return render(request, "authorization/propose_rule.html", page, status=status)


@require_GET
@requires(Permission.POLICY_VIEW)
def rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Show a rule beside the one that it follows, and what it would change."""
    row = _rule_or_404(rule_id)
    form, change = forms.Span(request.GET), Change(row.says, row.institution)
    page = {"row": row, "form": form, "place": words.place(row), "state": words.state(row)}
    page["compared"] = words.compared(selectors.rule_before(rule=row), row)
    page["open"] = not (row.approved_by_id or row.declined_by_id)
    page["effect"] = _effect([change], form.chosen()) if page["open"] else None
    page["own"] = row.proposed_by.person == signed_in(request).person
    page["timeline"] = trail.timeline(subject=f"authorization.rule:{row.trade_code}")
    return render(request, "authorization/rule.html", page)


@action
@require_POST
@requires(Permission.POLICY_APPROVE, missing=(rules.NoSuchRule,))
def decide_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Approve or decline the rule that another person proposed."""
    approves = request.POST.get("step") == "approve"
    step = services.approve_rule if approves else services.decline_rule
    row = step(rule_id=rule_id, by=signed_in(request), at=timezone.now())
    return redirect("authorization:rule", row.pk)


@require_GET
@requires(Permission.POLICY_VIEW)
def rules_waiting(request: HttpRequest) -> HttpResponse:
    """Show the proposals that wait, and what all of them together would change."""
    rows, form = selectors.rules_waiting(), forms.Span(request.GET)
    changes = [Change(row.says, row.institution) for row in rows]
    person = signed_in(request).person if _may_approve(request) else None
    page = {"rows": rows, "form": form, "table": words.to_choose(rows, person=person)}
    page["effect"] = _effect(changes, form.chosen()) if rows else None
    page["decides"] = any(person and row.proposed_by.person != person for row in rows)
    return render(request, "authorization/rules_waiting.html", page)


@action
@require_POST
@requires(Permission.POLICY_APPROVE, missing=(rules.NoSuchRule,))
def approve_rules(request: HttpRequest) -> HttpResponse:
    """Approve the chosen ones of the proposals that wait, all or none."""
    chosen = [whole(text) for text in request.POST.getlist("rule_id")]
    known = [rule_id for rule_id in chosen if rule_id is not None]
    services.approve_rules(rule_ids=known, by=signed_in(request), at=timezone.now())
    return redirect("authorization:rules_waiting")


def _may_approve(request: HttpRequest) -> bool:
    held: frozenset[str] = getattr(request, "permissions", frozenset())
    return Permission.POLICY_APPROVE in held


def _list(
    request: HttpRequest, proposal: forms.CatalogueProposal, status: int = 200
) -> HttpResponse:
    form = forms.Listing(request.GET)
    rows = selectors.rules_listed(on=timezone.localdate(), **form.chosen())
    page = {"rows": rows, "form": form, "proposal": proposal, "table": words.listed(rows)}
    page["waiting"] = sum(len(row.waiting) for row in rows)
    page["query"] = request.GET.urlencode()
    return render(request, "authorization/rule_list.html", page, status=status)


def _file(request: HttpRequest, kind: str) -> HttpResponse:
    """Return the list as it is asked for, as a file that says who took it."""
    record_export(request)
    rows = selectors.rules_listed(on=timezone.localdate(), **forms.Listing(request.GET).chosen())
    mark = taken_by(request)
    name = f"authorization-rules-{timezone.localdate()}"
    return sheets.answer(sheets.drawn(name=name, table=words.listed(rows), mark=mark), kind)


def _proposal(request: HttpRequest, trade: rules.TradeCode) -> forms.RuleProposal:
    """Return the form, filled with the rule that binds the person's own institution.

    Where relief leads here it is filled with a rule that needs nobody; two people decide as ever.
    """
    places, own = list(people.institutions_in_scope()), signed_in(request).institution_id
    try:
        said = selectors.rule_in_force(
            trade_code=trade.code, on=timezone.localdate(), institution_id=own
        ).says
    except rules.NoRuleInForce:
        said = rules.Rule(trade_code=trade.code, group=trade.group, grade=1, cash=trade.cash)
    eased = request.GET.get("ease") == "1"
    initial: dict[str, Any] = forms.typed_from(rules.without_kinds(said) if eased else said)
    initial["reason"] = request.GET.get("reason", "")[:200] if eased else ""
    return forms.RuleProposal(request.POST or None, trade=trade, places=places, initial=initial)


def _propose(request: HttpRequest, form: forms.RuleProposal) -> AuthRule:
    given = form.cleaned_data
    return services.propose_rule(
        rule=form.rule(),
        valid_from=given["valid_from"],
        institution=given["institution"],
        reason=given["reason"],
        by=signed_in(request),
        at=timezone.now(),
    )


def _effect_of(form: forms.RuleProposal) -> Effect:
    """Return what a typed rule would change; refuse one that is not whole."""
    said = form.rule()
    rules.check_rule(said)
    return _effect([Change(said, form.cleaned_data["institution"])], form.span())


def _effect(changes: list[Change], days: int) -> Effect:
    return selectors.what_if(changes=changes, days=days, on=timezone.localdate())


def _trade(code: str) -> rules.TradeCode:
    if code not in rules.CATALOGUE:
        raise Http404
    return rules.CATALOGUE[code]


def _rule_or_404(rule_id: int) -> AuthRule:
    row = selectors.rule_in_sight(rule_id=rule_id)
    if row is None:
        raise Http404
    return row
