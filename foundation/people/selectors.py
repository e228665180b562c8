"""What people can be asked."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from foundation.people.models import Institution, Staff, StaffRole
from foundation.people.roles import Permission, permissions_of


def staff_by_number(*, number: str) -> Staff | None:
    """Return the member of staff who holds the number, or None."""
    return Staff.objects.select_related("institution").filter(number=number).first()


def roles_of(*, staff: Staff, on: date) -> tuple[str, ...]:
    """Return the codes of the roles that the person holds on the day."""
    held = StaffRole.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=on), staff=staff, valid_from__lte=on
    )
    return tuple(held.order_by("role").values_list("role", flat=True))


def permissions(*, staff: Staff, on: date) -> frozenset[Permission]:
    """Return what the person may do on the day."""
    return permissions_of(roles_of(staff=staff, on=on))


def served_root(*, institution: Institution) -> Institution:
    """Return the institution whose whole subtree is served: for a centre, its branch."""
    if institution.kind == "centre" and institution.parent is not None:
        return institution.parent
    return institution


def scope_of(*, staff: Staff) -> tuple[int, ...]:
    """Return the ids of the institutions whose data the person may see, smallest first."""
    root = served_root(institution=staff.institution)
    below = Institution.objects.filter(path__startswith=root.path)
    return tuple(below.order_by("id").values_list("id", flat=True))
