"""How long a person may give no sign of life before the screen, and the session, are locked."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.timezone import localdate

from foundation.people import rules
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.policy.rules import NotSet

# Held to where no business number can be read: error pages, and a bank not yet set up.
IDLE_SECONDS = 600
_MINUTE = timedelta(minutes=1)


def limit_seconds(*, staff: Staff, on: date) -> int:
    """Return after how long without a key or a click the person's screen is locked."""
    try:
        return 60 * policy.whole(
            code="security.idle_minutes", on=on, institution_id=staff.institution_id
        )
    except NotSet:
        return IDLE_SECONDS


def left_alone(*, staff: Staff, at: datetime) -> bool:
    """Return whether the person's session was left alone for too long; told by the server's clock.

    Within the minute that any limit is at least, the business number is not even read.
    """
    if staff.seen_at is None or at - staff.seen_at <= _MINUTE:
        return False
    limit = timedelta(seconds=limit_seconds(staff=staff, on=localdate(at)))
    # Signs of life are noted only so often; nobody is locked earlier than the screen would be.
    return at - staff.seen_at > limit + rules.SEEN_EVERY
