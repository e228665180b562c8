"""Pages of the automatic tier in shadow: how it compares with people, and its sets of rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authorization.forms import tier as forms
from authorization.models import TierSet
from authorization.rules import tier as rules
from authorization.selectors import FILE_MOST, publishing
from authorization.selectors import tier as selected
from authorization.services import tier as services
from authorization.web import _drawn_published as drawn_published
from authorization.web import _drawn_tier as drawn
from authorization.web import _taken
from authorization.web._friction import today
from foundation.people.roles import Permission
from foundation.trail import selectors as trail
from foundation.ui.context import Shell
from foundation.ui.web import action, refusals_in, requires, signed_in


@require_GET
@requires(Permission.POLICY_VIEW)
def tier(request: HttpRequest) -> HttpResponse:
    """Show what the tier would have done beside what people did, by transaction."""
    form, cut, sets = _asked(request)
    rows = selected.compared(cut=cut)
    whole = selected.together(rows=rows)
    table = drawn.compared(cut, rows, whole)
    if _taken.is_wanted(request):
        return _taken.away(request, name=f"tier-{cut.first}-{cut.last}", table=table)
    page = {"form": form.filled(cut, sets), "cut": cut, "rows": rows, "whole": whole}
    page |= {"table": table, "present": selected.in_force(on=today(request))}
    published = publishing.in_force()
    page |= {"published": published}
    page["deciding"] = drawn_published.publications(published, publishing.figures(rows=published))
    return render(request, "authorization/tier.html", page)


@require_GET
@requires(Permission.POLICY_VIEW)
def tier_items(request: HttpRequest) -> HttpResponse:
    """List exactly the rounds that a figure counts."""
    form, cut, _sets = _asked(request)
    figure = form.said("figure") or "judged"
    opens = Permission.AUTHORIZATION_VIEW in Shell(request).permissions
    if _taken.is_wanted(request):
        found = selected.listed(figure=figure, cut=cut, most=FILE_MOST)
        whole, name = drawn.verdicts(found.rows, opens=opens), f"tier-{figure}-{cut.last}"
        return _taken.away(request, name=name, table=whole, total=found.total)
    page = selected.listed(figure=figure, cut=cut, before=form.cleaned_data.get("before"))
    shown = {"page": page, "cut": cut, "title": drawn.title(figure)}
    shown["query"] = f"{drawn.link(cut, figure).partition('?')[2]}&"
    shown["table"] = drawn.verdicts(page.rows, opens=opens)
    shown["next"] = drawn.link(cut, figure, before=page.next_before) if page.next_before else ""
    return render(request, "authorization/tier_items.html", shown)


@require_GET
@requires(Permission.POLICY_VIEW)
def tier_sets(request: HttpRequest) -> HttpResponse:
    """List the sets of rules that there are, were and may be."""
    rows = selected.sets()
    page = {"rows": rows, "table": drawn.sets(rows)}
    return render(request, "authorization/tier_sets.html", page)


@require_http_methods(["GET", "POST"])
@requires(Permission.POLICY_PROPOSE)
def propose_tier(request: HttpRequest) -> HttpResponse:
    """Propose a set of rules, beginning with the one in force."""
    form = forms.SetProposal(request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with refusals_in(request, form):
            made = services.propose_set(
                lines=given["lines"],
                valid_from=given["valid_from"],
                reason=given["reason"],
                by=signed_in(request),
                at=timezone.now(),
            )
            return redirect("authorization:tier_set", made.pk)
    page = {"form": form, "vocabulary": drawn.vocabulary()}
    return render(request, "authorization/propose_tier.html", page, status=_status(form))


@require_GET
@requires(Permission.POLICY_VIEW)
def tier_set(request: HttpRequest, set_id: int) -> HttpResponse:
    """Show a set of rules in words, and who proposed and decided it."""
    row = _set_or_404(set_id)
    page = {"row": row, "table": drawn.lines(row), "state": drawn.state(row)}
    page["open"] = not (row.approved_by_id or row.declined_by_id)
    page["own"] = row.proposed_by.person == signed_in(request).person
    page["timeline"] = trail.timeline(subject=f"authorization.tier:{row.pk}")
    return render(request, "authorization/tier_set.html", page)


@action
@require_POST
@requires(Permission.POLICY_APPROVE, missing=(rules.NoSuchSet,))
def decide_tier(request: HttpRequest, set_id: int) -> HttpResponse:
    """Approve or decline the set that another person proposed."""
    approves = request.POST.get("step") == "approve"
    step = services.approve_set if approves else services.decline_set
    row = step(set_id=set_id, by=signed_in(request), at=timezone.now())
    return redirect("authorization:tier_set", row.pk)


def _asked(request: HttpRequest) -> tuple[forms.Span, selected.Cut, Any]:
    sets = selected.sets()
    form = forms.Span(request.GET, sets=sets)
    return form, form.cut(today=today(request)), sets


def _initial(request: HttpRequest) -> dict[str, Any]:
    present = selected.in_force(on=today(request))
    tomorrow = timezone.localdate() + timedelta(days=1)
    return {"lines": "\n".join(present.lines) if present else "", "valid_from": tomorrow}


def _status(form: forms.SetProposal) -> int:
    return 422 if form.errors else 200


def _set_or_404(set_id: int) -> TierSet:
    row = selected.set_by_id(set_id=set_id)
    if row is None:
        raise Http404
    return row
