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
from django.db.models.functions import Now
from django.utils.timezone import localdate

from foundation.kernel import bus
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.trail import services as trail
from foundation.ui import live
from foundation.worklist import events, rules, selectors
from foundation.worklist.models import Suspension, WorkItem
from foundation.worklist.services._statements import (
    CLAIM,
    CLAIM_AT_HOME,
    DRAW,
    END,
    ENQUEUE,
    EXPIRE,
    KEEP,
    LET_GO,
)

SYSTEM = "system"
# Which advisory locks are the worklist's: one a person, so that a double click claims one item.
_CLAIMING = 8301
_EXPIRED_AT_ONCE = 500
# Of how many in turn the strategy of one queue draws its lot.
_DRAWN = 200


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
    leads_only: bool = False,
    target: timedelta | None = None,
    origin: UUID | None = None,
    keep_for: Staff | None = None,
    kept_seconds: int = 0,
    ahead_seconds: int = 0,
) -> WorkItem:
    """Put a subject into a queue, in the transaction of what it is about.

    Its clock starts by the database; `at` tells which numbers hold. With `outsiders_only` the staff
    of its institution may not hold it, with `leads_only` only the leads of the queue may. With
    `target` it is late after that long, in working time where the queue goes by it. `origin` is the
    human it came from; for `kept_seconds` only `keep_for` is given it. By priority and
    `ahead_seconds` it goes before what came with it.
    """
    step = policy.whole(code="worklist.priority_seconds", on=localdate(at))
    row = _one(
        ENQUEUE,
        {
            "institution": institution_id, "queue": queue, "subject": subject,
            "priority": priority, "skill": skill, "grade": grade_needed, "amount": amount_fen,
            "conflicted": [str(person) for person in conflicted],
            "outsiders_only": outsiders_only, "leads_only": leads_only,
            "due": _due(queue, at, target), "ahead": priority * step + ahead_seconds,
            "origin": origin, "kept_for": keep_for.pk if keep_for else None,
            "kept": kept_seconds,
        },
    )  # fmt: skip
    assert row is not None, "an insert returns its row"
    item: WorkItem = WorkItem.objects.get(id=row[0])
    call(queue=queue, institution_id=institution_id, item_id=item.pk)
    return item


def _due(queue: str, at: datetime, target: timedelta | None) -> datetime | None:
    calendar = selectors.calendar_of(queue=queue, at=at) if target else None
    return rules.due(calendar, at, target) if target else None


def claim_next(*, queue: str, staff: Staff, at: datetime) -> WorkItem | None:
    """Give the person the item already held, else the next one allowed; None when none waits.

    Two people never get one item: the row is locked and skipped in the claiming statement.
    """
    assert connection.in_atomic_block, "an item is claimed within a person's institutions"
    wanted: dict[str, Any] = {
        "claiming": _CLAIMING,
        "label": staff.label,
        "drawn": _DRAWN,
        **selectors.abilities(queue=queue, staff=staff, on=localdate(at)),
    }
    found = _given(CLAIM, wanted)
    if found is None and _drawn_by_lot(queue, at):
        found = _given(DRAW, wanted)
    return _taken(found, queue, at)


def claim_at_home(*, queue: str, staff: Staff, most_fen: int, at: datetime) -> WorkItem | None:
    """Give the person the item already held, else the next of their own house up to an amount.

    For an emergency, in which the centre lets an outlet decide: skills, grades and turns of people
    do not count, an own part in the item does. Who may do this when is for the centre to say.
    """
    assert connection.in_atomic_block, "an item is claimed within a person's institutions"
    wanted: dict[str, Any] = {
        "claiming": _CLAIMING,
        "label": staff.label,
        "most": most_fen,
        **selectors.abilities(queue=queue, staff=staff, on=localdate(at)),
    }
    return _taken(_given(CLAIM_AT_HOME, wanted), queue, at)


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
    queue, institution_id = _end(item_id, fence, staff, rules.WAITING, "released")
    call(queue=queue, institution_id=institution_id, item_id=item_id)


def set_aside(
    *, item_id: int, fence: int, staff: Staff, reason: str, finished: bool = False
) -> None:
    """Let its holder lay an item aside, who waits for somebody's answer; refuse any other.

    The centre tells it on the trail, and brings it back (`bring_back`). Or its holder is `finished`
    with it and the centre ends it (`end_aside`), unless it is brought back first.
    """
    how = "finished" if finished else "suspended"
    _queue, institution_id = _end(item_id, fence, staff, rules.SUSPENDED, how)
    Suspension.objects.create(
        institution_id=institution_id,
        item_id=item_id,
        began_at=Now(),
        by_label=staff.label,
        reason=reason,
    )


