"""What people hold or held: of their own house, of which queue, and about which subject."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db.models import F

from foundation.people.models import Staff
from foundation.worklist import rules
from foundation.worklist.models import Holding, WorkItem


def held_at_home(*, queue: str, path: str) -> Sequence[int]:
    """Return the items that people of their own house hold, in and below a place of the tree."""
    rows = WorkItem.objects.filter(
        queue=queue,
        state=rules.HELD,
        institution__path__startswith=path,
        holder__institution=F("institution"),
    )
    return tuple(rows.order_by("id").values_list("id", flat=True))


def held_in(*, staff: Staff, queues: Sequence[str]) -> str:
    """Return the queue of these from which a person holds an item, or nothing."""
    rows = WorkItem.objects.filter(holder=staff, state=rules.HELD, queue__in=queues)
    found: str | None = rows.order_by("id").values_list("queue", flat=True).first()
    return found or ""


def holders_of(*, subjects: Collection[str]) -> Mapping[str, set[int]]:
    """Return of each subject who holds an item about it or held one, in whatever queue."""
    items = WorkItem.objects.filter(subject__in=subjects, holder__isnull=False)
    held = Holding.objects.filter(item__subject__in=subjects)
    found: dict[str, set[int]] = {}
    for subject, staff_id in (
        *items.order_by().values_list("subject", "holder_id"),
        *held.order_by().values_list("item__subject", "staff_id").distinct(),
    ):
        found.setdefault(subject, set()).add(staff_id)
    return found
