"""What the business numbers and the calendar are on a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import F, Q

from foundation.policy import rules
from foundation.policy.models import Policy


def value(*, code: str, on: date, institution_id: int | None = None) -> int | Decimal:
    """Return the number in force on the day, the institution's own before the bank's."""
    row = (
        Policy.objects.filter(
            Q(institution=None) | Q(institution_id=institution_id),
            code=code,
            valid_from__lte=on,
            approved_by__isnull=False,
        )
        .order_by(F("institution_id").asc(nulls_last=True), "-valid_from", "-id")
        .first()
    )
    if row is None:
        raise rules.NotSet(policy=code, on=on)
    return rules.value_of(code, row.value)


def whole(*, code: str, on: date, institution_id: int | None = None) -> int:
    """Return a number in force that is a whole number (fen, seconds, minutes)."""
    return int(value(code=code, on=on, institution_id=institution_id))
