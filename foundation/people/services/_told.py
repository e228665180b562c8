"""What a person did with their own password or device, told to the trail."""

from __future__ import annotations

from datetime import datetime

from foundation.people.models import Staff
from foundation.people.services._scope import acting_as_system
from foundation.trail import services as trail


def tell_of(
    *,
    staff: Staff,
    action: str,
    at: datetime,
    where: str,
    result: str = "ok",
    actor: Staff | None = None,
) -> None:
    """Record what was done to a person's sign-in, by them or by another, at their institution."""
    with acting_as_system(reason="sign-in"):
        trail.record(
            institution_id=staff.institution_id,
            actor=(actor or staff).label,
            action=action,
            subject=f"people.staff:{staff.number}",
            at=at,
            result=result,
            where=where,
        )
