"""The automatic tier in shadow: a set is proposed and decided by two; items are judged by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from authorization import rules as items
from authorization import selectors
from authorization.models import TierSet, TierVerdict
from authorization.rules import tier as rules
from authorization.selectors import tier
from foundation.kernel import scope
from foundation.people import selectors as people
from foundation.people.models import Staff
from foundation.trail import services as trail

# What is judged in one go; what is left is due again in some seconds.
AT_ONCE = 200


@transaction.atomic
def propose_set(
    *, lines: Sequence[str], valid_from: date, reason: str, by: Staff, at: datetime
) -> TierSet:
    """Propose a set; refuse one that is not whole, a day begun, and who is not of the head office.

    In the scope of the system, at the installation, the day and the place are not asked.
    """
    read = rules.read_set(lines)
    _check(valid_from, at)
    row: TierSet = TierSet.objects.create(
        lines=[str(line) for line in read],
        valid_from=valid_from,
        reason=reason,
        proposed_by=by,
        proposed_at=at,
    )
    _tell(row, "propose_tier", by=by, at=at)
    return row


@transaction.atomic
def approve_set(*, set_id: int, by: Staff, at: datetime) -> TierSet:
    """Put a set in force, in shadow; refuse its proposer, under any number of the same human."""
    row = _waiting(set_id, by=by)
    _check(row.valid_from, at)
    row.approved_by, row.approved_at = by, at
    row.save(update_fields=["approved_by", "approved_at"])
    _tell(row, "approve_tier", by=by, at=at)
    return row


@transaction.atomic
def decline_set(*, set_id: int, by: Staff, at: datetime) -> TierSet:
    """Decline a set; refuse its proposer."""
    row = _waiting(set_id, by=by)
    row.declined_by, row.declined_at = by, at
    row.save(update_fields=["declined_by", "declined_at"])
    _tell(row, "decline_tier", by=by, at=at)
    return row


def judge_due(*, at: datetime) -> int:
    """Judge the items that are due, each in a transaction; return how many were.

    One that changes meanwhile is left for the next time; what is judged is not due again.
    """
    numbers = tier.due(at=at, limit=AT_ONCE)
    return sum(judge(number=number, at=at) is not None for number in numbers)


@transaction.atomic
def judge(*, number: str, at: datetime) -> TierVerdict | None:
    """Keep what the set in force says of the present round of an item; nothing of it changes.

    None where the round is judged by this set already, where none was in force on its business
    day, and where the item went into another round while it was looked at.
    """
    request = selectors.item(number=number)
    if request is None:
        raise items.NoSuchItem(number=number)
    version = tier.in_force(on=request.business_date)
    if version is None or request.queued_at is None:
        return None
    judged = rules.judge(version.says, tier.seen(request=request))
    # Locked no sooner than now: who decides the item does not wait while its images are compared.
    now = selectors.locked(number=number)
    if (now.attempt, now.content_hash) != (request.attempt, request.content_hash):
        return None
    row, added = TierVerdict.objects.get_or_create(
        request=now,
        seq=now.attempt,
        tier_set=version,
        defaults={
            "institution_id": now.institution_id,
            "outcome": judged.outcome,
            "reason": judged.reason,
            "line": judged.line,
            "held": list(judged.held),
            "content_hash": now.content_hash,
            "at": at,
        },
    )
    return row if added else None


def _waiting(set_id: int, *, by: Staff) -> TierSet:
    row = TierSet.objects.select_for_update(of=("self",)).filter(id=set_id).first()
    if row is None:
        raise rules.NoSuchSet(number=set_id)
    found: TierSet = row
    if found.proposed_by.person == by.person:
        raise rules.SetOfSamePerson
    if found.approved_by_id is not None or found.declined_by_id is not None:
        raise rules.SetDecided
    return found


def _check(valid_from: date, at: datetime) -> None:
    allowed = scope.current()
    if allowed == scope.EVERYTHING:
        return
    items.check_rule_day(valid_from, today=localdate(at))
    if people.root_id() not in allowed:
        raise items.RuleNotYours


def _tell(row: TierSet, step: str, *, by: Staff, at: datetime) -> None:
    trail.record(
        institution_id=by.institution_id,
        actor=by.label,
        action=f"authorization.{step}",
        subject=f"authorization.tier:{row.pk}",
        at=at,
        detail={
            "lines": len(row.lines),
            "valid_from": str(row.valid_from),
            "reason": row.reason,
        },
    )
