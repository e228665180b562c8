"""How long a person may give no sign of life before the screen, and the session, are locked."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.timezone import localdate

from foundation.people import rules
from foundation.people import selectors as people
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.policy.rules import NotSet

# Held to where no business number can be read: error pages, and a bank not yet set up.
IDLE_SECONDS = 600
_CODE = "security.idle_minutes"
_MINUTE = timedelta(minutes=1)


# The limit at the institution of a row of staff as it comes in; `seconds_of` reads it.
ASKED = {"idle": policy.NEAREST_SQL.format(path=people.PLACE)}
GIVEN = {"code": _CODE}


def seconds_of(*, text: str | None, on: date) -> int:
    """Return the limit that was answered."""
    if text is None:
        return IDLE_SECONDS
    return 60 * policy.number_of(code=_CODE, text=text, on=on)


def limit_seconds(*, staff: Staff, on: date) -> int:
    """Return after how long without a key or a click the person's screen is locked."""
    try:
        return 60 * policy.whole(code=_CODE, on=on, institution_id=staff.institution_id)
    except NotSet:
        return IDLE_SECONDS


def is_there(*, staff: Staff, at: datetime, seconds: int) -> bool:
    """Return whether a person is signed in and has not left the screen alone for too long."""
    return staff.seen_at is not None and not left_alone(staff=staff, at=at, seconds=seconds)


def bank_seconds(*, on: date) -> int:
    """Return after how long a screen is locked where no institution has its own number."""
    try:
        return 60 * policy.whole(code=_CODE, on=on)
    except NotSet:
        return IDLE_SECONDS


def left_alone(*, staff: Staff, at: datetime, seconds: int | None = None) -> bool:
    """Return whether the person's session was left alone for too long; told by the server's clock.

    `seconds` is the limit where it was asked just now. Within the minute that any limit is at
    least, the business number is not even read.
    """
    if staff.seen_at is None or at - staff.seen_at <= _MINUTE:
        return False
    if seconds is None:
        seconds = limit_seconds(staff=staff, on=localdate(at))
    limit = timedelta(seconds=seconds)
    # Signs of life are noted only so often; nobody is locked earlier than the screen would be.
    return at - staff.seen_at > limit + rules.SEEN_EVERY
