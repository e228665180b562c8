"""The authorizer's side: open the next item, decide it, hand it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from authorization import rules, selectors
from authorization.models import Decision, Request
from authorization.services import _posting
from foundation.people.models import Staff
from foundation.trail import services as trail
from foundation.ui import live
from foundation.worklist import rules as worklist_rules
from foundation.worklist import services as worklist


@transaction.atomic
def open_next(*, authorizer: Staff, at: datetime) -> Request | None:
    """Give the authorizer the item already held, or the next one; None when nothing waits."""
    item = worklist.claim_next(queue=rules.QUEUE, staff=authorizer, at=at)
    if item is None:
        return None
    request = selectors.locked(number=item.subject.partition(":")[2])
    if request.state == rules.VIEWING and request.opened_fence == item.fence:
        return request
    if request.state == rules.VIEWING:
        request.state = rules.FLOW.after(request.state, "hand_back")
    request.state = rules.FLOW.after(request.state, "open")
    request.opened_fence = item.fence
    request.opened_at = at
    request.save(update_fields=["state", "opened_at", "opened_fence"])
    _told(request, "open", authorizer, at)
    live.tell("authorization", request.institution_id)
    return request


@transaction.atomic
def decide(
    *,
    number: str,
    step: str,
    shown: str,
    fence: int,
    decider: Staff,
    at: datetime,
    reasons: Sequence[str] = (),
    remark: str = "",
) -> Request:
    """Record one person's yes or no and post on yes, all in one transaction.

    Refuses the item's own teller or outlet, too low a grade, a lease that was lost, content that
    changed after `shown` (its hash), a no without a fitting reason, and a posting that the ledger
    does not take.
    """
    request = selectors.locked(number=number)
    target = rules.FLOW.after(request.state, step)
    rules.check_decider(
        decider_person=decider.person,
        decider_institution_id=decider.institution_id,
        grade=decider.grade,
        teller_person=request.teller_person,
        institution_id=request.institution_id,
        grade_needed=request.grade_needed,
    )
    rules.check_reasons(step, reasons, remark)
    if shown != request.content_hash:
        raise rules.ShownIsStale
    worklist.finish(item_id=_work(request), fence=fence, staff=decider)
    request.reasons, request.remark = list(reasons), remark
    on = _posting.day_of(request=request)
    _keep_decision(request, step, decider, on, at)
    request.state = target
    request.decided_at, request.decider_label = at, decider.label
    request.save(update_fields=["state", "decided_at", "decider_label", "reasons", "remark"])
    _told(request, step, decider, at, reasons=list(reasons), remark=remark, content=shown)
    if step == "approve":
        _posting.post(request=request, on=on, at=at)
    live.tell("authorization", request.institution_id)
    return request


@transaction.atomic
def hand_back(*, number: str, fence: int, authorizer: Staff, at: datetime) -> Request:
    """Put an item one cannot decide now back into the queue, at its old place."""
    request = selectors.locked(number=number)
    request.state = rules.FLOW.after(request.state, "hand_back")
    request.opened_at = None
    request.save(update_fields=["state", "opened_at"])
    worklist.release(item_id=_work(request), fence=fence, staff=authorizer)
    _told(request, "hand_back", authorizer, at)
    live.tell("authorization", request.institution_id)
    return request


@transaction.atomic
def let_go(*, number: str) -> Request:
    """Let an item wait again that nobody holds any more; one that is held stays as it is."""
    request = selectors.locked(number=number)
    # Read under the item's lock, as every step takes it first: who claims it now comes after.
    held = request.work_item is not None and request.work_item.state == worklist_rules.HELD
    if request.state == rules.VIEWING and not held:
        request.state = rules.FLOW.after(request.state, "hand_back")
        request.opened_at = None
        request.save(update_fields=["state", "opened_at"])
        live.tell("authorization", request.institution_id)
    return request


def _work(request: Request) -> int:
    assert request.work_item_id is not None, "an item being viewed was queued"
    return int(request.work_item_id)


def _keep_decision(request: Request, step: str, decider: Staff, on: date, at: datetime) -> None:
    assert request.queued_at is not None
    assert request.opened_at is not None
    Decision.objects.create(
        institution_id=request.institution_id,
        request=request,
        seq=request.attempt,
        step=step,
        decider=decider,
        decider_label=decider.label,
        decider_person=decider.person,
        reasons=request.reasons,
        remark=request.remark,
        content_hash=request.content_hash,
        business_date=on,
        at=at,
        queue_ms=(request.opened_at - request.queued_at) // timedelta(milliseconds=1),
        view_ms=(at - request.opened_at) // timedelta(milliseconds=1),
    )


def _told(request: Request, step: str, actor: Staff, at: datetime, **detail: object) -> None:
    trail.record(
        institution_id=request.institution_id,
        actor=actor.label,
        action=f"authorization.{step}",
        subject=request.subject,
        at=at,
        detail=detail,
    )
