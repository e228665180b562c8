"""Queues and their items, clocks, people's seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.utils.timezone import localdate

from foundation.kernel.calendar import Calendar
from foundation.people import selectors as people
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.trail import selectors as trail
from foundation.trail.models import Event
from foundation.worklist import rules
from foundation.worklist.models import Holding, Suspension, WorkItem
from foundation.worklist.selectors._able import ABLE, CONDITIONS, abilities

# More is shown as "1000+": counting on would make the page slower with every item that waits.
COUNTED_MOST = 1000
PAGE = 50
FINISHED = Q(ended_by="finished")

# The codes of the queues with open items: one step of the index a queue, not one an item.
QUEUES = """
WITH RECURSIVE one AS (
    (SELECT queue FROM worklist_workitem WHERE state IN ('waiting', 'held', 'suspended')
     ORDER BY queue LIMIT 1)
    UNION ALL
    SELECT (SELECT queue FROM worklist_workitem
            WHERE state IN ('waiting', 'held', 'suspended') AND queue > one.queue
            ORDER BY queue LIMIT 1)
    FROM one WHERE one.queue IS NOT NULL
)
SELECT queue FROM one WHERE queue IS NOT NULL
"""

FIRST = """
FROM (SELECT state, urgent, enqueued_at FROM worklist_workitem
      WHERE queue = %(queue)s AND state IN ('waiting', 'held', 'suspended')
      ORDER BY turn_at, id LIMIT %(most)s) first
"""
WAITING = """
SELECT count(*) FROM (SELECT FROM worklist_workitem
                      WHERE queue = %(queue)s AND state = 'waiting' LIMIT %(most)s) first
"""
DEPTH = f"""
SELECT count(*), count(*) FILTER (WHERE state = 'waiting'),
    count(*) FILTER (WHERE state = 'held'), count(*) FILTER (WHERE state = 'suspended'),
    count(*) FILTER (WHERE urgent), min(enqueued_at) FILTER (WHERE state = 'waiting') {FIRST}
"""


@dataclass(frozen=True)
class Depth:
    """How full a queue is: its first thousand items counted, `more` when there are more."""

    code: str
    title: str
    waiting: int
    held: int
    urgent: int
    suspended: int
    oldest: str
    more: bool


@dataclass(frozen=True)
class Wanted:
    """Which items of a queue a dispatcher wants to see; nothing given means all open ones."""

    state: str = ""
    skill: str = ""
    holder: str = ""
    urgent: bool = False


@dataclass(frozen=True)
class Place:
    """Where a page of a queue ended, so that the next one begins behind it."""

    turn_at: datetime
    item_id: int


@dataclass(frozen=True)
class Page:
    """Some items of a queue in the order of their turns, and where the next ones begin."""

    rows: Sequence[WorkItem]
    next_place: Place | None


class Listed(NamedTuple):
    """An item as the list shows it, and no more of it."""

    pk: int
    turn_at: datetime
    subject: str
    place: str
    state: str
    urgent: bool
    priority: int
    skill: str
    grade_needed: int
    amount_fen: int | None
    holder_label: str
    enqueued_at: datetime
    due_at: datetime | None


_LISTED = ["institution__name" if name == "place" else name for name in Listed._fields]


class Row(NamedTuple):
    """An item of the list, since when it came, and whether it is late."""

    item: Listed
    since: str
    late: bool


@dataclass(frozen=True)
class ListPage:
    """A page of items as the list shows them, and where the next one begins."""

    rows: Sequence[Row]
    next_place: Place | None


@dataclass(frozen=True)
class Sheet:
    """All that is known of one item: its clocks, who held it, when it was set aside, what came."""

    item: WorkItem
    working_time: bool
    waiting: str
    held: str
    suspended: str
    holdings: Sequence[Holding]
    suspensions: Sequence[Suspension]
    timeline: Sequence[Event]
    steps: frozenset[str]


@dataclass(frozen=True)
class Seconds:
    """How many holdings of a queue a person ended within a time, and how long they took."""

    staff_id: int
    number: str
    label: str
    ended: int
    finished: int
    seconds: int

    @property
    def average(self) -> int | None:
        """Return the seconds of a holding, rounded; None where none was ended."""
        return round(self.seconds / self.ended) if self.ended else None


@dataclass(frozen=True)
class Held:
    """Some holdings of a person, the latest first, and before which one the next page begins."""

    rows: Sequence[Holding]
    next_before: int | None


def depths(*, at: datetime) -> Sequence[Depth]:
    """Return how full each known or used queue is, as far as the scope reaches."""
    known = rules.queues()
    with connection.cursor() as cursor:
        cursor.execute(QUEUES)
        used = {row[0] for row in cursor.fetchall()}
    return tuple(depth(queue=code, at=at) for code in sorted(used | set(known)))


def depth(*, queue: str, at: datetime) -> Depth:
    """Return how full one queue is."""
    known = rules.queues().get(queue)
    with connection.cursor() as cursor:
        cursor.execute(DEPTH, {"queue": queue, "most": COUNTED_MOST})
        together, waiting, held, suspended, urgent, oldest_at = cursor.fetchone()
    return Depth(
        code=queue,
        title=known.title if known else queue,
        waiting=waiting,
        held=held,
        suspended=suspended,
        urgent=urgent,
        oldest=rules.clock_text(rules.elapsed(calendar_of(queue=queue, at=at), oldest_at, at))
        if oldest_at
        else "",
        more=together == COUNTED_MOST,
    )


def waiting(*, queue: str, most: int = COUNTED_MOST) -> int:
    """Return how many items of a queue wait, counted up to so many."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"queue": queue, "most": most})
        return int(cursor.fetchone()[0])


