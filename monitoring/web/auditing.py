"""The auditors' desk: differences, a colleague's matches by hand, and second looks at pairs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_POST

from foundation.kernel.errors import Refused
from foundation.kernel.text import whole
from foundation.people.roles import Permission
from foundation.ui.web import action, record_refusal, refuse_in, requires, signed_in
from foundation.worklist import rules as worklist_rules
from foundation.worklist import selectors as worklist_selectors
from foundation.worklist import services as worklist
from monitoring import forms, rules, selectors
from monitoring.models import Match
from monitoring.rules import forcing, looks
from monitoring.selectors import auditing as selected
from monitoring.selectors import looks as looked
from monitoring.services import auditing as services
from monitoring.services import looks as looking
from monitoring.web import pictures

SENT_ON = _("It waits for a second person")


@require_GET
@requires(Permission.MONITORING_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """Show what the auditor holds, or the next of what waits."""
    return _desk(request)


@action
@require_POST
@requires(Permission.MONITORING_AUDIT, missing=(rules.NoSuchPair,))
def decide(request: HttpRequest, match_id: int) -> HttpResponse:
    """Record what the auditor found and bring the next with the same answer."""
    if selectors.match(match_id=match_id) is None:
        raise rules.NoSuchPair
    form = forms.Finding(request.POST)
    if not form.is_valid():
        return _desk(request, form=form)
    typed = form.cleaned_data | {"match_id": match_id, "at": timezone.now()}
    try:
        ended = services.decide(auditor=signed_in(request), **typed)
    except rules.ForceNeedsReason as refusal:
        refuse_in(request, form, refusal)
        return _desk(request, form=form)
    except Refused as refusal:
        record_refusal(request, refusal)
        return _desk(request, refusal=refusal)
    return _desk(request, ended)


@action
@require_POST
@requires(Permission.MONITORING_AUDIT, missing=(forcing.NoSuchForcing,))
def decide_force(request: HttpRequest, forcing_id: int) -> HttpResponse:
    """Accept or decline a colleague's match by hand, and bring the next."""
    if selected.forcing_by_id(forcing_id=forcing_id) is None:
        raise forcing.NoSuchForcing
    form = forms.Second(request.POST)
    if not form.is_valid():
        return _desk(request, form=form)
    try:
        services.decide_forcing(
            forcing_id=forcing_id, **form.given(), auditor=signed_in(request), at=timezone.now()
        )
    except Refused as refusal:
        record_refusal(request, refusal)
        return _desk(request, refusal=refusal)
    return _desk(request)


@action
@require_POST
@requires(Permission.MONITORING_AUDIT, missing=(looks.NoSuchLook,))
def decide_look(request: HttpRequest, look_id: int) -> HttpResponse:
    """Keep what the auditor found on a second look, and bring the next."""
    found, form = looked.look(look_id=look_id), forms.Answer(request.POST)
    if found is None:
        raise looks.NoSuchLook
    if not form.is_valid():
        return _desk(request, form=form)
    known = form.cleaned_data
    try:
        row = looking.look(
            look_id=look_id, answer=known["answer"], fence=known["fence"],
            auditor=signed_in(request), at=timezone.now(),
        )  # fmt: skip
    except Refused as refusal:
        record_refusal(request, refusal)
        return _desk(request, refusal=refusal)
    return _desk(request, erred=found.match if row.state == looks.ERRED else None)


@action
@require_POST
@requires(Permission.MONITORING_AUDIT, missing=(rules.NoSuchPair,))
def hand_back(request: HttpRequest, match_id: int) -> HttpResponse:
    """Put the difference back into the queue and rest."""
    services.hand_back(
        match_id=match_id, fence=_fence(request), auditor=signed_in(request), at=timezone.now()
    )
    return _desk(request, resting=True)


@action
@require_POST
@requires(Permission.IMAGE_READ_AGAIN, missing=(rules.NoSuchPair,))
def ask_rescan(request: HttpRequest, match_id: int) -> HttpResponse:
    """Ask the outlet for a better scan of the voucher on the desk, and go on with it."""
    if selectors.match(match_id=match_id) is None:
        raise rules.NoSuchPair
    services.ask_rescan(match_id=match_id, auditor=signed_in(request), at=timezone.now())
    return _desk(request)


@action
@require_POST
@requires(Permission.MONITORING_AUDIT, missing=(looks.NoSuchLook,))
def hand_back_look(request: HttpRequest, look_id: int) -> HttpResponse:
    """Put the second look back into its queue and rest."""
    looking.hand_back_look(
        look_id=look_id, fence=_fence(request), auditor=signed_in(request), at=timezone.now()
    )
    return _desk(request, resting=True)


@action
@require_POST
@requires(Permission.MONITORING_AUDIT, missing=(worklist_rules.NoSuchItem,))
def heartbeat(request: HttpRequest, item_id: int) -> HttpResponse:
    """Keep the lease of what is on the screen; tell until when."""
    until = worklist.heartbeat(
        item_id=item_id, fence=_fence(request), staff=signed_in(request), at=timezone.now()
    )
    return JsonResponse({"until": until.isoformat()})


def _desk(
    request: HttpRequest,
    ended: Match | None = None,
    *,
    resting: bool = False,
    form: forms.Finding | forms.Second | forms.Answer | None = None,
    refusal: Refused | None = None,
    erred: Match | None = None,
) -> HttpResponse:
    opened = None if resting else services.open_next(auditor=signed_in(request), at=timezone.now())
    seen = selectors.record(match=opened.match) if opened else None
    context = {
        "opened": opened,
        "seen": seen,
        "images": pictures(request, seen) if seen else [],
        "findings": [rules.RESULTS[code] for code in seen.match.findings] if seen else [],
        "waiting": _waiting(request),
        "decided": _told(ended),
        "confirmed": ended if ended and ended.state == rules.CONFIRMED else erred,
        "resting": resting,
        "form": form if isinstance(form, forms.Finding) else forms.Finding(),
        "bad": bool(form and form.errors),
        "refusal": refusal,
        "blind": bool(opened and opened.look and opened.look.kind == looks.AGAIN),
        "why": _why(opened),
    }
    part = "_desk" if request.headers.get("HX-Request") else "audit"
    status = 422 if form else 409 if refusal else 200
    return render(request, f"monitoring/{part}.html", context, status=status)


def _waiting(request: HttpRequest) -> int:
    today = timezone.localdate()
    return sum(
        worklist_selectors.waiting_for(queue=queue, staff=signed_in(request), on=today)
        for queue in services.QUEUES
    )


def _told(ended: Match | None) -> str:
    if ended is None:
        return ""
    return SENT_ON if ended.state == rules.OPEN else ended.finding.text


def _why(opened: services.Opened | None) -> list[str]:
    """Return in words for what the pair is looked at once more."""
    row = opened.look if opened else None
    return [word for word in (row.sort.name, row.reason_name) if word] if row else []


def _fence(request: HttpRequest) -> int:
    return whole(request.POST.get("fence", "")) or 0
