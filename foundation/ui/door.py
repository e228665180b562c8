"""What a person who has signed in does first: show the second factor, choose a password."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from foundation.people import rules
from foundation.people import selectors as people
from foundation.people.models import Staff
from foundation.ui import idle

SECOND_FACTOR, PASSWORD = "people:second_factor", "people:password"


def behind(request: HttpRequest) -> Staff | None:
    """Return who is signed in with the session of a request; forget one that is void by now.

    What else the door asks of the person comes with the same question and stays with the request.
    """
    number = request.session.get(SESSION_KEY)
    known = request.session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
    found = _ask(int(number)) if number and known else None
    if found is None or not found.staff.is_active:
        return None
    tied = found.staff.get_session_auth_hash()
    if not constant_time_compare(request.session.get(HASH_SESSION_KEY, ""), tied):
        request.session.flush()
        return None
    request.entered = found  # type: ignore[attr-defined]
    return found.staff


def entered(request: HttpRequest, staff: Staff) -> people.Entered:
    """Return the roles and the scope of who makes a request, as they were read at the door."""
    found: people.Entered | None = getattr(request, "entered", None)
    if found is None or found.staff.pk != staff.pk:
        found = _ask(staff.pk)
        assert found is not None, "who makes a request is a member of staff"
        request.entered = found  # type: ignore[attr-defined]
    return found


def idle_seconds(request: HttpRequest, staff: Staff) -> int:
    """Return after how long without a key or a click the screen of the request is locked."""
    text = entered(request, staff).more["idle"]
    return idle.seconds_of(text=text, on=timezone.localdate())


def _ask(staff_id: int) -> people.Entered | None:
    on = timezone.localdate()
    return people.entered(staff_id=staff_id, on=on, more=idle.ASKED, given=idle.GIVEN)


def first(request: HttpRequest, staff: Staff) -> str:
    """Return the page that comes before any other, nothing where the person is let in."""
    if settings.OPS_TOTP and not request.session.get(people.SECOND_FACTOR):
        return SECOND_FACTOR
    due = rules.password_due(
        rules.PROFILES[settings.SECURITY_PROFILE],
        changed_at=staff.password_changed_at,
        must=staff.must_change_password,
        at=timezone.now(),
    )
    return PASSWORD if due else ""
