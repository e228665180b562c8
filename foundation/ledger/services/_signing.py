"""Signing the reports of many closings at once, each as if it were signed alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from foundation.kernel.errors import Refused
from foundation.ledger import selectors
from foundation.ledger.models import BusinessDay
from foundation.ledger.services._days import sign_day
from foundation.people.models import Staff


@dataclass(frozen=True)
class Signing:
    """What came of one report: the day as it is now, or the refusal that left it as it was."""

    day: BusinessDay
    refusal: Refused | None


def sign_many(*, shown: Mapping[int, str], at: datetime, by: Staff) -> Sequence[Signing]:
    """Sign the seal that was shown of each day, by the id of the day; a refusal stops only its own.

    Each report still needs two different people: whoever signed one before is refused there.
    """
    found = []
    for day_id in sorted(shown):
        day = selectors.day(day_id=day_id)
        refusal: Refused | None = None
        try:
            with transaction.atomic():
                sign_day(
                    institution_id=day.institution_id,
                    on=day.date,
                    digest=shown[day_id],
                    at=at,
                    by=by,
                )
        except Refused as refused:
            refusal = refused
        found.append(Signing(selectors.day(day_id=day_id), refusal))
    return tuple(found)
