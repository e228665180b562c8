"""Pages on which two people let the automatic tier decide, and one stops it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authorization.forms import fallback as reasons
from authorization.forms import publishing as forms
from authorization.models import TierPublication, TierSet
from authorization.rules import publishing as rules
from authorization.selectors import FILE_MOST, tier
from authorization.selectors import publishing as selected
from authorization.services import publishing as services
from authorization.web import _drawn_published as drawn
from authorization.web import _taken
from authorization.web._drawn_tier import share
from authorization.web._friction import today
from foundation.kernel.errors import Refused
from foundation.kernel.money import Money
from foundation.people.roles import Permission
from foundation.trail import selectors as trail
from foundation.ui.context import Shell
from foundation.ui.web import action, refusals_in, requires, signed_in


@require_GET
@requires(Permission.PUBLICATION_VIEW)
def publications(request: HttpRequest) -> HttpResponse:
    """List what is decided automatically, was, and is proposed to be."""
    rows = selected.publications()
    table = drawn.publications(rows, selected.figures(rows=rows))
    return render(request, "authorization/publications.html", {"rows": rows, "table": table})


@require_http_methods(["GET", "POST"])
@requires(Permission.POLICY_PROPOSE)
def publish_tier(request: HttpRequest) -> HttpResponse:
    """Propose that the set in force decides some transactions itself."""
    present = tier.in_force(on=today(request))
    form = forms.Publishing(request.POST or None, initial=_usual(request))
    if request.method == "POST" and form.is_valid():
        with refusals_in(request, form):
            made = _proposed(request, form, present)
            return redirect("authorization:publication", made.pk)
    page = {"form": form, "present": present}
    return render(request, "authorization/publish_tier.html", page, status=_status(form))


@require_GET
@requires(Permission.PUBLICATION_VIEW)
def publication(request: HttpRequest, publication_id: int) -> HttpResponse:
    """Show a publication: its terms, who let it decide, and how often it was wrong."""
    return _page(request, publication_id)


@require_GET
@requires(Permission.PUBLICATION_VIEW)
def publication_items(request: HttpRequest, publication_id: int) -> HttpResponse:
    """List exactly the decisions that a figure of a publication counts."""
    row = _row_or_404(publication_id)
    figure, before = forms.Listing(request.GET).chosen()
    opens = Permission.AUTHORIZATION_VIEW in Shell(request).permissions
    if _taken.is_wanted(request):
        found = selected.listed(row=row, figure=figure, most=FILE_MOST)
        whole, name = drawn.decisions(found.rows, opens=opens), f"publication-{row.pk}-{figure}"
        return _taken.away(request, name=name, table=whole, total=found.total)
    page = selected.listed(row=row, figure=figure, before=before)
    shown: dict[str, Any] = {"row": row, "page": page, "title": drawn.title(figure)}
    shown |= {"table": drawn.decisions(page.rows, opens=opens), "query": f"figure={figure}&"}
    more = page.next_before
    shown["next"] = drawn.link(row, figure, before=more) if more else ""
    return render(request, "authorization/publication_items.html", shown)


@action
@require_POST
@requires(Permission.POLICY_APPROVE, missing=(rules.NoSuchPublication,))
def decide_publication(request: HttpRequest, publication_id: int) -> HttpResponse:
    """Approve or decline what another person proposed."""
    step = services.approve if request.POST.get("step") == "approve" else services.decline
    row = step(publication_id=publication_id, by=signed_in(request), at=timezone.now())
    return redirect("authorization:publication", row.pk)


@action
@require_POST
@requires(Permission.FALLBACK_END, missing=(rules.NoSuchPublication,))
def withdraw_publication(request: HttpRequest, publication_id: int) -> HttpResponse:
    """Let people decide again at once."""
    _row_or_404(publication_id)
    form = reasons.Reason(request.POST)
    if form.is_valid():
        given, by = form.cleaned_data, signed_in(request)
        with refusals_in(request, form):
            services.withdraw(publication_id=publication_id, **given, by=by, at=timezone.now())
            return redirect("authorization:publication", publication_id)
    return _page(request, publication_id, form)


def _proposed(
    request: HttpRequest, form: forms.Publishing, present: TierSet | None
) -> TierPublication:
    if present is None:
        raise rules.SetNotInForce(number="—")
    given = form.cleaned_data
    return services.propose(
        tier_set=present,
        trade=given["trade"],
        terms=form.terms,
        reason=given["reason"],
        by=signed_in(request),
        at=timezone.now(),
    )


def _page(
    request: HttpRequest, publication_id: int, form: django_forms.Form | None = None
) -> HttpResponse:
    row = _row_or_404(publication_id)
    found = selected.figures(rows=[row])[row.pk]
    page: dict[str, Any] = {
        "row": row,
        "trades": drawn.trades(row),
        "figures": found,
        "counted": {
            name: drawn.counted(row, name, count)
            for name, count in (
                ("decided", found.decided),
                ("drawn", found.drawn),
                ("seen", found.wrong.whole),
                ("wrong", found.wrong.part),
            )
        },
        "share": share(found.wrong),
        "limits": selected.limits(on=timezone.localdate()),
        "person": signed_in(request).person,
        "timeline": trail.timeline(subject=row.subject),
        "form": form or reasons.Reason(),
    }
    return render(request, "authorization/publication.html", page, status=_status(form))


def _usual(request: HttpRequest) -> dict[str, Any]:
    """Return the bank's bounds as what is proposed at first, if it has set them."""
    try:
        bounds = selected.bounds(on=timezone.localdate())
    except Refused:
        return {}
    return {
        "most": Money(bounds.most_fen).format(),
        "until": today(request) + timedelta(days=bounds.days),
        "sample_percent": bounds.sample_percent,
    }


def _status(form: django_forms.Form | None) -> int:
    return 422 if form is not None and form.errors else 200


def _row_or_404(publication_id: int) -> TierPublication:
    row = selected.publication(publication_id=publication_id)
    if row is None:
        raise Http404
    return row
