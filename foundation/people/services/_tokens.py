"""Tokens by which other systems of the bank act as one person."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from foundation.people import rules
from foundation.people.models import ApiToken, Staff
from foundation.people.services._told import tell


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
    detail = {"purpose": plain, "days": days}
    tell(staff=staff, action="people.token.issued", by=by, at=at, detail=detail)
    return token


@transaction.atomic
def revoke_tokens(*, staff: Staff, by: str, at: datetime) -> int:
    """End every token of a person; return how many there were."""
    ended = ApiToken.objects.filter(staff=staff, revoked_at=None).update(revoked_at=at)
    tell(staff=staff, action="people.token.revoked", by=by, at=at, detail={"tokens": ended})
    return ended
