"""Posts: who worked where as what from when, and proposals that a second person decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.kernel.text import whole
from foundation.people import forms, rules, selectors, services
from foundation.people.models import Institution, Post, Staff
from foundation.people.roles import Permission
from foundation.trail import selectors as trail
from foundation.ui import table
from foundation.ui.table import Column, Row, Table
from foundation.ui.web import action, refusals_in, requires, signed_in

_PAGE = 50
_PLACE, _PERSON = Column(_("Institution")), Column(_("Staff"))
_WHEN_AND_WHO = (
    Column(_("Post")),
    Column(_("Valid from"), table.NUMBER),
    Column(_("Valid until"), table.NUMBER),
    Column(_("Proposed by")),
    Column(_("Approved by")),
)


@require_GET
@requires(Permission.STAFF_VIEW)
def posts(request: HttpRequest, number: str) -> HttpResponse:
    """List which posts a person held where from when until when, the latest first."""
    row = selectors.staff_member(number=number)
    if row is None:
        raise Http404
    rows = selectors.posts(of=row, after=_after(request), limit=_PAGE)
    waiting = selectors.post_proposals(state=rules.WAITING, of=row)
    page = {"row": row, "rows": rows, "table": _of_person(rows), "waiting": waiting}
    return render(request, "people/posts.html", page | {"after": _following(rows)})


@require_GET
@requires(Permission.STAFF_VIEW)
def institution_posts(request: HttpRequest, place: str) -> HttpResponse:
    """List who held which posts at an institution, the latest first."""
    row = selectors.institution(number=place)
    if row is None:
        raise Http404
    rows = selectors.posts(at=row, after=_after(request), limit=_PAGE)
    page = {"row": row, "rows": rows, "table": at_place(rows), "after": _following(rows)}
    return render(request, "people/institution_posts.html", page)


@require_GET
@requires(Permission.STAFF_VIEW)
def post_proposals(request: HttpRequest) -> HttpResponse:
    """List proposals of posts: those that wait, and the last that were decided."""
    states = (rules.WAITING, rules.APPROVED, rules.DECLINED)
    page = {state: selectors.post_proposals(state=state) for state in states}
    return render(request, "people/post_proposals.html", page)


@require_GET
@requires(Permission.STAFF_VIEW)
def post_proposal(request: HttpRequest, post_proposal_id: int) -> HttpResponse:
    """Show one proposal of a post, and what happened with it."""
    row = selectors.post_proposal(proposal_id=post_proposal_id)
    if row is None:
        raise Http404
    entries = trail.timeline(
        subject=f"people.staff:{row.staff.number}", detail={"post_proposal": row.pk}
    )
    return render(request, "people/post_proposal.html", {"row": row, "entries": entries})


@require_http_methods(["GET", "POST"])
@requires(Permission.POST_PROPOSE)
def propose_post(request: HttpRequest, number: str) -> HttpResponse:
    """Propose that a person works elsewhere, or as something else, from a day on."""
    row = selectors.staff_member(number=number)
    if row is None:
        raise Http404
    form = _form(request, row)
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, signed_in(request)
        with refusals_in(request, form):
            services.propose_post(staff=row, **given, by=by, at=timezone.now())
            return redirect("people:post_proposals")
    page = {"form": form, "row": row}
    return render(request, "people/propose_post.html", page, status=422 if form.errors else 200)


@action
@require_POST
@requires(Permission.POST_APPROVE)
def decide_post(request: HttpRequest, post_proposal_id: int) -> HttpResponse:
    """Approve or decline a proposal of another person."""
    proposal = selectors.post_proposal(proposal_id=post_proposal_id)
    if proposal is None:
        raise Http404
    services.decide_post(
        proposal_id=proposal.pk,
        approve=request.POST.get("step") == "approve",
        by=signed_in(request),
        at=timezone.now(),
    )
    return redirect("people:post_proposals")


def at_place(rows: Sequence[Post]) -> Table:
    """Return the posts of an institution as a list."""
    return Table((_PERSON, *_WHEN_AND_WHO), [Row((_person(row), *_cells(row))) for row in rows])


def _of_person(rows: Sequence[Post]) -> Table:
    columns = (_PERSON, _PLACE, *_WHEN_AND_WHO)
    return Table(
        columns, [Row((_person(row), _place(row.institution), *_cells(row))) for row in rows]
    )


def _cells(row: Post) -> tuple[str, ...]:
    return (
        row.title or table.NOTHING,
        _day(row.valid_from),
        _day(row.valid_until),
        row.proposed_by.label if row.proposed_by else table.NOTHING,
        row.approved_by.label if row.approved_by else table.NOTHING,
    )


def _person(row: Post) -> str:
    """Return who held the post, with a link unless they work out of sight by now."""
    if not selectors.in_sight(institution_id=row.staff.institution_id):
        return row.staff.label
    return table.link(to="people:staff_detail", key=row.staff.number, text=row.staff.label)


def _place(row: Institution) -> str:
    return table.link(to="people:institution_detail", key=row.number, text=str(row))


def _day(day: date | None) -> str:
    return day.isoformat() if day else table.NOTHING


def _form(request: HttpRequest, row: Staff) -> forms.PostProposal:
    now = {"institution": row.institution.number, "valid_from": timezone.localdate()}
    places = [one for one in selectors.institutions_in_scope() if one.active]
    return forms.PostProposal(request.POST or None, places=places, initial=now)


def _after(request: HttpRequest) -> int:
    return whole(request.GET.get("after", "")) or 0


def _following(rows: Sequence[Post]) -> int:
    return rows[-1].pk if len(rows) == _PAGE else 0
