"""The chart of accounts: one more subject, proposed by one and decided by another."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from foundation.ledger import rules
from foundation.ledger.models import ChartAccount, Proposal, SubjectRequest
from foundation.ledger.services._accounts import define_subject
from foundation.people.models import Staff
from foundation.people.rules import HEAD
from foundation.trail import services as trail


@transaction.atomic
def propose_subject(
    *, subject: rules.Subject, reason: str, at: datetime, by: Staff
) -> SubjectRequest:
    """Propose a subject for the whole bank; refuse one that is there or waits already."""
    _check_head(by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('ledger.chart', 0))")
    waits = SubjectRequest.objects.filter(code=subject.code, approved=None)
    if waits.exists() or ChartAccount.objects.filter(code=subject.code).exists():
        raise rules.SubjectThere(subject=subject.code, field="code")
    asked: SubjectRequest = SubjectRequest.objects.create(
        institution_id=by.institution_id,
        code=subject.code,
        name=subject.name,
        normal_side=subject.normal_side,
        kind=subject.kind,
        must_clear=subject.must_clear,
        reason=reason,
        asked_by=by,
        asked_person=by.person,
        asked_label=by.label,
        asked_at=at,
    )
    _tell(asked, "ledger.propose_subject", by=by, at=at, reason=reason)
    return asked


@transaction.atomic
def decide_subject(*, request_id: int, approve: bool, at: datetime, by: Staff) -> SubjectRequest:
    """Add to the chart what another proposed, or decline it."""
    _check_head(by)
    rows = SubjectRequest.objects.select_for_update(of=("self",))
    asked: SubjectRequest | None = rows.filter(id=request_id, approved=None).first()
    if asked is None:
        raise rules.NoSuchProposal
    decided(asked=asked, approve=approve, at=at, by=by)
    if approve:
        if ChartAccount.objects.filter(code=asked.code).exists():
            raise rules.SubjectThere(subject=asked.code)
        define_subject(
            code=asked.code,
            name=asked.name,
            normal_side=asked.normal_side,
            kind=asked.kind,
            must_clear=asked.must_clear,
        )
    word = "approve" if approve else "decline"
    _tell(asked, f"ledger.{word}_subject", by=by, at=at, proposal=asked.pk)
    return asked


def decided(*, asked: Proposal, approve: bool, at: datetime, by: Staff) -> None:
    """Keep what was decided about a proposal; refuse who made it."""
    if asked.asked_person == by.person:
        raise rules.DecidesOwn
    asked.decided_by, asked.decided_person, asked.decided_label = by, by.person, by.label
    asked.decided_at, asked.approved = at, approve
    asked.save(
        update_fields=["decided_by", "decided_person", "decided_label", "decided_at", "approved"]
    )


def _check_head(by: Staff) -> None:
    if by.institution.kind != HEAD:
        raise rules.ChartNotYours


def _tell(asked: SubjectRequest, action: str, *, by: Staff, at: datetime, **detail: object) -> None:
    trail.record(
        institution_id=asked.institution_id,
        actor=by.label,
        action=action,
        subject=f"ledger.subject:{asked.code}",
        at=at,
        detail={"name": asked.name, **detail},
    )
