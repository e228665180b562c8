"""Items and their holders: put in, claim, keep, finish, give back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.ui import live
from foundation.worklist import rules
from foundation.worklist.models import WorkItem

# The held item first; else the waiting one of the highest priority that this person may hold.
CLAIM = """
WITH mine AS (
    SELECT id, true AS held FROM worklist_workitem
    WHERE queue = %(queue)s AND state = 'held' AND holder_id = %(staff)s
      AND lease_until > clock_timestamp()
    ORDER BY id LIMIT 1 FOR UPDATE
), next AS (
    SELECT id, false AS held FROM worklist_workitem
    WHERE queue = %(queue)s AND state = 'waiting' AND NOT EXISTS (SELECT 1 FROM mine)
      AND grade_needed <= %(grade)s AND NOT (%(person)s = ANY (conflicted))
      AND institution_id <> %(institution)s
    ORDER BY priority DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED
), chosen AS (SELECT * FROM mine UNION ALL SELECT * FROM next)
UPDATE worklist_workitem item
SET state = 'held', holder_id = %(staff)s, holder_label = %(label)s,
    fence = fence + CASE WHEN chosen.held THEN 0 ELSE 1 END,
    held_at = CASE WHEN chosen.held THEN held_at ELSE clock_timestamp() END,
    first_held_at = coalesce(first_held_at, clock_timestamp()),
    lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
FROM chosen WHERE item.id = chosen.id RETURNING item.id
"""

EXPIRE = """
WITH gone AS (
    SELECT id FROM worklist_workitem
    WHERE state = 'held' AND lease_until <= clock_timestamp() ORDER BY id FOR UPDATE SKIP LOCKED
), ended AS (
    INSERT INTO worklist_holding
        (institution_id, item_id, staff_id, fence, began_at, ended_at, ended_by)
    SELECT institution_id, id, holder_id, fence, held_at, lease_until, 'expired'
    FROM worklist_workitem WHERE id IN (SELECT id FROM gone)
)
UPDATE worklist_workitem SET state = 'waiting', holder_id = NULL, holder_label = '',
    lease_until = NULL
WHERE id IN (SELECT id FROM gone) RETURNING queue, institution_id
"""

# Everything that ends a holding checks holder, fence and lease in the statement itself.
END = """
WITH held AS (
    SELECT id FROM worklist_workitem WHERE id = %(item)s AND state = 'held'
      AND holder_id = %(staff)s AND fence = %(fence)s AND lease_until > clock_timestamp()
    FOR UPDATE
), ended AS (
    INSERT INTO worklist_holding
        (institution_id, item_id, staff_id, fence, began_at, ended_at, ended_by)
    SELECT institution_id, id, holder_id, fence, held_at, clock_timestamp(), %(how)s
    FROM worklist_workitem WHERE id IN (SELECT id FROM held)
)
UPDATE worklist_workitem SET state = %(state)s, lease_until = NULL,
    holder_id = CASE WHEN %(state)s = 'waiting' THEN NULL ELSE holder_id END,
    holder_label = CASE WHEN %(state)s = 'waiting' THEN '' ELSE holder_label END,
    done_at = CASE WHEN %(state)s = 'done' THEN clock_timestamp() END
WHERE id IN (SELECT id FROM held) RETURNING queue, institution_id
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
    due_at: datetime | None = None,
) -> WorkItem:
    """Put a subject into a queue, in the transaction of what it is about."""
    item: WorkItem = WorkItem.objects.create(
        queue=queue,
        subject=subject,
        institution_id=institution_id,
        enqueued_at=at,
        priority=priority,
        skill=skill,
        grade_needed=grade_needed,
        amount_fen=amount_fen,
        conflicted=list(conflicted),
        due_at=due_at,
    )
    live.tell(f"worklist.{queue}", institution_id)
    return item


@transaction.atomic
def claim_next(*, queue: str, staff: Staff, at: datetime) -> WorkItem | None:
    """Give the person the item already held, else the next one allowed; None when none waits.

    Two people never get one item: the row is locked and skipped in the claiming statement.
    """
    expire_leases()
    row = _one(
        CLAIM,
        {
            "queue": queue,
            "staff": staff.pk,
            "label": staff.label,
            "grade": staff.grade,
            "person": staff.person,
            "institution": staff.institution_id,
            "lease": policy.whole(code=f"{queue.partition('.')[0]}.lease_seconds", on=at.date()),
        },
    )
    if row is None:
        return None
    item: WorkItem = WorkItem.objects.get(id=row[0])
    live.tell(f"worklist.{queue}", item.institution_id)
    return item


def heartbeat(*, item_id: int, fence: int, staff: Staff, at: datetime) -> datetime:
    """Keep the lease of an item on the screen; return until when; refuse a lost one."""
    item = WorkItem.objects.filter(id=item_id).first()
    if item is None:
        raise rules.LeaseLost
    seconds = policy.whole(code=f"{item.queue.partition('.')[0]}.lease_seconds", on=at.date())
    row = _one(
        "UPDATE worklist_workitem SET lease_until = clock_timestamp() + make_interval(secs => %s)"
        " WHERE id = %s AND state = 'held' AND holder_id = %s AND fence = %s"
        " AND lease_until > clock_timestamp() RETURNING lease_until",
        [seconds, item_id, staff.pk, fence],
    )
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
    """Put every item whose lease ran out back at its old place; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(EXPIRE)
        rows = cursor.fetchall()
    for queue, institution_id in rows:
        live.tell(f"worklist.{queue}", institution_id)
    return len(rows)


def _end(item_id: int, fence: int, staff: Staff, state: str, how: str) -> None:
    assert connection.in_atomic_block, "the item and its effect stand or fall together"
    wanted = {"item": item_id, "fence": fence, "staff": staff.pk, "state": state, "how": how}
    row = _one(END, wanted)
    if row is None:
        raise rules.LeaseLost
    live.tell(f"worklist.{row[0]}", row[1])


def _one(sql: str, params: Any) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
