"""What stands behind a desk's figures: one's decisions of a day, and what waits for a grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import QuerySet

from authorization import rules
from authorization.models import Decision, Request
from foundation.people.models import Staff
from foundation.worklist import selectors as worklist

PAGE = 50


@dataclass(frozen=True)
class Made:
    """Some of a person's decisions of a day, how many there are, and where the next ones begin."""

    rows: Sequence[Decision]
    total: int
    next_before: int | None


def made_by(*, decider: Staff, on: date, before: int | None = None, most: int = PAGE) -> Made:
    """Return what a person decided on a business day, the newest first, as the desk counts it."""
    rows: QuerySet[Decision] = Decision.objects.filter(decider=decider, business_date=on)
    shown = rows.filter(id__lt=before) if before else rows
    found = tuple(shown.select_related("request__institution").order_by("-id")[: most + 1])
    more = found[most - 1].pk if len(found) > most else None
    return Made(found[:most], rows.count(), more)


class Waits(NamedTuple):
    """An item that waits for an authorizer, as the list of them shows it."""

    pk: int
    number: str
    place: str
    state: str
    trade_code: str
    amount_fen: int
    grade_needed: int
    queued_at: datetime | None
    work_item_id: int | None


_WAITS = ["institution__name" if name == "place" else name for name in Waits._fields]


@dataclass(frozen=True)
class WaitingList:
    """Some items that wait for a grade, how many there are, and what keeps each from the person.

    `lacking` has nothing to say of what is offered to the person now; what is set aside has no
    entry. `offered` counts what is offered, as the menu does.
    """

    rows: Sequence[Waits]
    total: int
    offered: int
    lacking: Mapping[int, Sequence[str]]
    next_after: int | None


def waiting_list(
    *, authorizer: Staff, today: date, after: int | None = None, most: int = PAGE
) -> WaitingList:
    """Return what waits for the grade of an authorizer, the oldest first, as the desk counts it."""
    rows = Request.objects.filter(
        state__in=rules.WAITING_IN, grade_needed__lte=authorizer.grade
    ).order_by()
    shown = rows.filter(id__gt=after) if after else rows
    found = tuple(map(Waits._make, shown.order_by("id").values_list(*_WAITS)[: most + 1]))
    ids = [row.work_item_id for row in found[:most] if row.work_item_id is not None]
    return WaitingList(
        rows=found[:most],
        total=rows.count(),
        offered=worklist.waiting_for(queue=rules.QUEUE, staff=authorizer, on=today),
        lacking=worklist.lacking_of(queue=rules.QUEUE, staff=authorizer, on=today, ids=ids),
        next_after=found[most - 1].pk if len(found) > most else None,
    )
