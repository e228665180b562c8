"""Institutions moved, renamed and closed: proposed by one person, decided by another."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.people import forms, rules, selectors, services
from foundation.people.models import Institution
from foundation.people.roles import Permission
from foundation.ui.web import action, refusals_in, requires, signed_in


@require_http_methods(["GET", "POST"])
@requires(Permission.INSTITUTION_MANAGE)
def institution_change(request: HttpRequest, place: str) -> HttpResponse:
    """Propose to move, rename or close an institution."""
    row = selectors.institution(number=place)
    if row is None:
        raise Http404
    form = _form(request, row)
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, signed_in(request)
        parent = given.pop("institution")
        with refusals_in(request, form):
            services.propose_change(
                institution=row, parent=parent, **given, by=by, at=timezone.now()
            )
            return redirect("people:institution_proposals")
    page = {"form": form, "row": row}
    status = 422 if form.errors else 200
    return render(request, "people/institution_change.html", page, status=status)


@require_GET
@requires(Permission.STAFF_VIEW)
def institution_proposals(request: HttpRequest) -> HttpResponse:
    """List changes of institutions: those that wait, and the last that were decided."""
    states = (rules.WAITING, rules.APPROVED, rules.DECLINED)
    page = {state: selectors.institution_proposals(state=state) for state in states}
    return render(request, "people/institution_proposals.html", page)


@action
@require_POST
@requires(Permission.INSTITUTION_APPROVE)
def decide_institution(request: HttpRequest, change_id: int) -> HttpResponse:
    """Approve or decline a change that another person proposed."""
    if selectors.institution_proposal(proposal_id=change_id) is None:
        raise Http404
    approve = request.POST.get("step") == "approve"
    services.decide_change(
        proposal_id=change_id, approve=approve, by=signed_in(request), at=timezone.now()
    )
    return redirect("people:institution_proposals")


def _form(request: HttpRequest, row: Institution) -> forms.InstitutionChange:
    places = [one for one in selectors.institutions_in_scope() if one.active]
    now = {"name": row.name, "institution": row.parent.number if row.parent else ""}
    return forms.InstitutionChange(request.POST or None, places=places, initial=now)
