"""Taking back what was just decided: it waits some seconds for its effect, then it stands.

Until then it is a Verdict and no Decision, so that nothing counts it and its teller is not told.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from authorization import rules, selectors
from authorization.models import Request, Verdict
from authorization.services._effect import Said, carry_out
from authorization.services._queueing import MILLISECOND, kept_seconds, let_wait, told
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.ui import live
from foundation.worklist import services as worklist

UNDO = "authorization.undo_seconds"
SETTLE = "authorization.tasks.settle"
# A customer waits for it: before everything that only reads images, however long that waits.
SETTLE_PRIORITY = 100
# Why a work item is set aside meanwhile, as its dispatcher reads it.
LAID_DOWN = _("Decided; may be taken back for some seconds")


def undo_seconds(*, at: datetime) -> int:
    """Return for how long a decision may be taken back; not at all while nobody said."""
    return policy.bank_wholes(codes=(UNDO,), on=localdate(at)).get(UNDO, 0)


def lay_down(*, request: Request, said: Said, fence: int, seconds: int) -> None:
    """Let the desk go on from a locked item; what was decided of it takes effect after seconds."""
    assert request.work_item_id is not None, "an item being viewed was queued"
    due_at = said.at + timedelta(seconds=seconds)
    Verdict.objects.create(
        institution_id=request.institution_id,
        request=request,
        seq=request.attempt,
        level=request.level,
        step=said.step,
        decider=said.decider,
        reasons=list(said.reasons),
        remark=said.remark,
        content_hash=request.content_hash,
        at=said.at,
        due_at=due_at,
    )
    worklist.set_aside(
        item_id=request.work_item_id,
        fence=fence,
        staff=said.decider,
        reason=gettext(LAID_DOWN),
        finished=True,
    )
    request.state, request.undo_seconds = rules.FLOW.after(request.state, "decide"), seconds
    request.save(update_fields=["state"])
    worklist.enqueue_job(
        kind=SETTLE,
        args={"number": request.number},
        subject=request.subject,
        run_after=due_at,
        priority=SETTLE_PRIORITY,
    )


@transaction.atomic
def settle(*, number: str, at: datetime) -> Request:
    """Let what was decided of an item take effect once its seconds are over; any other stays."""
    request = selectors.locked(number=number)
    verdict = selectors.open_verdict(request=request)
    if verdict is None or verdict.due_at > at:
        return request
    assert request.work_item_id is not None, "what was decided was queued"
    _end(verdict, rules.SETTLED, at)
    worklist.end_aside(item_id=request.work_item_id, by=verdict.decider)
    said = Said(verdict.step, verdict.decider, verdict.at, verdict.reasons, verdict.remark)
    carry_out(request=request, said=said, at=at)
    return request


@transaction.atomic
def undo(*, number: str, by: Staff, at: datetime) -> Request:
    """Take back what one has just decided: the item is the next one on the desk again.

    What came to the desk meanwhile goes back to its old place. Refuses anybody else, and once the
    seconds are over. The trail tells that it was decided and taken back; no figure counts it.
    """
    request = selectors.locked(number=number)
    verdict = selectors.open_verdict(request=request)
    if verdict is None:
        raise rules.TooLateToUndo
    rules.check_undo(decider=verdict.decider_id, by=by.pk, due_at=verdict.due_at, at=at)
    assert request.work_item_id is not None, "what was decided was queued"
    assert request.opened_at is not None, "what was decided was opened"
    _end(verdict, rules.UNDONE, at)
    request.viewed_ms += (verdict.at - request.opened_at) // MILLISECOND
    let_wait(request=request, step="undo")
    _make_room(by, at)
    worklist.bring_back(
        item_id=request.work_item_id,
        by_label=by.label,
        keep_for=by,
        seconds=max(kept_seconds(at=at), undo_seconds(at=at)),
    )
    told(request=request, step="undo", actor=by.label, at=at,
        before=verdict.step, reasons=list(verdict.reasons), remark=verdict.remark,
    )  # fmt: skip
    return request


def _make_room(by: Staff, at: datetime) -> None:
    """Put back what came to a desk since, as nobody holds two items."""
    other = selectors.before_them(staff=by)
    if other is None:
        return
    other = selectors.locked(number=other.number)
    assert other.work_item_id is not None, "an item being viewed was queued"
    let_wait(request=other, step="hand_back")
    worklist.release(item_id=other.work_item_id, fence=other.opened_fence, staff=by)
    told(request=other, step="hand_back", actor=by.label, at=at)


def _end(verdict: Verdict, how: str, at: datetime) -> None:
    verdict.ended_by, verdict.ended_at = how, at
    verdict.save(update_fields=["ended_by", "ended_at"])
    live.tell("authorization", verdict.institution_id)
