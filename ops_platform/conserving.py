"""Whether work is conserved: what came into a queue has ended or is open, with its subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from authorization import rules as authorization
from authorization.models import Request, Review
from authorization.rules import quality
from foundation.trail.models import Event
from foundation.trail.rules import Wrong
from foundation.worklist import rules as worklist
from foundation.worklist.models import WorkItem
from monitoring import rules as monitoring
from monitoring.models import Alert, Forcing, Look, Match, Slice
from monitoring.rules import alerts, entry, forcing, looks

SHOWN_MAX = 200
IN_KINDS = ("came in without item", "item without coming in")
OUT_KINDS = ("decided without item", "item done without decision")


@dataclass(frozen=True)
class Kept:
    """What a room keeps of its queue: rows that must have an open item, and rows that ever had one.

    Both name the item by `work_item_id`. `came` are the actions of the trail that tell of something
    coming in, `passed` the rows that came and never needed the queue; `decided` the actions that
    tell of a decision, each of which ends one item. Without `came` rows say what came.
    `elsewhere` are the actions that tell that something stands before others first.
    """

    open: Callable[[], QuerySet[Any]]
    ever: Callable[[], QuerySet[Any]]
    decided: Sequence[str]
    came: Sequence[str] = ()
    passed: Callable[[], QuerySet[Any]] | None = None
    elsewhere: Sequence[str] = ()


QUEUES: Mapping[str, Kept] = {
    authorization.QUEUE: Kept(
        open=lambda: Request.objects.filter(state__in=authorization.IN_THE_CENTRE),
        ever=lambda: Request.objects.filter(work_item__isnull=False),
        # The first yes of two ends an item and brings the one for the second.
        decided=(
            "authorization.approve",
            "authorization.automatic",
            "authorization.confirm",
            "authorization.reject",
            "authorization.return",
        ),
        came=(
            "authorization.submit",
            "authorization.resubmit",
            "authorization.confirm",
            "authorization.vouch",
        ),
        # What passed, and what one of its outlet had decided on paper, never stood before anybody.
        passed=lambda: Request.objects.filter(work_item__isnull=True, presented_at__isnull=True),
        elsewhere=("authorization.present",),
    ),
    quality.REVIEW_QUEUE: Kept(
        open=lambda: Review.objects.filter(state=quality.REVIEW_WAITING, candidate=None),
        ever=lambda: Review.objects.filter(work_item__isnull=False),
        decided=("authorization.review",),
    ),
    "monitoring.audit": Kept(
        open=lambda: Match.objects.filter(state=monitoring.OPEN).exclude(
            forcings__state=forcing.PROPOSED
        ),
        ever=lambda: Match.objects.filter(work_item__isnull=False),
        decided=("monitoring.force", "monitoring.confirm", "monitoring.propose_force"),
        # A match by hand that the second of two declines brings the difference back.
        came=("monitoring.opened",),
    ),
    forcing.QUEUE: Kept(
        open=lambda: Forcing.objects.filter(state=forcing.PROPOSED),
        ever=lambda: Forcing.objects.filter(work_item__isnull=False),
        decided=("monitoring.accept_force", "monitoring.decline_force"),
    ),
    looks.QUEUE: Kept(
        open=lambda: Look.objects.filter(state=looks.WAITING),
        ever=lambda: Look.objects.filter(work_item__isnull=False),
        decided=("monitoring.bear_out_look", "monitoring.err_look", "monitoring.differ_look"),
    ),
    # An alert comes into the queue when it is raised and again with each answer of the outlet.
    alerts.QUEUE: Kept(
        open=lambda: Alert.objects.filter(state__in=alerts.IN_QUEUE),
        ever=lambda: Alert.objects.filter(work_item__isnull=False),
        decided=(
            "monitoring.query_alert",
            "monitoring.close_true_alert",
            "monitoring.close_false_alert",
        ),
        came=("monitoring.raise_alert", "monitoring.reply_to_alert"),
    ),
    entry.QUEUE: Kept(
        open=lambda: Slice.objects.filter(state=entry.KEYING),
        ever=lambda: Slice.objects.filter(state__in=(entry.KEYING, entry.AGREED)),
        decided=("monitoring.key_slice",),
        came=("monitoring.cut_slice", "monitoring.second_keyer"),
    ),
    entry.ARBITER_QUEUE: Kept(
        open=lambda: Slice.objects.filter(state=entry.DISPUTED),
        ever=lambda: Slice.objects.filter(state__in=(entry.DISPUTED, entry.SETTLED)),
        decided=("monitoring.settle_slice",),
        came=("monitoring.dispute_slice",),
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


def uncounted() -> Sequence[Wrong]:
    """Return where trail and items count differently, by institution: what came in, what ended.

    In is what the trail tells of coming in, less what passed without the queue; it must be the
    items there are, open and ended. Each decision on the trail must have ended an item.
    """
    found: list[Wrong] = []
    for queue, kept in QUEUES.items():
        items = WorkItem.objects.filter(queue=queue)
        came = _told(kept.came) if kept.came else _counted(kept.ever())
        if kept.passed is not None:
            came.subtract(_counted(kept.passed()))
        came.subtract(_told(kept.elsewhere))
        found += _apart(queue, came, _counted(items), *IN_KINDS)
        done = _counted(items.filter(state=worklist.DONE))
        found += _apart(queue, _told(kept.decided), done, *OUT_KINDS)
    return found


def _told(actions: Sequence[str]) -> Counter[int]:
    return _counted(Event.objects.filter(action__in=actions, result="ok"))


def _counted(rows: QuerySet[Any]) -> Counter[int]:
    counts = rows.order_by("institution_id").values_list("institution_id")
    return Counter(dict(counts.annotate(count=Count("pk"))))


def _apart(
    queue: str, told: Counter[int], kept: Counter[int], lacking: str, surplus: str
) -> list[Wrong]:
    """Return the institutions whose items are fewer, or more, than is told."""
    return [
        Wrong(
            "work",
            lacking if told[place] > kept[place] else surplus,
            queue,
            f"{told[place]} is not {kept[place]}",
            place,
        )
        for place in sorted({*told, *kept})
        if told[place] != kept[place]
    ]


def _named(kind: str, queue: str, lost: QuerySet[Any]) -> list[Wrong]:
    return [
        Wrong("work", kind, f"{queue} {row.pk}", row.state, row.institution_id)
        for row in lost[:SHOWN_MAX]
    ]
