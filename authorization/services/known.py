"""Items with a known answer: kept by one person, approved by another, ended by either."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from authorization import rules as items
from authorization import selectors
from authorization.models import KnownItem
from authorization.rules import admission as rules
from authorization.rules import quality as quality_rules
from authorization.selectors import admission, quality
from foundation.people.models import Staff
from foundation.trail import services as trail


@transaction.atomic
def keep(*, number: str, by: Staff, at: datetime) -> KnownItem:
    """Propose an ended item whose right answer a judged case or an agreed review establishes.

    Refuses who decided or entered it, one that is kept already, and one that may still change.
    """
    request = selectors.locked(number=number)
    made = quality.last_decision(request=request)
    ended = request.state in (items.POSTED, items.REJECTED)
    if made is None or not ended or made.content_hash != request.content_hash:
        raise rules.AnswerNotKnown(number=number)
    quality_rules.check_apart(by.person, others=[made.decider_person, request.teller_person])
    answer = admission.established(decision=made)
    if not answer or KnownItem.objects.filter(decision=made).exists():
        raise rules.AnswerNotKnown(number=number)
    row: KnownItem = KnownItem.objects.create(
        institution_id=made.institution_id,
        decision=made,
        answer=answer,
        kept_by=by,
        kept_person=by.person,
        kept_at=at,
    )
    _tell(row, "keep_known", by, at)
    return row


@transaction.atomic
def approve(*, known_id: int, by: Staff, at: datetime) -> KnownItem:
    """Let it be planted; refuse who kept it, who decided it, and one approved before."""
    row = admission.known_locked(known_id=known_id)
    if row.approved_at is not None:
        raise rules.NoSuchKnown(number=known_id)
    rules.check_other(by.person, candidate=row.decision.decider_person, first=row.kept_person)
    row.approved_by, row.approved_person, row.approved_at = by, by.person, at
    row.save(update_fields=["approved_by", "approved_person", "approved_at"])
    _tell(row, "approve_known", by, at)
    return row


@transaction.atomic
def end(*, known_id: int, by: Staff, at: datetime) -> KnownItem:
    """Plant it no more; what was answered stays."""
    row = admission.known_locked(known_id=known_id)
    row.ended_by, row.ended_at = by, at
    row.save(update_fields=["ended_by", "ended_at"])
    _tell(row, "end_known", by, at)
    return row


def _tell(row: KnownItem, step: str, by: Staff, at: datetime) -> None:
    trail.record(
        institution_id=row.institution_id,
        actor=by.label,
        action=f"authorization.{step}",
        subject=row.subject,
        at=at,
        detail={"item": row.decision.request.number, "answer": row.answer},
    )
