"""Decisions for tests of figures: what is sent is looked at and decided at known moments."""

from __future__ import annotations

from datetime import datetime, timedelta

from authorization import services
from authorization.models import Request
from foundation.people.models import Staff
from tests.factories import people


def minutes(count: float) -> datetime:
    """Return the moment so many minutes after noon."""
    return people.NOON + timedelta(minutes=count)


def decided(
    by: Staff, step: str, *, at: datetime, took: int = 20, reasons: tuple[str, ...] = ()
) -> Request:
    """Take the next item and decide it at a moment, after so many seconds of looking."""
    opened = services.open_next(authorizer=by, at=at - timedelta(seconds=took))
    assert opened is not None
    return services.decide(
        number=opened.number, step=step, shown=opened.content_hash, fence=opened.opened_fence,
        decider=by, at=at, reasons=list(reasons),
    )  # fmt: skip
