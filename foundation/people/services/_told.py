"""What is done to a member of staff, told to the trail: written once, for every service here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from foundation.people.models import Staff
from foundation.people.services._scope import acting_as_system
from foundation.trail import services as trail


def tell(
    *,
    staff: Staff,
    action: str,
    by: str,
    at: datetime,
    where: str = "",
    result: str = "ok",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Record what was done about a member of staff, at their institution."""
    trail.record(
        institution_id=staff.institution_id,
        actor=by,
        action=action,
        subject=f"people.staff:{staff.number}",
        at=at,
        result=result,
        where=where,
        detail=detail,
    )


def tell_of(
    *,
    staff: Staff,
    action: str,
    at: datetime,
    where: str,
    result: str = "ok",
    actor: Staff | None = None,
) -> None:
    """Record what was done to a person's sign-in, by them or by another, outside every scope."""
    with acting_as_system(reason="sign-in"):
        tell(
            staff=staff, action=action, by=(actor or staff).label, at=at, where=where, result=result
        )
