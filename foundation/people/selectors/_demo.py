"""Who may be signed in as by one click, in a demo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from foundation.people.models import Staff, StaffRole
from foundation.people.roles import ROLES


def demo_staff(*, on: date) -> Sequence[tuple[str, Staff]]:
    """Return the made-up people by role for the demo's sign-in page: who may do most of each."""
    held = (
        StaffRole.objects.filter(Q(valid_until=None) | Q(valid_until__gte=on), valid_from__lte=on)
        .filter(staff__is_demo=True, staff__is_active=True)
        .select_related("staff__institution")
        .order_by("role", "-staff__grade", "staff__number")
    )
    first: dict[str, Staff] = {}
    for row in held:
        first.setdefault(row.role, row.staff)
    return tuple((role, first[role]) for role in ROLES if role in first)
