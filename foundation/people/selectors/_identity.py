"""Whose a number is, as pages show it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from foundation.people.models import Identity, Staff


def identified(*, persons: Collection[UUID]) -> frozenset[UUID]:
    """Return which of these humans have their identity entered."""
    return Identity.objects.known(persons) if persons else frozenset()


def other_numbers(*, of: Staff, limit: int = 20) -> Sequence[Staff]:
    """Return the human's other numbers, also out of scope: numbers of colleagues are no secret."""
    rows = Staff.objects.filter(person=of.person).exclude(id=of.pk)
    return tuple(rows.select_related("institution").order_by("number")[:limit])
