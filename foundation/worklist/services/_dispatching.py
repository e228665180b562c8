"""What a dispatcher does with the items of others: urgent, assign, take back, suspend."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.trail import services as trail
from foundation.ui import live
from foundation.worklist import rules
from foundation.worklist.models import Holding, WorkItem


@transaction.atomic
def withdraw(*, item_id: int, at: datetime) -> WorkItem:
    """Take an item out of its queue because its subject is gone; refused while held."""
    item = _locked(item_id)
    step = "withdraw_suspended" if item.state == rules.SUSPENDED else "withdraw"
    item.state = rules.FLOW.after(item.state, step)
    item.done_at = at
    item.save(update_fields=["state", "done_at"])
    live.tell(f"worklist.{item.queue}", item.institution_id)
    return item


@transaction.atomic
def mark_urgent(*, item_id: int, reason: str, by: Staff, at: datetime) -> WorkItem:
    """Put a waiting item before all others; refuse no reason."""
    item = _locked(item_id)
    if item.state != rules.WAITING:
        raise rules.NotWaiting(state=item.state)
    item.urgent_reason = rules.check_reason(reason)
    item.priority = rules.URGENT_PRIORITY
    item.save(update_fields=["urgent_reason", "priority"])
    return _told(item, "urgent", by, at, reason)


@transaction.atomic
def assign(*, item_id: int, to: Staff, reason: str, by: Staff, at: datetime) -> WorkItem:
    """Give a waiting or held item to a qualified person; refuse anyone else, and no reason."""
    item = _locked(item_id)
    reason = rules.check_reason(reason)
    if item.grade_needed > to.grade or to.person in item.conflicted:
        raise rules.NotQualified(person=to.label)
    if item.state == rules.HELD:
        _end_holding(item, "transferred", at)
    step = "transfer" if item.state == rules.HELD else "assign"
    item.state = rules.FLOW.after(item.state, step)
    item.holder, item.holder_label = to, to.label
    item.fence += 1
    item.held_at = at
    item.first_held_at = item.first_held_at or at
    item.lease_until = _database_time(
        policy.whole(code=f"{item.queue.partition('.')[0]}.lease_seconds", on=at.date())
    )
    item.save(
        update_fields=[
            "state", "holder", "holder_label", "fence", "held_at", "first_held_at", "lease_until",
        ]
    )  # fmt: skip
    return _told(item, "assign", by, at, reason, to=to.label)


@transaction.atomic
def take_back(*, item_id: int, reason: str, by: Staff, at: datetime) -> WorkItem:
    """Put an item that somebody holds back into the queue; its holder can change nothing more."""
    item = _locked(item_id)
    reason = rules.check_reason(reason)
    state = rules.FLOW.after(item.state, "release")
    _end_holding(item, "taken back", at)
    _free(item, state)
    return _told(item, "take_back", by, at, reason)


@transaction.atomic
def suspend(
    *, item_id: int, reason: str, until: datetime | None, by: Staff, at: datetime
) -> WorkItem:
    """Set an item aside with its reason, until a moment or until resumed."""
    item = _locked(item_id)
    item.suspended_reason = rules.check_reason(reason)
    item.suspended_until = until
    step = "suspend_held" if item.state == rules.HELD else "suspend"
    state = rules.FLOW.after(item.state, step)
    if item.state == rules.HELD:
        _end_holding(item, "suspended", at)
    item.save(update_fields=["suspended_reason", "suspended_until"])
    _free(item, state)
    return _told(item, "suspend", by, at, reason)


@transaction.atomic
def resume(*, item_id: int, by: Staff, at: datetime) -> WorkItem:
    """Let a suspended item wait again, at its old place."""
    item = _locked(item_id)
    state = rules.FLOW.after(item.state, "resume")
    item.suspended_reason, item.suspended_until = "", None
    item.save(update_fields=["suspended_reason", "suspended_until"])
    _free(item, state)
    return _told(item, "resume", by, at, "")


def _locked(item_id: int) -> WorkItem:
    item = WorkItem.objects.select_for_update(of=("self",)).filter(id=item_id).first()
    if item is None:
        raise rules.NoSuchItem
    found: WorkItem = item
    return found


def _free(item: WorkItem, state: str) -> None:
    item.state = state
    item.holder, item.holder_label, item.lease_until = None, "", None
    item.save(update_fields=["state", "holder", "holder_label", "lease_until"])


def _end_holding(item: WorkItem, how: str, at: datetime) -> None:
    assert item.holder is not None
    assert item.held_at is not None
    Holding.objects.create(
        institution_id=item.institution_id,
        item=item,
        staff=item.holder,
        fence=item.fence,
        began_at=item.held_at,
        ended_at=at,
        ended_by=how[:12],
    )


def _told(
    item: WorkItem, step: str, by: Staff, at: datetime, reason: str, **more: object
) -> WorkItem:
    trail.record(
        institution_id=item.institution_id,
        actor=by.label,
        action=f"worklist.{step}",
        subject=item.subject,
        at=at,
        detail={"queue": item.queue, "reason": reason, **more},
    )
    live.tell(f"worklist.{item.queue}", item.institution_id)
    return item


def _database_time(seconds: int) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() + make_interval(secs => %s)", [seconds])
        moment: datetime = cursor.fetchone()[0]
    return moment
