"""Tokens by which other systems of the bank act as one person."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from foundation.people import rules
from foundation.people.models import ApiToken, Staff
from foundation.trail import services as trail


@transaction.atomic
def issue_token(*, staff: Staff, purpose: str, days: int, by: str, at: datetime) -> str:
    """Return a new token, shown this once; refuse one that would live too long or for nothing."""
    plain = rules.check_token(purpose=purpose, days=days)
    token = secrets.token_urlsafe(32)
    ApiToken.objects.create(
        staff=staff,
        hashed=sha256(token.encode()).hexdigest(),
        purpose=plain,
        issued_at=at,
        expires_at=at + timedelta(days=days),
    )
    _tell(staff, "people.token.issued", by=by, at=at, purpose=plain, days=days)
    return token


@transaction.atomic
def revoke_tokens(*, staff: Staff, by: str, at: datetime) -> int:
    """End every token of a person; return how many there were."""
    ended = ApiToken.objects.filter(staff=staff, revoked_at=None).update(revoked_at=at)
    _tell(staff, "people.token.revoked", by=by, at=at, tokens=ended)
    return ended


def _tell(staff: Staff, action: str, *, by: str, at: datetime, **detail: object) -> None:
    trail.record(
        institution_id=staff.institution_id,
        actor=by,
        action=action,
        subject=f"people.staff:{staff.number}",
        at=at,
        detail=detail,
    )
