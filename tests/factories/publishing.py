"""Publications of the automatic tier for tests."""

from __future__ import annotations

from datetime import date, timedelta

from authorization.models import TierPublication, TierSet
from foundation.people.models import Staff
from tests.factories.people import DAY, NOON

LAST_DAY = DAY + timedelta(days=30)


def proposed(
    tier_set: TierSet,
    by: Staff,
    *codes: str,
    most_fen: int = 10_000_000,
    sample_percent: int = 100,
    until: date = LAST_DAY,
) -> TierPublication:
    """Propose that a set decides, whatever it was compared with."""
    made: TierPublication = TierPublication.objects.create(
        tier_set=tier_set,
        codes=list(codes or ("1002",)),
        most_fen=most_fen,
        sample_percent=sample_percent,
        until=until,
        reason="试行",
        proposed_by=by,
        proposed_at=NOON,
    )
    return made


def published(
    tier_set: TierSet, by: Staff, approved_by: Staff, *codes: str, **terms: int | date
) -> TierPublication:
    """Let a set decide from noon on."""
    made = proposed(tier_set, by, *codes, **terms)
    made.state, made.decided_by, made.decided_at = "active", approved_by, NOON
    made.save(update_fields=["state", "decided_by", "decided_at"])
    return made
