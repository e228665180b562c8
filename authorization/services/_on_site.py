"""On site: people of an outlet look at its items before the centre, or instead of the centre."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from authorization import rules, selectors
from authorization.models import OnSite, Request
from authorization.rules import on_site
from authorization.services import _posting
from authorization.services._queueing import QUEUED, moved, put_in, told
from foundation.people.models import Staff
from foundation.ui import live
from foundation.worklist import services as worklist

VOUCHED_PRIORITY, AGAIN_PRIORITY = 10, 20
# What is set anew whenever an item comes before its outlet.
PRESENTED = (
    "state", "level", "presented_at", "queued_at", "opened_at", "shown_at", "alarmed_at",
    "escalated_at", "escalated_why", "escalated_note", "escalated_by_label",
)  # fmt: skip


def present(*, request: Request, at: datetime) -> None:
    """Let an item wait for people of its outlet; the caller saves `PRESENTED`.

    What comes back from a hold with a new image leaves its place at the centre, and keeps since
    when it waited there: it was sent to the centre.
    """
    before = request.state
    request.state = rules.FLOW.after(before, "present")
    request.presented_at = at
    if before == rules.ON_HOLD:
        assert request.work_item_id is not None, "an item on hold was queued"
        worklist.withdraw(item_id=request.work_item_id, at=at)
    else:
        request.queued_at = None
    request.opened_at = request.shown_at = request.alarmed_at = request.escalated_at = None
    request.escalated_why = request.escalated_note = request.escalated_by_label = ""
    moved(request=request, at=at)


@transaction.atomic
def look(*, number: str, by: Staff, at: datetime) -> OnSite:
    """Open an item that waits on site; what was opened before stays as it was opened.

    Refuses the item's own teller, who works elsewhere or holds one of its accounts, and an item
    that waits for nobody of its outlet.
    """
    request = _waiting(number, by)
    known = selectors.on_site_of(request=request, person=by.person)
    if known is not None:
        return known
    made: OnSite = OnSite.objects.create(
        institution_id=request.institution_id,
        request=request,
        seq=request.attempt,
        decider=by,
        decider_label=by.label,
        decider_person=by.person,
        content_hash=request.content_hash,
        presented_at=request.presented_at,
        opened_at=at,
    )
    told(request=request, step="look", actor=by.label, at=at)
    return made


@transaction.atomic
def decide_on_site(
    *,
    number: str,
    step: str,
    shown: str,
    by: Staff,
    at: datetime,
    reasons: Sequence[str] = (),
    remark: str = "",
) -> Request:
    """Keep what somebody of the outlet says of an item, who opened it before.

    The first yes of two lets it wait for another human of the outlet, the last sends it to the
    centre or, where the centre is not asked, posts it. A no ends the round. Refuses content that
    changed after `shown` (its hash), a no without a fitting reason and a second word of one human.
    """
    request = _waiting(number, by)
    seen = selectors.on_site_of(request=request, person=by.person)
    if seen is None:
        raise on_site.LookFirst
    if seen.step:
        raise rules.SecondOfSamePerson
    rules.check_reasons(step, reasons, remark)
    if shown != request.content_hash:
        raise rules.ShownIsStale
    said = selectors.confirmed_on_site(request=request)
    seen.step, seen.at, seen.level = step, at, len(said) + 1
    seen.reasons, seen.remark = list(reasons), remark
    seen.save(update_fields=["step", "at", "level", "reasons", "remark"])
    if step == "approve" and seen.level < request.outlet_needed:
        rules.FLOW.after(request.state, "witness")
        _tell(request, "witness", seen, at)
        live.tell("authorization", request.institution_id)
    elif step == "approve" and request.levels_needed:
        _pass_on(request, seen, at)
    else:
        _end(request, seen, at)
    return request


def _waiting(number: str, by: Staff) -> Request:
    request = selectors.locked(number=number)
    if request.state != rules.ON_SITE:
        raise on_site.NotOnSite(number=number)
    on_site.check_confirmer(
        person=by.person,
        institution_id=by.institution_id,
        teller_person=request.teller_person,
        outlet_id=request.institution_id,
    )
    if by.person in selectors.account_holders(request=request):
        raise rules.OwnAccount
    return request


def _pass_on(request: Request, seen: OnSite, at: datetime) -> None:
    """Bring an item to the centre, where nobody who confirmed it is offered it."""
    again = request.attempt > 1
    put_in(
        request=request,
        step="vouch",
        priority=AGAIN_PRIORITY if again else VOUCHED_PRIORITY,
        at=at,
        not_by=selectors.confirmed_on_site(request=request),
        keep_for=selectors.last_decider(request=request) if again else None,
    )
    request.save(update_fields=QUEUED)
    _tell(request, "vouch", seen, at)


def _end(request: Request, seen: OnSite, at: datetime) -> None:
    """End a round that somebody refused, or that the centre is not asked about."""
    assert seen.at is not None, "what was said has its moment"
    request.reasons, request.remark = seen.reasons, seen.remark
    _tell(request, f"{seen.step}_on_site", seen, at)
    _posting.end(
        request=request,
        step=seen.step,
        by_label=seen.decider_label,
        decided_at=seen.at,
        on=_posting.day_of(request=request),
        at=at,
    )


def _tell(request: Request, step: str, seen: OnSite, at: datetime) -> None:
    told(
        request=request, step=step, actor=seen.decider_label, at=at, reasons=list(seen.reasons),
        remark=seen.remark, content=request.content_hash,
    )  # fmt: skip
