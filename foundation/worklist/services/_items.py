"""Items and their holders: put in, claim, keep, finish, give back.

Who was given an item and who ended it is told on the trail by the centre, in its own words and in
the same transaction; `Holding` keeps the seconds. What no centre hears of is told here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import localdate

from foundation.kernel import bus
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.trail import services as trail
from foundation.ui import live
from foundation.worklist import events, rules, selectors
from foundation.worklist.models import WorkItem

SYSTEM = "system"
# Which advisory locks are the worklist's: one a person, so that a double click claims one item.
_CLAIMING = 8301
_EXPIRED_AT_ONCE = 500

_RING = live.TELL_SQL.format(topic="'worklist.' || item.queue", institution="item.institution_id")

ENQUEUE = """
INSERT INTO worklist_workitem (institution_id, queue, subject, state, priority, skill,
    grade_needed, amount_fen, urgent, urgent_reason, conflicted, outsiders_only, holder_label,
    fence, due_at, enqueued_at, turn_at)
VALUES (%(institution)s, %(queue)s, %(subject)s, 'waiting', %(priority)s, %(skill)s, %(grade)s,
    %(amount)s, false, '', %(conflicted)s::uuid[], %(outsiders_only)s, '', 0, %(due)s,
    clock_timestamp(), clock_timestamp() - make_interval(secs => %(ahead)s))
RETURNING id
"""

# The item the person holds already; else the first in turn that this person may hold, be it
# waiting or left lying beyond its lease. What a lock made us wait for is read again by the
# database, so everything that follows is taken from the locking selects, never read anew.
CLAIM = f"""
SELECT pg_advisory_xact_lock(%(claiming)s, %(staff)s);
WITH {selectors.CAN}, lease AS ({policy.BANK_WHOLE_SQL}), mine AS (
    SELECT id, institution_id, state, holder_id, holder_label, fence, held_at, lease_until
    FROM worklist_workitem
    WHERE queue = %(queue)s AND state = 'held' AND holder_id = %(staff)s
    ORDER BY id LIMIT 1 FOR UPDATE
), next AS (
    SELECT id, institution_id, state, holder_id, holder_label, fence, held_at, lease_until
    FROM worklist_workitem
    WHERE queue = %(queue)s AND state IN ('waiting', 'held')
      AND (state = 'waiting' OR lease_until <= clock_timestamp())
      AND NOT EXISTS (SELECT 1 FROM mine) AND EXISTS (SELECT 1 FROM lease)
      AND {selectors.TAKEABLE}
    ORDER BY turn_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
), chosen AS (
    SELECT *, state = 'held' AND lease_until > clock_timestamp() AS kept,
        state = 'held' AND lease_until <= clock_timestamp() AS lapsed
    FROM (SELECT * FROM mine UNION ALL SELECT * FROM next) one
), ended AS (
    INSERT INTO worklist_holding
        (institution_id, item_id, staff_id, fence, began_at, ended_at, ended_by)
    SELECT institution_id, id, holder_id, fence, held_at, lease_until, 'expired'
    FROM chosen WHERE lapsed
)
UPDATE worklist_workitem item
SET state = 'held', holder_id = %(staff)s, holder_label = %(label)s,
    fence = chosen.fence + CASE WHEN chosen.kept THEN 0 ELSE 1 END,
    held_at = CASE WHEN chosen.kept THEN chosen.held_at ELSE clock_timestamp() END,
    first_held_at = coalesce(item.first_held_at, clock_timestamp()),
    lease_until = clock_timestamp() + make_interval(secs => lease.value)
FROM chosen, lease WHERE item.id = chosen.id
RETURNING item.*, chosen.kept, CASE WHEN chosen.lapsed THEN chosen.holder_label END AS left_by,
    CASE WHEN NOT chosen.kept AND NOT chosen.lapsed THEN {_RING} END AS rung
"""  # noqa: S608 -- put together of texts of ours

EXPIRE = """
WITH gone AS (
    SELECT id, institution_id, holder_id, holder_label, fence, held_at, lease_until
    FROM worklist_workitem WHERE state = 'held' AND lease_until <= clock_timestamp()
    ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
), ended AS (
    INSERT INTO worklist_holding
        (institution_id, item_id, staff_id, fence, began_at, ended_at, ended_by)
    SELECT institution_id, id, holder_id, fence, held_at, lease_until, 'expired' FROM gone
)
UPDATE worklist_workitem item SET state = 'waiting', holder_id = NULL, holder_label = '',
    lease_until = NULL
FROM gone WHERE item.id = gone.id
RETURNING item.queue, item.institution_id, item.subject, gone.holder_label, clock_timestamp()
"""

# Everything that ends a holding checks holder, fence and lease in the statement itself.
END = f"""
WITH held AS (
    SELECT id, institution_id, holder_id, fence, held_at FROM worklist_workitem
    WHERE id = %(item)s AND state = 'held' AND holder_id = %(staff)s AND fence = %(fence)s
      AND lease_until > clock_timestamp()
    FOR UPDATE
), ended AS (
    INSERT INTO worklist_holding
        (institution_id, item_id, staff_id, fence, began_at, ended_at, ended_by)
    SELECT institution_id, id, holder_id, fence, held_at, clock_timestamp(), %(how)s FROM held
)
UPDATE worklist_workitem item SET state = %(state)s, lease_until = NULL,
    holder_id = CASE WHEN %(state)s = 'waiting' THEN NULL ELSE item.holder_id END,
    holder_label = CASE WHEN %(state)s = 'waiting' THEN '' ELSE item.holder_label END,
    done_at = CASE WHEN %(state)s = 'done' THEN clock_timestamp() END
