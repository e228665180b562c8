"""Roles: the table of who may do what, and proposals that a second person decides."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.people import forms, rules, selectors, services
from foundation.people.roles import DUTY_CONFLICTS, ROLES, Permission
from foundation.trail import selectors as trail
from foundation.ui.web import action, refusals_in, requires, signed_in


@require_GET
@requires(Permission.STAFF_VIEW)
def roles(request: HttpRequest) -> HttpResponse:
    """Show every role: where it belongs, what it may do, which others exclude it."""
    rows = [
        {
            "name": gettext(role.name),
            "kinds": sorted(role.institution_kinds),
            "permissions": sorted(gettext(rules.RIGHTS[one].name) for one in role.permissions),
            "excludes": [
                gettext(other.name)
                for other in ROLES.values()
                if frozenset({role.duty, other.duty}) in DUTY_CONFLICTS
            ],
        }
        for role in ROLES.values()
    ]
    return render(request, "people/roles.html", {"rows": rows})


@require_GET
@requires(Permission.STAFF_VIEW)
def proposals(request: HttpRequest) -> HttpResponse:
    """List proposals of roles: those that wait, and the last that were decided."""
    named = [
        (state, [(row, gettext(ROLES[row.role].name)) for row in selectors.proposals(state=state)])
        for state in (rules.WAITING, rules.APPROVED, rules.DECLINED)
    ]
    return render(request, "people/proposals.html", dict(named))


@require_GET
@requires(Permission.STAFF_VIEW)
def proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Show one proposal of a role, and what happened with it."""
    row = selectors.proposal(proposal_id=proposal_id)
    if row is None:
        raise Http404
    entries = trail.timeline(
        subject=f"people.staff:{row.staff.number}", detail={"role_proposal": row.pk}
    )
    page = {"row": row, "name": gettext(ROLES[row.role].name), "entries": entries}
    return render(request, "people/proposal.html", page)


@require_http_methods(["GET", "POST"])
@requires(Permission.ROLE_PROPOSE)
def propose_role(request: HttpRequest, number: str) -> HttpResponse:
    """Propose to grant or to end a role."""
    row = selectors.staff_member(number=number)
    if row is None:
        raise Http404
    form = forms.RoleProposal(request.POST or None, initial={"valid_from": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, signed_in(request)
        with refusals_in(request, form):
            services.propose_role(staff=row, **given, by=by, at=timezone.now())
            return redirect("people:proposals")
    page = {"form": form, "row": row}
    return render(request, "people/propose_role.html", page, status=422 if form.errors else 200)


@action
@require_POST
@requires(Permission.ROLE_APPROVE)
def decide_role(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Approve or decline a proposal of another person."""
    proposal = selectors.proposal(proposal_id=proposal_id)
    if proposal is None:
        raise Http404
    services.decide_role(
        proposal_id=proposal.pk,
        approve=request.POST.get("step") == "approve",
        by=signed_in(request),
        at=timezone.now(),
    )
    return redirect("people:proposals")
