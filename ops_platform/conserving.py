"""Whether work is conserved: what came into a queue has ended or is open, with its subject."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from authorization import rules as authorization
from authorization.models import Request
from foundation.trail.rules import Wrong
from foundation.worklist import rules as worklist
from foundation.worklist.models import WorkItem
from monitoring import rules as monitoring
from monitoring.models import Match

SHOWN_MAX = 200


@dataclass(frozen=True)
class Kept:
    """What a room keeps of its queue: rows that must have an open item, and rows that ever had one.

    Both name the item by `work_item_id`.
    """

    open: Callable[[], QuerySet[Any]]
    ever: Callable[[], QuerySet[Any]]


QUEUES: Mapping[str, Kept] = {
    authorization.QUEUE: Kept(
        open=lambda: Request.objects.filter(state__in=authorization.IN_THE_CENTRE),
        ever=lambda: Request.objects.filter(work_item__isnull=False),
    ),
    "monitoring.audit": Kept(
        open=lambda: Match.objects.filter(state=monitoring.OPEN),
        ever=lambda: Match.objects.filter(work_item__isnull=False),
    ),
}


def rows() -> int:
    """Return how many items of work there are."""
    return WorkItem.objects.count()


def wrong() -> Sequence[Wrong]:
    """Return what is lost: items without their subject, subjects without their item."""
    found: list[Wrong] = []
    for queue, kept in QUEUES.items():
        items = WorkItem.objects.filter(queue=queue)
        opened = items.filter(state__in=worklist.OPEN)
        lacking = kept.open().exclude(work_item__in=opened.values("id")).order_by("id")
        found += _named("subject without open item", queue, lacking)
        known = kept.open().filter(work_item__isnull=False)
        stray = opened.exclude(id__in=known.values("work_item_id")).order_by("id")
        found += _named("open item without subject", queue, stray)
        seen = kept.ever().exclude(work_item__in=items.values("id")).order_by("id")
        found += _named("item of another queue", queue, seen)
    return found


def _named(kind: str, queue: str, lost: QuerySet[Any]) -> list[Wrong]:
    return [
        Wrong("work", kind, f"{queue} {row.pk}", row.state, row.institution_id)
        for row in lost[:SHOWN_MAX]
    ]
