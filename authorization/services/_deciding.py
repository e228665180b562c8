"""The authorizer's side: open the next item, decide it, hand it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext

from authorization import rules, selectors
from authorization.models import Request
from authorization.rules import admission, fallback, on_site
from authorization.rules import screening as screening_rules
from authorization.services import _emergency
from authorization.services._effect import Said, carry_out, is_first
from authorization.services._holding import let_lapse
from authorization.services._queueing import let_wait, told
from authorization.services._undoing import LAID_DOWN, lay_down, undo_seconds
from foundation.people import selectors as people
from foundation.people.models import Staff
from foundation.people.roles import Permission
from foundation.ui import live
from foundation.worklist import rules as worklist_rules
from foundation.worklist import services as worklist
from foundation.worklist.models import WorkItem


@transaction.atomic(savepoint=False)
def open_next(*, authorizer: Staff, at: datetime) -> Request | None:
    """Give the authorizer the item already held, or the next one; None when nothing waits."""
    return _opened(partial(worklist.claim_next, queue=rules.QUEUE), authorizer, 0, at)


@transaction.atomic
def open_at_home(*, authorizer: Staff, at: datetime) -> Request | None:
    """Give who is registered the next item of the own outlet, in an emergency that is in force.

    Refuses anybody else, and anybody while the centre decides.
    """
    standing = _emergency.standing(staff=authorizer, at=at)
    if standing is None:
        raise fallback.NotLocal
    claim = partial(worklist.claim_at_home, queue=rules.QUEUE, most_fen=standing.local.most_fen)
    return _opened(claim, authorizer, standing.switch.epoch or 0, at)


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

    What posts nothing may be taken back for `authorization.undo_seconds` (`undo`), and has its
    effect after them (`settle`); at once while that number is not in force, and in an emergency,
    whose end must not find a decision that nobody may carry out any more.

    Refuses the item's own teller or (but in an emergency) outlet, who holds one of its accounts,
    too low a grade, a lease that was lost, content that changed after `shown` (its hash), a no
    without a fitting reason, a second yes of one human, a yes without the call-back that the rule
    wants, a possible hit of a list by who is no lead, and a posting that the ledger does not take.
    The first yes of two lets the item wait for another person; a no at either level ends it.
    """
    _emergency.hold_fast(staff=decider, at=at)
    request = selectors.locked(number=number)
    first = is_first(request=request, step=step)
    rules.FLOW.after(request.state, "decide")
    switch = _emergency.switch_of(request=request, decider=decider, at=at)
    found = selectors.weighed(request=request, decider=decider.person, on=localdate(at))
    _check(request, step, decider, found, at, at_home=switch is not None)
    rules.check_reasons(step, reasons, remark)
    if shown != request.content_hash:
        raise rules.ShownIsStale
    said = Said(step, decider, at, reasons, remark, switch)
    seconds = undo_seconds(at=at) if switch is None and (first or step != "approve") else 0
    if seconds:
        lay_down(request=request, said=said, fence=fence, seconds=seconds)
    else:
        worklist.finish(item_id=_work(request), fence=fence, staff=decider)
        on = found.business_date or request.business_date
        carry_out(request=request, said=said, at=at, on=on)
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


def _opened(
    claim: Callable[..., WorkItem | None], authorizer: Staff, epoch: int, at: datetime
) -> Request | None:
    """Claim the next item and bring it to the desk."""
    while True:
        item = claim(staff=authorizer, at=at)
        if item is None:
            return None
        request = selectors.claimed(item=item)
        if request.state != rules.SETTLING:
            break
        # Somebody let it wait again while its decision may be taken back: it is set aside again.
        worklist.set_aside(
            item_id=item.pk, fence=item.fence, staff=authorizer, reason=gettext(LAID_DOWN)
        )
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


def _check(
    request: Request,
    step: str,
    decider: Staff,
    found: selectors.Weighed,
    at: datetime,
    *,
    at_home: bool,
) -> None:
    rules.check_decider(
        decider_person=decider.person,
        decider_institution_id=decider.institution_id,
        grade=decider.grade,
        teller_person=request.teller_person,
        institution_id=request.institution_id,
        grade_needed=request.grade_needed,
        at_home=at_home,
    )
    if found.own_account:
        raise rules.OwnAccount
    if not at_home:
        admission.check_grade(found.allowed_grade, needed=request.grade_needed)
    if found.listed:
        _check_listed(decider, at, at_home=at_home)
    if decider.person in found.confirmed_by:
        raise rules.SecondOfSamePerson
    if decider.person in found.on_site:
        raise on_site.ConfirmedOnSite
    if step == "approve" and request.call_needed and not found.called:
        raise rules.CallBackMissing


def _check_listed(decider: Staff, at: datetime, *, at_home: bool) -> None:
    """Refuse who may not decide a possible hit of a watch list."""
    held = people.permissions(staff=decider, on=localdate(at))
    screening_rules.check_decider(leads=Permission.AUTHORIZATION_LEAD in held, at_home=at_home)


def _work(request: Request) -> int:
    assert request.work_item_id is not None, "an item being viewed was queued"
    return int(request.work_item_id)
