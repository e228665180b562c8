"""What a dispatcher does with the items of others: urgent, assign, take back, set aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import localdate

from foundation.kernel import bus
from foundation.people import selectors as people
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.ui import live
from foundation.worklist import events, rules, selectors
from foundation.worklist.models import Holding, Suspension, WorkItem
from foundation.worklist.services._items import SYSTEM, call, lease_seconds, record


@transaction.atomic
def withdraw(*, item_id: int, at: datetime) -> WorkItem:  # noqa: ARG001  the centre tells it
    """Take an item out of its queue because its subject is gone; refused while held."""
    item = _locked(item_id)
    aside = item.state == rules.SUSPENDED
    item.state = rules.FLOW.after(item.state, "withdraw")
    item.done_at = _database_time()
    item.save(update_fields=["state", "done_at"])
    if aside:
        _end_suspension(item, SYSTEM, item.done_at)
    live.tell(f"worklist.{item.queue}", item.institution_id)
    return item


@transaction.atomic
def mark_urgent(*, item_id: int, reason: str, by: Staff, at: datetime) -> WorkItem:
    """Put a waiting item forward by what urgent is worth, once; refuse no reason.

    It goes before all that came within that time before it, and is itself passed by nothing that
    comes later, so that a flood of urgent items lets the others through in the end.
    """
    item = _locked(item_id)
    if item.state != rules.WAITING:
        raise rules.NotWaiting(state=item.state)
    ahead = 0 if item.urgent else policy.whole(code="worklist.urgent_seconds", on=localdate(at))
    item.urgent, item.urgent_reason = True, rules.check_reason(reason)
    item.turn_at -= timedelta(seconds=ahead)
    item.save(update_fields=["urgent", "urgent_reason", "turn_at"])
    record(item=item, step="mark_urgent", actor=by.label, at=at, reason=item.urgent_reason)
    return item


@transaction.atomic
def weigh_more(*, item_id: int, priority: int, conflicted: Sequence[UUID], at: datetime) -> bool:
    """Let an item go before others as its subject weighs more now, and keep it from more people.

    A lower priority than it has changes none. False for one that has ended, and when somebody is
    just given it: whoever claims locks the item first and its subject after it, so nobody waits
    here. The centre tells it.
    """
    free = WorkItem.objects.select_for_update(of=("self",), skip_locked=True)
    item = free.filter(id=item_id, done_at=None).first()
    if item is None:
        return False
    step = policy.whole(code="worklist.priority_seconds", on=localdate(at))
    more = max(0, priority - item.priority)
    item.priority += more
    item.turn_at -= timedelta(seconds=more * step)
    item.conflicted = sorted({*item.conflicted, *conflicted})
    item.save(update_fields=["priority", "turn_at", "conflicted"])
    live.tell(f"worklist.{item.queue}", item.institution_id)
    return True


@transaction.atomic
def assign(*, item_id: int, to: Staff, reason: str, by: Staff, at: datetime) -> WorkItem:
    """Give a waiting or held item to a qualified person; refuse anyone else, and no reason."""
    item = _locked(item_id)
    reason = rules.check_reason(reason)
    state = rules.FLOW.after(item.state, "assign")
    _check_may_hold(item, to, at)
    now = _database_time()
    held_by = item.holder_label
    if item.state == rules.HELD:
        _end_holding(item, "transferred", now)
    item.state = state
    item.holder, item.holder_label = to, to.label
    item.fence += 1
    item.held_at = now
    item.first_held_at = item.first_held_at or now
    item.lease_until = _database_time(lease_seconds(queue=item.queue, at=at))
    item.save(
        update_fields=[
            "state", "holder", "holder_label", "fence", "held_at", "first_held_at", "lease_until",
        ]
    )  # fmt: skip
    record(
        item=item,
        step="assign",
        actor=by.label,
        at=at,
        reason=reason,
        to=to.label,
        held_by=held_by,
    )
    return item


@transaction.atomic
def take_back(*, item_id: int, reason: str, by: Staff | None, at: datetime) -> WorkItem:
    """Put an item that somebody holds back into the queue; its holder can change nothing more.

    Nobody does it where the clock does.
    """
    item = _locked(item_id)
    reason = rules.check_reason(reason)
    state = rules.FLOW.after(item.state, "take_back")
    held_by = item.holder_label
    _end_holding(item, "taken back", _database_time())
    _free(item, state)
    bus.publish(events.LetGo(queue=item.queue, subject=item.subject))
    actor = by.label if by else SYSTEM
    record(item=item, step="take_back", actor=actor, at=at, reason=reason, held_by=held_by)
    return item


@transaction.atomic
def suspend(
    *, item_id: int, reason: str, until: datetime | None, by: Staff, at: datetime
) -> WorkItem:
    """Set an item aside with its reason, until a moment or until resumed."""
    item = _locked(item_id)
    reason = rules.check_reason(reason)
    rules.check_until(until, at)
    state = rules.FLOW.after(item.state, "suspend")
    now = _database_time()
    if item.state == rules.HELD:
        _end_holding(item, "suspended", now)
        bus.publish(events.LetGo(queue=item.queue, subject=item.subject))
    _free(item, state)
    Suspension.objects.create(
        institution_id=item.institution_id,
        item=item,
        began_at=now,
        by_label=by.label,
        reason=reason,
        until=until,
    )
    record(item=item, step="suspend", actor=by.label, at=at, reason=reason, until=str(until or ""))
    return item


@transaction.atomic
def resume(*, item_id: int, by: Staff | None, at: datetime) -> WorkItem:
    """Let a suspended item wait again, at its old place; nobody means that its time has come."""
    item = _locked(item_id)
    actor = by.label if by else SYSTEM
    state = rules.FLOW.after(item.state, "resume")
    _end_suspension(item, actor, _database_time())
    _free(item, state)
    record(item=item, step="resume", actor=actor, at=at)
    return item


@transaction.atomic
def bring_back(*, item_id: int, by_label: str, keep_for: Staff | None, seconds: int) -> None:
    """Let an item that its holder laid aside wait again, for so long kept for one person.

    One that somebody else let wait again meanwhile stays as it is. The centre tells it.
    """
    item = _locked(item_id)
    if item.state != rules.SUSPENDED:
        return
    _end_suspension(item, by_label, _database_time())
    item.kept_for = keep_for
    item.kept_until = _database_time(seconds) if keep_for else None
    item.save(update_fields=["kept_for", "kept_until"])
    _free(item, rules.FLOW.after(item.state, "resume"))
    call(queue=item.queue, institution_id=item.institution_id, item_id=item.pk)


@transaction.atomic
def end_aside(*, item_id: int, by: Staff) -> None:
    """End an item that its holder had finished with and laid aside; the centre tells it.

    Whoever was given it meanwhile holds it no more.
    """
    item = _locked(item_id)
    state, now = rules.FLOW.after(item.state, "finish"), _database_time()
    if item.state == rules.HELD:
        _end_holding(item, "taken back", now)
    _end_suspension(item, by.label, now)
    item.state, item.done_at = state, now
    item.holder, item.holder_label, item.lease_until = by, by.label, None
    item.save(update_fields=["state", "done_at", "holder", "holder_label", "lease_until"])
    live.tell(f"worklist.{item.queue}", item.institution_id)


@transaction.atomic
def end_waiting(*, item_id: int) -> bool:
    """End an item that waits and that its centre has dealt with by itself; the centre tells it.

    False for one that somebody holds, that is set aside or has ended: it stays as it is.
    """
    item = _locked(item_id)
    if item.state != rules.WAITING:
        return False
    item.state, item.done_at = rules.FLOW.after(item.state, "finish"), _database_time()
    item.save(update_fields=["state", "done_at"])
    live.tell(f"worklist.{item.queue}", item.institution_id)
    return True


@transaction.atomic
def escalate(*, item_id: int, at: datetime) -> bool:
    """Let only the leads of its queue take an item, also from the desk that holds it; it is told.

    False for one that is set aside or has ended, and when somebody is just doing something with
    it: whoever claims locks the item first and its subject after it, so nobody waits here.
    """
    free = WorkItem.objects.select_for_update(of=("self",), skip_locked=True)
    item = free.filter(id=item_id).first()
    if item is None or item.state not in rules.FLOW.sources_of("escalate"):
        return False
    state, held_by = rules.FLOW.after(item.state, "escalate"), item.holder_label
    if item.state == rules.HELD:
        _end_holding(item, "timed out", _database_time())
    item.leads_only, item.kept_for, item.kept_until = True, None, None
    item.save(update_fields=["leads_only", "kept_for", "kept_until"])
    _free(item, state)
    record(item=item, step="escalate", actor=SYSTEM, at=at, held_by=held_by)
    return True


def resume_due(*, at: datetime) -> int:
    """Let every item wait again that was set aside until now; return how many."""
    due = Suspension.objects.filter(ended_at=None, until__lte=at).order_by("item_id")
    ids = list(due.values_list("item_id", flat=True)[:500])
    for item_id in ids:
        resume(item_id=item_id, by=None, at=at)
    return len(ids)


def _check_may_hold(item: WorkItem, to: Staff, at: datetime) -> None:
    """Refuse who could not have claimed it: the same conditions as in claim_next.

    But for those that only say whose turn it is, which a dispatcher may set aside with a reason.
    """
    on = localdate(at)
    queue = rules.queues().get(item.queue)
    lacking = {*selectors.lacking(item=item, staff=to, on=on)} - rules.ONLY_TURNS
    fit = (
        to.is_active
        and not lacking
        and (queue is None or queue.permission in people.permissions(staff=to, on=on))
        and item.institution_id in people.scope_of(staff=to)
    )
    if not fit:
        raise rules.NotQualified(person=to.label, field="number")


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
        ended_by=how,
    )


def _end_suspension(item: WorkItem, actor: str, at: datetime) -> None:
    item.suspensions.filter(ended_at=None).update(ended_at=at, ended_by_label=actor)


def _database_time(seconds: int = 0) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() + make_interval(secs => %s)", [seconds])
        moment: datetime = cursor.fetchone()[0]
    return moment