LACKING = f"""
WITH {ABLE}
SELECT {", ".join(CONDITIONS.values())} FROM worklist_workitem WHERE id = %(item)s
"""  # noqa: S608 -- put together of texts of ours


def lacking(*, item: WorkItem, staff: Staff, on: date) -> Sequence[str]:
    """Return by their names in `rules.NOT_OFFERED` why the queue would not offer an item now."""
    asked = {"item": item.pk, **abilities(queue=item.queue, staff=staff, on=on)}
    with connection.cursor() as cursor:
        cursor.execute(LACKING, asked)
        fulfilled = cursor.fetchone() or ()
    return tuple(name for name, good in zip(CONDITIONS, fulfilled, strict=False) if not good)


def not_offered(*, item: WorkItem, staff: Staff, on: date) -> Sequence[str]:
    """Return by their names everything that keeps an item from a person, the role included."""
    queue = rules.queues().get(item.queue)
    role = queue is None or queue.permission in people.permissions(staff=staff, on=on)
    return (*(() if role else ("role",)), *lacking(item=item, staff=staff, on=on))


def page(*, queue: str, wanted: Wanted, after: Place | None = None, limit: int = PAGE) -> Page:
    """Return open items of a queue in the order of their turns, behind a place."""
    rows = _open(queue=queue, wanted=wanted, after=after).select_related("institution")
    found = tuple(rows[: limit + 1])
    return Page(found[:limit], _next(found, limit))


def listed(*, queue: str, wanted: Wanted, at: datetime, after: Place | None = None) -> ListPage:
    """Return the same items as the list of the page shows them in a moment."""
    rows = _open(queue=queue, wanted=wanted, after=after).values_list(*_LISTED)
    found = tuple(map(Listed._make, rows[: PAGE + 1]))
    calendar = calendar_of(queue=queue, at=at)
    shown = [
        Row(
            item,
            since=rules.clock_text(rules.elapsed(calendar, item.enqueued_at, at)),
            late=item.due_at is not None and item.due_at < at,
        )
        for item in found[:PAGE]
    ]
    return ListPage(shown, _next(found, PAGE))


def _open(*, queue: str, wanted: Wanted, after: Place | None) -> QuerySet[WorkItem]:
    rows: QuerySet[WorkItem] = WorkItem.objects.filter(queue=queue, state__in=rules.OPEN)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.skill:
        rows = rows.filter(skill=wanted.skill)
    if wanted.holder:
        rows = rows.filter(holder_label__startswith=wanted.holder)
    if wanted.urgent:
        rows = rows.filter(urgent=True)
    if after:
        rows = rows.filter(_behind(after))
    return rows.order_by("turn_at", "id")


def _next(found: Sequence[WorkItem | Listed], limit: int) -> Place | None:
    last = found[limit - 1] if len(found) > limit else None
    return Place(last.turn_at, last.pk) if last else None


