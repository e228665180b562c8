"""The authorizer's side: open the next item, decide it, hand it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from authorization import rules, selectors
from authorization.models import Decision, Fallback, Request
from authorization.rules import fallback
from authorization.services import _emergency, _posting
from authorization.services._holding import let_lapse
from authorization.services._queueing import (
    MILLISECOND,
    QUEUED,
    let_wait,
    moved,
    put_in,
    told,
    waited,
)
from authorization.services.quality import see_again
from foundation.people.models import Staff
from foundation.ui import live
from foundation.worklist import rules as worklist_rules
from foundation.worklist import services as worklist
from foundation.worklist.models import WorkItem

PASSED_ON_PRIORITY = 20


@transaction.atomic
def open_next(*, authorizer: Staff, at: datetime) -> Request | None:
    """Give the authorizer the item already held, or the next one; None when nothing waits."""
    item = worklist.claim_next(queue=rules.QUEUE, staff=authorizer, at=at)
    return None if item is None else _open(item, authorizer, 0, at)


@transaction.atomic
def open_at_home(*, authorizer: Staff, at: datetime) -> Request | None:
    """Give who is registered the next item of the own outlet, in an emergency that is in force.

    Refuses anybody else, and anybody while the centre decides.
    """
    standing = _emergency.standing(staff=authorizer, at=at)
    if standing is None:
        raise fallback.NotLocal
    item = worklist.claim_at_home(
        queue=rules.QUEUE, staff=authorizer, most_fen=standing.local.most_fen, at=at
    )
    epoch = standing.switch.epoch or 0
    return None if item is None else _open(item, authorizer, epoch, at)


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
    """Record one person's yes or no and post on the last yes, all in one transaction.

    Refuses the item's own teller or (but in an emergency) outlet, too low a grade, a lease that was
    lost, content that changed after `shown` (its hash), a no without a fitting reason, a second yes
    of one human, a yes without the call-back that the rule wants, and a posting that the ledger
    does not take.
    The first yes of two lets the item wait for another person; a no at either level ends it.
    """
    request = selectors.locked(number=number)
    first = step == "approve" and request.level < request.levels_needed
    target = rules.FLOW.after(request.state, "confirm" if first else step)
    switch = _emergency.switch_of(request=request, decider=decider, at=at)
    _check(request, step, decider, at_home=switch is not None)
    rules.check_reasons(step, reasons, remark)
    if shown != request.content_hash:
        raise rules.ShownIsStale
    worklist.finish(item_id=_work(request), fence=fence, staff=decider)
    request.reasons, request.remark = list(reasons), remark
    on = _posting.day_of(request=request)
    made = _keep_decision(request, step, decider, on=on, at=at, switch=switch)
    told(
        request=request, step="confirm" if first else step, actor=decider.label, at=at,
        reasons=list(reasons), remark=remark, content=shown,
        **_emergency.in_epoch(epoch=made.epoch if switch else 0),
    )  # fmt: skip
    if first:
        _pass_on(request, decider, at)
        return request
    if switch is not None and step != "return":
        see_again(made=made, at=at)
    request.state = target
    request.decided_at, request.decider_label = at, decider.label
    request.save(update_fields=["state", "decided_at", "decider_label", "reasons", "remark"])
    if step == "approve":
        _posting.post(request=request, on=on, at=at)
    else:
        moved(request=request, at=at)
    return request


@transaction.atomic
def hand_back(*, number: str, fence: int, authorizer: Staff, at: datetime) -> Request:
    """Put an item one cannot decide now back into the queue, at its old place."""
    request = selectors.locked(number=number)
    let_wait(request=request, step="hand_back")
    worklist.release(item_id=_work(request), fence=fence, staff=authorizer)
    told(request=request, step="hand_back", actor=authorizer.label, at=at)
    return request


@transaction.atomic
def let_go(*, number: str) -> Request:
    """Let an item wait again that nobody holds any more; one that is held stays as it is."""
    request = selectors.locked(number=number)
    # Read under the item's lock, as every step takes it first: who claims it now comes after.
    held = request.work_item is not None and request.work_item.state == worklist_rules.HELD
    if request.state == rules.VIEWING and not held:
        let_wait(request=request, step="hand_back")
    return request


def _open(item: WorkItem, authorizer: Staff, epoch: int, at: datetime) -> Request:
    request = selectors.locked(number=item.subject.partition(":")[2])
    if request.state == rules.VIEWING and request.opened_fence == item.fence:
        return request
    _make_open(request, at)
    request.state = rules.FLOW.after(request.state, "open")
    request.opened_fence, request.opened_epoch = item.fence, epoch
    request.opened_at, request.shown_at = at, None
    request.save(update_fields=["state", "opened_at", "shown_at", "opened_fence", "opened_epoch"])
    told(
        request=request,
        step="open",
        actor=authorizer.label,
        at=at,
        **_emergency.in_epoch(epoch=epoch),
    )
    live.tell("authorization", request.institution_id)
    return request


def _make_open(request: Request, at: datetime) -> None:
    """Let an item wait that was given out while it still stood as on a desk or on hold."""
    if request.state == rules.VIEWING:
        let_wait(request=request, step="hand_back")
    elif request.state == rules.ON_HOLD:
        inquiry = selectors.open_inquiry(request=request)
        assert inquiry is not None, "an item on hold has its question"
        let_lapse(request=request, inquiry=inquiry, at=at)


def _check(request: Request, step: str, decider: Staff, *, at_home: bool) -> None:
    rules.check_decider(
        decider_person=decider.person,
        decider_institution_id=decider.institution_id,
        grade=decider.grade,
        teller_person=request.teller_person,
        institution_id=request.institution_id,
        grade_needed=request.grade_needed,
        at_home=at_home,
    )
    if decider.person in selectors.confirmed_by(request=request):
        raise rules.SecondOfSamePerson
    if step == "approve" and request.call_needed and not selectors.is_confirmed(request=request):
        raise rules.CallBackMissing


def _pass_on(request: Request, first: Staff, at: datetime) -> None:
    """Let an item with its first yes wait for another human, before what comes new."""
    put_in(
        request=request, step="confirm", priority=PASSED_ON_PRIORITY, at=at, not_by=[first.person]
    )
    request.level += 1
    request.save(update_fields=QUEUED)


def _work(request: Request) -> int:
    assert request.work_item_id is not None, "an item being viewed was queued"
    return int(request.work_item_id)


def _keep_decision(
    request: Request,
    step: str,
    decider: Staff,
    *,
    on: date,
    at: datetime,
    switch: Fallback | None,
) -> Decision:
    assert request.queued_at is not None
    assert request.opened_at is not None
    made: Decision = Decision.objects.create(
        institution_id=request.institution_id,
        request=request,
        seq=request.attempt,
        level=request.level,
        step=step,
        decider=decider,
        decider_label=decider.label,
        decider_person=decider.person,
        reasons=request.reasons,
        remark=request.remark,
        content_hash=request.content_hash,
        business_date=on,
        at=at,
        queue_ms=waited(request=request, at=at) // MILLISECOND,
        view_ms=request.viewed_ms + (at - request.opened_at) // MILLISECOND,
        hold_ms=request.held_ms,
        show_ms=_until_shown(request),
        fallback=switch,
        epoch=(switch.epoch or 0) if switch else 0,
    )
    return made


def _until_shown(request: Request) -> int | None:
    """Return how long the desk took to show the images, if it said when it did."""
    if request.shown_at is None or request.opened_at is None:
        return None
    return max(0, (request.shown_at - request.opened_at) // MILLISECOND)
