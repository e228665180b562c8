"""What every part of monitoring does with one pair: lock it, put it into the queue, tell of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.utils.timezone import localdate

from foundation.policy import selectors as policy
from foundation.trail import services as trail
from foundation.worklist import services as worklist
from monitoring import rules
from monitoring.models import Forcing, Match, subject_of
from monitoring.rules import forcing

MACHINE = "system monitoring"
PRIORITY = 10
BREAK_PRIORITY = 5


def take_turns(*, institution_id: int) -> None:
    """Let who matches, closes or joins by hand at an outlet do so one after the other."""
    with connection.cursor() as line:
        line.execute("SELECT pg_advisory_xact_lock(8403, %s)", [institution_id])


def locked(*, match_id: int) -> Match:
    """Return a pair and lock it, or refuse."""
    match: Match | None = Match.objects.select_for_update(of=("self",)).filter(id=match_id).first()
    if match is None:
        raise rules.NoSuchPair
    return match


def enqueue(*, match: Match, at: datetime) -> None:
    """Put a difference before the auditors."""
    minutes = policy.whole(code="monitoring.wait_target_minutes", on=localdate(at))
    match.opened_at = at
    match.work_item = worklist.enqueue(
        queue=rules.QUEUE,
        subject=subject_of(match.pk),
        institution_id=match.institution_id,
        priority=BREAK_PRIORITY if match.result in rules.BREAKS else PRIORITY,
        skill="",
        grade_needed=1,
        amount_fen=match.amount_fen or 0,
        conflicted=list(match.touched),
        target=timedelta(minutes=minutes),
        at=at,
    )
    match.save(update_fields=["opened_at", "work_item"])
    tell(match=match, step="opened", by=MACHINE, at=at, result=match.result)


def item_of(*, match: Match) -> int:
    """Return the item of work that an open pair is."""
    assert match.work_item_id is not None, "an open pair is in the queue"
    return match.work_item_id


def is_held(*, match: Match) -> bool:
    """Tell whether an auditor looks at the pair, or it waits for the second of two."""
    if match.work_item is not None and match.work_item.state == "held":
        return True
    return Forcing.objects.filter(match=match, state=forcing.PROPOSED).exists()


def tell(*, match: Match, step: str, by: str, at: datetime, **detail: object) -> None:
    """Write a step of a pair on the trail."""
    trail.record(
        institution_id=match.institution_id,
        actor=by,
        action=f"monitoring.{step}",
        subject=match.trail_subject,
        at=at,
        detail=detail,
    )
