"""What a person who has signed in does first: show the second factor, choose a password."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from foundation.people import rules
from foundation.people import selectors as people
from foundation.people.models import Staff

SECOND_FACTOR, PASSWORD = "people:second_factor", "people:password"


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