def pass_up(*, item_id: int, fence: int, staff: Staff) -> None:
    """Let its holder leave an item to the leads of its queue alone; refuse any other."""
    queue, institution_id = _end(item_id, fence, staff, rules.WAITING, "passed up")
    WorkItem.objects.filter(id=item_id).update(leads_only=True, kept_for=None, kept_until=None)
    call(queue=queue, institution_id=institution_id, item_id=item_id)


@transaction.atomic
def expire_leases() -> int:
    """Put items whose lease ran out back at their old place; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(EXPIRE, {"most": _EXPIRED_AT_ONCE})
        rows = cursor.fetchall()
    for item_id, queue, institution_id, subject, held_by, at in rows:
        trail.record(
            institution_id=institution_id,
            actor=SYSTEM,
            action="worklist.expire",
            subject=subject,
            at=at,
            detail={"queue": queue, "held_by": held_by},
        )
        bus.publish(events.LetGo(queue=queue, subject=subject))
        call(queue=queue, institution_id=institution_id, item_id=item_id)
    return len(rows)


@transaction.atomic
def let_go_of(*, staff_id: int, at: datetime) -> int:
    """Put back at once what a person holds who signed out; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(LET_GO, {"staff": staff_id})
        rows = cursor.fetchall()
    for item_id, queue, institution_id, subject, held_by in rows:
        trail.record(
            institution_id=institution_id,
            actor=held_by,
            action="worklist.let_go",
            subject=subject,
            at=at,
            detail={"queue": queue},
        )
        bus.publish(events.LetGo(queue=queue, subject=subject))
        call(queue=queue, institution_id=institution_id, item_id=item_id)
    return len(rows)


def lease_seconds(*, queue: str, at: datetime) -> int:
    """Return how long a person holds an item of the queue without a sign of life."""
    return policy.whole(code=_lease_code(queue), on=localdate(at))


def record(*, item: WorkItem, step: str, actor: str, at: datetime, **more: object) -> None:
    """Write a step of an item on the trail of its subject, and call whom it may concern now."""
    trail.record(
        institution_id=item.institution_id,
        actor=actor,
        action=f"worklist.{step}",
        subject=item.subject,
        at=at,
        detail={"queue": item.queue, **more},
    )
    call(queue=item.queue, institution_id=item.institution_id, item_id=item.pk)


def _taken(found: dict[str, Any] | None, queue: str, at: datetime) -> WorkItem | None:
    if found is None:
        lease_seconds(queue=queue, at=at)  # refuses while the number has no value: else none waits
        return None
    still, left_by = found.pop("still"), found.pop("left_by")
    fields = [field.attname for field in WorkItem._meta.concrete_fields]  # noqa: SLF001
    item = WorkItem.from_db(connection.alias, fields, [found[name] for name in fields])
    if left_by:
        record(item=item, step="expire", actor=SYSTEM, at=at, held_by=left_by)
    if not still:
        bus.publish(events.Claimed(queue=queue, lapsed=bool(left_by)))
    return item


def _given(statement: str, wanted: dict[str, Any]) -> dict[str, Any] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, wanted)
        row = cursor.fetchone()
        return row and dict(zip((one.name for one in cursor.description), row, strict=True))


def _drawn_by_lot(queue: str, at: datetime) -> bool:
    """Return whether the strategy of the day is the one queue of old."""
    code = f"{queue.partition('.')[0]}.strategy"
    return policy.bank_wholes(codes=(code,), on=localdate(at)).get(code) == rules.ONE_QUEUE


def _lease_code(queue: str) -> str:
    return f"{queue.partition('.')[0]}.lease_seconds"


def call(*, queue: str, institution_id: int, item_id: int) -> None:
    """Call desks for an item that waits, and ring the pages of its queue."""
    live.call(f"waiting.{queue}", institution_id, item_id)
    _ring(queue, institution_id)


def _ring(queue: str, institution_id: int) -> None:
    live.tell(f"worklist.{queue}", institution_id)


def _end(item_id: int, fence: int, staff: Staff, state: str, how: str) -> tuple[str, int]:
    """End a holding; return the queue and the institution of its item."""
    assert connection.in_atomic_block, "the item and its effect stand or fall together"
    wanted = {"item": item_id, "fence": fence, "staff": staff.pk, "state": state, "how": how}
    row = _one(END, wanted)
    if row is None:
        raise rules.LeaseLost
    return str(row[1]), int(row[2])


def _one(sql: str, params: Any) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
