"""Vendors, and who of them works in sight."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, Q, QuerySet

from foundation.kernel import scope
from foundation.people.models import Staff, Vendor


def vendors(*, limit: int = 200) -> Sequence[tuple[Vendor, int]]:
    """Return the companies, those in use first, each with how many numbers in sight sign in."""
    counted = Count("staff", filter=_in_sight("staff__") & Q(staff__is_active=True))
    rows = Vendor.objects.annotate(count=counted).order_by("-active", "number")
    return tuple((row, row.count) for row in rows[:limit])


def vendors_in_use(*, limit: int = 200) -> Sequence[Vendor]:
    """Return the companies that people may be opened a number for."""
    return tuple(Vendor.objects.filter(active=True).order_by("number")[:limit])


def vendor(*, number: str) -> Vendor | None:
    """Return the company of a number, or None."""
    return Vendor.objects.filter(number=number).first()


def vendors_of_numbers(*, numbers: Sequence[str]) -> Sequence[Vendor]:
    """Return the companies of the numbers; what they are called is no secret."""
    return tuple(Vendor.objects.filter(number__in=numbers).order_by("number"))


def staff_of_vendor(*, row: Vendor, after: str = "", limit: int = 50) -> Sequence[Staff]:
    """Return a company's people in sight, from after a number on."""
    rows: QuerySet[Staff] = Staff.objects.filter(_in_sight(""), vendor=row, number__gt=after)
    return tuple(rows.select_related("institution").order_by("number")[:limit])


def _in_sight(prefix: str) -> Q:
    allowed = scope.current()
    return Q() if allowed == scope.EVERYTHING else Q(**{f"{prefix}institution__in": allowed})
