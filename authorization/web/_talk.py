"""The conversation about an item, beside it on the teller's page and on the desk."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from authorization import forms, gateways, rules, selectors, services
from authorization.models import Message, Request
from foundation.kernel.errors import Refused
from foundation.people.models import Staff
from foundation.people.roles import Permission
from foundation.ui.web import action, record_refusal, requires, signed_in


@action
@require_GET
@requires(Permission.AUTHORIZATION_VIEW)
def talk(request: HttpRequest, number: str) -> HttpResponse:
    """Answer what was said about an item until now."""
    return _part(request, number)


@action
@require_POST
@requires(Permission.AUTHORIZATION_VIEW, missing=(rules.NoSuchItem,))
def write(request: HttpRequest, number: str) -> HttpResponse:
    """Write about an item, as its teller or from the desk that has it."""
    form = forms.Writing(request.POST)
    if not form.is_valid():
        return _part(request, number, errors=form)
    try:
        services.write(number=number, text=form.said(), by=signed_in(request), at=timezone.now())
    except Refused as refusal:
        record_refusal(request, refusal)
        return _part(request, number, refusal=refusal)
    return _part(request, number)


def talking(
    item: Request, person: Staff, *, said: Sequence[Message] | None = None
) -> dict[str, object]:
    """Return what was said about an item, and the phrases of the side on which a person writes.

    `said` is what was said where it was asked just now.
    """
    side = _side(item, person)
    language = get_language() or ""
    return {
        "said": selectors.messages(request=item) if said is None else said,
        "writes": bool(side),
        "phrases": [
            {"code": one.code, "digit": one.digit, "text": one.said(language)}
            for one in gateways.phrases().values()
            if one.side == side
        ],
    }


def _side(item: Request, person: Staff) -> str:
    """Return the side on which a person may write now, empty for everybody else."""
    try:
        return rules.side_of(
            state=item.state,
            writer=person.pk,
            teller=item.teller_id,
            desk=selectors.desk_of(request=item),
        )
    except Refused:
        return ""


def _part(
    request: HttpRequest,
    number: str,
    *,
    errors: forms.Writing | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:
    item = selectors.item(number=number)
    if item is None:
        raise Http404
    shown = {"said": selectors.messages(request=item), "form": errors, "refusal": refusal}
    status = 422 if errors else 409 if refusal else 200
    return render(request, "authorization/_said.html", shown, status=status)
