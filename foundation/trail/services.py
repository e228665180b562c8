"""Writing the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from foundation.trail.models import Event


def record(
    *,
    institution_id: int,
    actor: str,
    action: str,
    subject: str,
    at: datetime,
    result: str = "ok",
    where: str = "",
    request_id: str = "",
    detail: Mapping[str, Any] | None = None,
) -> Event:
    """Add one line, in the transaction of what it tells about."""
    assert connection.in_atomic_block, "an action and its trail stand or fall together"
    return Event.objects.create(
        institution_id=institution_id,
        actor=actor,
        action=action,
        subject=subject,
        at=at,
        result=result,
        where=where,
        request_id=request_id,
        detail=dict(detail or {}),
    )