FROM held WHERE item.id = held.id
RETURNING item.id, {_RING} AS rung
"""  # noqa: S608 -- put together of texts of ours

KEEP = """
UPDATE worklist_workitem SET lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
WHERE id = %(item)s AND state = 'held' AND holder_id = %(staff)s AND fence = %(fence)s
  AND lease_until > clock_timestamp()
RETURNING lease_until
"""


@transaction.atomic
def enqueue(
    *,
    queue: str,
    subject: str,
    institution_id: int,
    at: datetime,
    priority: int = 10,
    skill: str = "",
    grade_needed: int = 1,
    amount_fen: int | None = None,
    conflicted: Sequence[UUID] = (),
    outsiders_only: bool = True,
    target: timedelta | None = None,
) -> WorkItem:
    """Put a subject into a queue, in the transaction of what it is about.

    The clock of waiting starts by the database; `at` tells which business numbers hold. With
    `outsiders_only` the staff of the item's own institution may not hold it. With `target` the item
    is late after that long, in working time where the queue's clocks go by it.
    """
    step = policy.whole(code="worklist.priority_seconds", on=localdate(at))
    row = _one(
        ENQUEUE,
        {
            "institution": institution_id,
            "queue": queue,
            "subject": subject,
            "priority": priority,
            "skill": skill,
            "grade": grade_needed,
            "amount": amount_fen,
            "conflicted": [str(person) for person in conflicted],
            "outsiders_only": outsiders_only,
            "due": rules.due(selectors.calendar_of(queue=queue, at=at), at, target)
            if target
            else None,
            "ahead": priority * step,
        },
    )
    assert row is not None, "an insert returns its row"
    item: WorkItem = WorkItem.objects.get(id=row[0])
    _ring(queue, institution_id)
    return item


def claim_next(*, queue: str, staff: Staff, at: datetime) -> WorkItem | None:
    """Give the person the item already held, else the next one allowed; None when none waits.

    Two people never get one item: the row is locked and skipped in the claiming statement.
    """
    assert connection.in_atomic_block, "an item is claimed within a person's institutions"
    wanted: dict[str, Any] = {
        "claiming": _CLAIMING,
        "queue": queue,
        "label": staff.label,
        "code": _lease_code(queue),
        **selectors.abilities(staff=staff, on=localdate(at)),
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, wanted)
        row = cursor.fetchone()
        names = [column.name for column in cursor.description]
    if row is None:
        lease_seconds(queue=queue, at=at)  # refuses while the number has no value: else none waits
        return None
    found = dict(zip(names, row, strict=True))
    kept, left_by = found.pop("kept"), found.pop("left_by")
    fields = [field.attname for field in WorkItem._meta.concrete_fields]  # noqa: SLF001
    item = WorkItem.from_db(connection.alias, fields, [found[name] for name in fields])
    if left_by:
        record(item=item, step="expire", actor=SYSTEM, at=at, held_by=left_by)
    if not kept:
        bus.publish(events.Claimed(queue=queue, lapsed=bool(left_by)))
    return item


def heartbeat(*, item_id: int, fence: int, staff: Staff, at: datetime) -> datetime:
    """Keep the lease of an item on the screen; return until when; refuse a lost one."""
    item = WorkItem.objects.filter(id=item_id).only("queue").first()
    if item is None:
        raise rules.NoSuchItem
    seconds = lease_seconds(queue=item.queue, at=at)
    row = _one(KEEP, {"item": item_id, "fence": fence, "staff": staff.pk, "lease": seconds})
    if row is None:
        raise rules.LeaseLost
    until: datetime = row[0]
    return until


def finish(*, item_id: int, fence: int, staff: Staff) -> None:
    """End an item in the transaction of its effect; refuse whoever no longer holds it."""
    _end(item_id, fence, staff, rules.DONE, "finished")


def release(*, item_id: int, fence: int, staff: Staff) -> None:
    """Put an item back at its old place; refuse whoever no longer holds it."""
    _end(item_id, fence, staff, rules.WAITING, "released")


@transaction.atomic
def expire_leases() -> int:
    """Put items whose lease ran out back at their old place; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(EXPIRE, {"most": _EXPIRED_AT_ONCE})
        rows = cursor.fetchall()
    for queue, institution_id, subject, held_by, at in rows:
        trail.record(
            institution_id=institution_id,
            actor=SYSTEM,
            action="worklist.expire",
            subject=subject,
            at=at,
            detail={"queue": queue, "held_by": held_by},
        )
        bus.publish(events.LetGo(queue=queue, subject=subject))
        _ring(queue, institution_id)
    return len(rows)


def lease_seconds(*, queue: str, at: datetime) -> int:
    """Return how long a person holds an item of the queue without a sign of life."""
    return policy.whole(code=_lease_code(queue), on=localdate(at))


def record(*, item: WorkItem, step: str, actor: str, at: datetime, **more: object) -> None:
    """Write a step of an item on the trail of its subject, and ring the pages of its queue."""
    trail.record(
        institution_id=item.institution_id,
        actor=actor,
        action=f"worklist.{step}",
        subject=item.subject,
        at=at,
        detail={"queue": item.queue, **more},
    )
    _ring(item.queue, item.institution_id)


def _lease_code(queue: str) -> str:
    return f"{queue.partition('.')[0]}.lease_seconds"


def _ring(queue: str, institution_id: int) -> None:
    live.tell(f"worklist.{queue}", institution_id)


def _end(item_id: int, fence: int, staff: Staff, state: str, how: str) -> None:
    assert connection.in_atomic_block, "the item and its effect stand or fall together"
    wanted = {"item": item_id, "fence": fence, "staff": staff.pk, "state": state, "how": how}
    row = _one(END, wanted)
    if row is None:
        raise rules.LeaseLost


def _one(sql: str, params: Any) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
