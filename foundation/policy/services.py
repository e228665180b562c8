"""Changing a business number: one person proposes, another approves."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from foundation.people.models import Institution, Staff
from foundation.policy import rules
from foundation.policy.models import Policy
from foundation.trail import services as trail


@transaction.atomic
def propose(
    *,
    code: str,
    value: str,
    valid_from: date,
    reason: str,
    by: Staff,
    at: datetime,
    institution: Institution | None = None,
) -> Policy:
    """Propose a value; refuse an unknown code or a text of the wrong type."""
    rules.value_of(code, value)
    row = Policy.objects.create(
        code=code,
        institution=institution,
        value=value,
        valid_from=valid_from,
        reason=reason,
        proposed_by=by,
        proposed_at=at,
    )
    trail.record(
        institution_id=by.institution_id,
        actor=by.label,
        action="policy.propose",
        subject=f"policy:{code}",
        at=at,
        detail={"value": value, "valid_from": str(valid_from), "reason": reason},
    )
    return row


@transaction.atomic
def approve(*, policy_id: int, by: Staff, at: datetime) -> Policy:
    """Put a proposed value in force; refuse its proposer, under any number of the same human."""
    row = Policy.objects.select_for_update(of=("self",)).get(id=policy_id)
    if row.proposed_by.person == by.person:
        raise rules.SamePerson
    if row.approved_by_id is None:
        row.approved_by, row.approved_at = by, at
        row.save(update_fields=["approved_by", "approved_at"])
        trail.record(
            institution_id=by.institution_id,
            actor=by.label,
            action="policy.approve",
            subject=f"policy:{row.code}",
            at=at,
            detail={"value": row.value},
        )
    return row
