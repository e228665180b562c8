"""What a supervisor should look at first: told from rows that stand elsewhere on the board too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, Min

from dashboards import rules
from dashboards.rules import Counted, Cut
from dashboards.selectors._counted import counted
from dashboards.selectors._settled import Sums
from foundation.kernel.calendar import local
from foundation.people import selectors as people


@dataclass(frozen=True)
class Alert:
    """One thing to look at: what, where, how many, and since when or of which hour."""

    kind: str
    text: str
    place: str
    counted: Counted
    since: datetime | None = None
    hour: int | None = None

    @property
    def clock(self) -> str:
        """Return since when it is so, as a time of day; nothing when it is of the whole day."""
        if self.hour is not None:
            return f"{self.hour:02d}:00"
        return f"{local(self.since):%H:%M}" if self.since else ""


def late(*, cut: Cut) -> Sequence[Alert]:
    """Return where items wait for an authorizer longer than twice the target, the oldest first."""
    rows = counted(figure="waiting", cut=replace(cut, age="late"))
    found = rows.values_list("institution_id").annotate(Count("id"), Min("queued_at"))
    by_place = {place: (number, since) for place, number, since in found}
    above = people.parents_of(ids=by_place)
    counts: dict[int, int] = defaultdict(int)
    oldest: dict[int, datetime] = {}
    for own, (number, since) in by_place.items():
        place = above[own] or own
        counts[place] += number
        oldest[place] = min(since, oldest.get(place, since))
    names = {place.pk: place.name for place in people.institutions_by_id(ids=counts)}
    return [
        _alert(
            rules.LATE,
            names[place],
            Counted(counts[place], cut.link("waiting", age="late", place=place)),
            since=oldest[place],
        )
        for place in sorted(counts, key=lambda one: oldest[one])
    ]


def differences(*, waiting: Counted) -> Sequence[Alert]:
    """Return what waits too long for an auditor, of all places together."""
    return [_alert(rules.DIFFERENCES, "", waiting)] if waiting.count else []


def rejected(
    *, cut: Cut, cells: Mapping[tuple[int, int], Sums], names: Mapping[int, str]
) -> Sequence[Alert]:
    """Return the hours of places in which far more was rejected than on the day, worst first."""
    of = sum(one.rejected for one in cells.values())
    among = sum(one.decided for one in cells.values())
    found = [
        (place, hour, made)
        for (place, hour), made in cells.items()
        if rules.stands_out(made.rejected, made.decided, of=of, among=among)
    ]
    return [
        _alert(
            rules.REJECTED,
            names[place],
            Counted(made.rejected, cut.link("rejected", place=place, hour=hour), made.decided),
            hour=hour,
        )
        for place, hour, made in sorted(found, key=lambda one: (-one[2].rejected, one[1], one[0]))
    ]


def _alert(
    code: str,
    place: str,
    number: Counted,
    *,
    since: datetime | None = None,
    hour: int | None = None,
) -> Alert:
    kind, text = rules.ALERTS[code]
    return Alert(kind, text, place, number, since, hour)
