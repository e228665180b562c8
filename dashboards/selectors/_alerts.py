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
    above, own = ("institution__parent__name", "institution__parent_id"), "institution__name"
    found = rows.values_list(*above, own, "institution_id").annotate(
        n=Count("*"), oldest=Min("queued_at")
    )
    counts: dict[tuple[int, str], int] = defaultdict(int)
    oldest: dict[tuple[int, str], datetime] = {}
    for parent, parent_id, name, own_id, number, since in found:
        place = (parent_id, parent) if parent_id else (own_id, name)
        counts[place] += number
        oldest[place] = min(since, oldest.get(place, since))
    return [
        _alert(
            rules.LATE,
            place[1],
            Counted(counts[place], cut.link("waiting", age="late", place=place[0])),
            since=oldest[place],
        )
        for place in sorted(counts, key=lambda one: (oldest[one], one[0]))
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
