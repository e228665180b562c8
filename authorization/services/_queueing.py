"""How an item comes into its queue, and back into it from a desk or a hold."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.timezone import localdate

from authorization import events, rules, selectors
from authorization.models import Request
from authorization.selectors import fallback, screening
from foundation.kernel import bus
from foundation.ledger import selectors as ledger
from foundation.ledger.rules import NoSuchAccount
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.trail import services as trail
from foundation.ui import live
from foundation.worklist import services as worklist

MILLISECOND = timedelta(milliseconds=1)
# What is set anew whenever an item comes into its queue.
QUEUED = (
    "state", "level", "queued_at", "opened_at", "shown_at", "opened_fence", "viewed_ms", "held_ms",
    "alarmed_at", "escalated_at", "escalated_why", "escalated_note",
    "escalated_by_label", "work_item",
)  # fmt: skip
# What may have changed when it comes back from a desk or a hold.
BACK = (
    "state", "opened_at", "shown_at", "viewed_ms", "held_ms", "content_hash", "attempt", "level",
)  # fmt: skip


def put_in(
    *,
    request: Request,
    step: str,
    priority: int,
    at: datetime,
    not_by: Sequence[UUID] = (),
    keep_for: Staff | None = None,
) -> None:
    """Let an item wait for an authorizer, its clocks at nothing; the caller saves `QUEUED`.

    Neither its teller nor `not_by` nor who holds one of its accounts is offered it; `keep_for` is
    for some seconds the only one. A possible hit of a list is for the leads, and not for who
    decides at its outlet in emergencies.
    """
    on = localdate(at)
    listed = screening.is_listed(request=request)
    at_home = fallback.registered_at(institution_id=request.institution_id) if listed else ()
    request.state = rules.FLOW.after(request.state, step)
    request.queued_at = at
    request.opened_at = request.shown_at = request.alarmed_at = request.escalated_at = None
    request.opened_fence = request.viewed_ms = request.held_ms = 0
    request.escalated_why = request.escalated_note = request.escalated_by_label = ""
    request.work_item = worklist.enqueue(
        queue=rules.QUEUE,
        subject=request.subject,
        institution_id=request.institution_id,
        priority=priority,
        skill=request.rule.skill if request.rule else "",
        grade_needed=request.grade_needed,
        amount_fen=request.amount_fen,
        conflicted=[
            request.teller_person,
            *not_by,
            *at_home,
            *selectors.account_holders(request=request),
        ],
        leads_only=listed,
        target=timedelta(seconds=policy.whole(code="authorization.wait_target_seconds", on=on)),
        origin=request.teller_person,
        keep_for=keep_for,
        kept_seconds=kept_seconds(at=at) if keep_for else 0,
        ahead_seconds=_seconds_ahead(request, on),
        at=at,
    )
    moved(request=request, at=at)


def _seconds_ahead(request: Request, on: date) -> int:
    """Return by how much an item goes ahead by what is in force of the weights."""
    numbers = policy.bank_wholes(codes=rules.WEIGHTS, on=on)
    balance = None
    if rules.CUSTOMER_FROM in numbers and not request.trade.opens:
        # An account of another place is out of sight, and so is its balance.
        with suppress(NoSuchAccount):
            balance = ledger.balance(number=request.customer_account).fen
    return rules.seconds_ahead(rules.Turn(request.trade, request.amount_fen, balance), numbers)


def let_wait(*, request: Request, step: str) -> None:
    """Put an item back from a desk or a hold; one that went up goes back to the leads."""
    request.state = rules.FLOW.after(request.state, step)
    if request.escalated_at is not None:
        request.state = rules.FLOW.after(request.state, "escalate")
    request.opened_at = request.shown_at = None
    request.save(update_fields=BACK)
    live.tell("authorization", request.institution_id)


def waited(*, request: Request, at: datetime) -> timedelta:
    """Return how long an item has waited in its round, without what desks and holds took."""
    assert request.queued_at is not None, "what waits was queued"
    taken = timedelta(milliseconds=request.viewed_ms + request.held_ms)
    return (request.opened_at or at) - request.queued_at - taken


def kept_seconds(*, at: datetime) -> int:
    """Return for how long an item is kept for who knows it; not at all while nobody said."""
    code = "authorization.kept_seconds"
    return policy.bank_wholes(codes=(code,), on=localdate(at)).get(code, 0)


def moved(*, request: Request, at: datetime) -> None:
    """Tell screens and other rooms that an item stands in another state now."""
    bus.publish(
        events.Moved(
            number=request.number,
            institution_id=request.institution_id,
            state=request.state,
            at=at,
        )
    )
    live.tell("authorization", request.institution_id)


def told(*, request: Request, step: str, actor: str, at: datetime, **detail: object) -> None:
    """Write a step of an item on the trail."""
    trail.record(
        institution_id=request.institution_id,
        actor=actor,
        action=f"authorization.{step}",
        subject=request.subject,
        at=at,
        detail=detail,
    )