def item(*, item_id: int) -> WorkItem:
    """Return one item; refuse one that the person may not see."""
    rows = WorkItem.objects.select_related("institution", "holder")
    found: WorkItem | None = rows.filter(id=item_id).first()
    if found is None:
        raise rules.NoSuchItem
    return found


def latest(*, queue: str, subject: str) -> WorkItem | None:
    """Return the latest item of a subject in a queue, or None."""
    found: WorkItem | None = (
        WorkItem.objects.filter(subject=subject, queue=queue).order_by("-id").first()
    )
    return found


def calendar_of(*, queue: str, at: datetime) -> Calendar | None:
    """Return the calendar by which a queue's clocks go; None where they never stand still."""
    known = rules.queues().get(queue)
    return policy.calendar(on=localdate(at)) if known and known.working_time else None


def sheet(*, item_id: int, at: datetime) -> Sheet:
    """Return all that is known of an item; refuse one that the person may not see."""
    found = item(item_id=item_id)
    calendar = calendar_of(queue=found.queue, at=at)
    times = clocks(item=found, at=at, calendar=calendar)
    return Sheet(
        item=found,
        working_time=calendar is not None,
        waiting=rules.clock_text(times.waiting),
        held=rules.clock_text(times.held),
        suspended=rules.clock_text(times.suspended),
        holdings=holdings(item=found),
        suspensions=suspensions(item=found),
        timeline=trail.timeline(subject=found.subject),
        steps=frozenset(rules.FLOW.steps_from(found.state)),
    )


def holdings(*, item: WorkItem) -> Sequence[Holding]:
    """Return who held an item and gave it up, in order."""
    return tuple(Holding.objects.filter(item=item).select_related("staff").order_by("fence"))


def suspensions(*, item: WorkItem) -> Sequence[Suspension]:
    """Return when and why an item was set aside, in order."""
    return tuple(Suspension.objects.filter(item=item).order_by("id"))


def clocks(*, item: WorkItem, at: datetime, calendar: Calendar | None = None) -> rules.Clocks:
    """Return where an item's time went, from its moments; by a calendar in working time."""
    held = [rules.Stretch(row.began_at, row.ended_at) for row in holdings(item=item)]
    if item.state == rules.HELD and item.held_at:
        held.append(rules.Stretch(item.held_at))
    return rules.clocks(
        whole=rules.Stretch(item.enqueued_at, item.done_at),
        holdings=held,
        suspensions=[rules.Stretch(row.began_at, row.ended_at) for row in suspensions(item=item)],
        calendar=calendar,
        at=at,
    )


def seconds_by_person(*, queue: str, since: datetime, until: datetime) -> Sequence[Seconds]:
    """Return the seconds of each person who ended a holding of the queue within the time."""
    took = ExpressionWrapper(F("ended_at") - F("began_at"), output_field=DurationField())
    rows = (
        Holding.objects.filter(item__queue=queue, ended_at__gte=since, ended_at__lt=until)
        .values("staff_id", "staff__number", "staff__name")
        .annotate(ended=Count("*"), finished=Count("id", filter=FINISHED), took=Sum(took))
        .order_by("staff__number")
    )
    return tuple(
        Seconds(
            staff_id=row["staff_id"],
            number=row["staff__number"],
            label=f"{row['staff__number']} {row['staff__name']}",
            ended=row["ended"],
            finished=row["finished"],
            seconds=row["took"] // timedelta(seconds=1),
        )
        for row in rows
    )


def holdings_of(
    *,
    queue: str,
    number: str,
    since: datetime,
    until: datetime,
    before: int | None = None,
) -> Held:
    """Return the holdings that `seconds_by_person` adds up for one person."""
    rows = Holding.objects.filter(
        item__queue=queue, staff__number=number, ended_at__gte=since, ended_at__lt=until
    ).select_related("item")
    if before:
        rows = rows.filter(id__lt=before)
    found = tuple(rows.order_by("-id")[: PAGE + 1])
    return Held(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)


def _behind(place: Place) -> Q:
    """Return the rest of the order; in a form whose beginning the index can find."""
    later = Q(turn_at__gt=place.turn_at) | Q(turn_at=place.turn_at, id__gt=place.item_id)
    return Q(turn_at__gte=place.turn_at) & later
