"""What can be asked of second looks: the risk of a pair, one look, how well auditors find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet, Sum

from foundation.kernel import chance
from foundation.kernel.calendar import SHANGHAI
from foundation.policy import selectors as policy
from monitoring.models import Alert, Look, Match, SlipPoint
from monitoring.rules import alerts, board, looks

SHOWN = 200


@dataclass(frozen=True)
class Auditor:
    """One auditor's findings that another saw again: how many, and how many were wrong."""

    staff_id: int
    label: str
    drawn: int
    waiting: int
    seen: int
    disputed: int
    missed: int

    @property
    def bounds(self) -> chance.Bounds:
        """Return the exact interval of the share of wrong findings."""
        return chance.exact(part=self.missed, whole=self.seen)


def weighed(*, match: Match) -> looks.Pair:
    """Return a pair with what raises its risk: an open alert, the points of its outlet."""
    about = Q(entity__in=[one for one in (match.account_number, match.teller) if one])
    month = match.business_date.replace(day=1)
    points = SlipPoint.objects.filter(
        institution_id=match.institution_id, on__range=(month, match.business_date)
    ).aggregate(sum=Sum("points"))["sum"]
    medium = policy.whole(code=board.NUMBERS["medium_from"], on=match.business_date)
    return looks.Pair(
        match.trade_code,
        match.amount_fen or 0,
        alerted=Alert.objects.filter(about, state__in=alerts.OPEN).exists(),
        rated=(points or 0) >= medium,
    )


def look(*, look_id: int) -> Look | None:
    """Return a look among those that the person may see, or None."""
    rows = Look.objects.select_related(
        "match__institution",
        "match__document",
        "work_item",
        "first_by__institution",
        "looked_by",
        "judged_by",
    )
    found: Look | None = rows.filter(id=look_id).first()
    return found


def in_sight(*, ids: Sequence[int]) -> Sequence[int]:
    """Return those of the looks that the person may see."""
    return tuple(Look.objects.filter(id__in=ids).order_by("id").values_list("id", flat=True))


def of_match(*, match_id: int) -> Sequence[Look]:
    """Return the looks that a pair had, the earliest first."""
    rows = Look.objects.filter(match_id=match_id).select_related("looked_by")
    return tuple(rows.order_by("id")[:SHOWN])


def auditors(*, first: date, last: date) -> Sequence[Auditor]:
    """Return whose findings of these days were seen again and what came of it, by number."""
    seen = Q(state__in=(looks.BORNE_OUT, looks.UPHELD, looks.DISMISSED))
    rows = (
        _again(first, last)
        .order_by("first_by__number")
        .values("first_by_id", "first_by__number", "first_by__name")
        .annotate(
            drawn=Count("*"),
            waiting=Count("id", filter=Q(state=looks.WAITING)),
            seen=Count("id", filter=seen),
            disputed=Count("id", filter=Q(state=looks.DIFFERS)),
            missed=Count("id", filter=Q(state=looks.UPHELD)),
        )
    )
    return tuple(
        Auditor(
            row["first_by_id"],
            f"{row['first_by__number']} {row['first_by__name']}",
            *(row[name] for name in ("drawn", "waiting", "seen", "disputed", "missed")),
        )
        for row in rows[:SHOWN]
    )


def listed(
    *, kind: str, states: Sequence[str], first: date, last: date, of: int | None = None
) -> QuerySet[Look]:
    """Return looks opened on these days, of one auditor where said, the newest first."""
    rows = Look.objects.filter(opened_at__range=_span(first, last))
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(state__in=states) if states else rows
    rows = rows.filter(first_by_id=of) if of else rows
    related = rows.select_related("institution", "match", "first_by", "looked_by")
    return related.order_by("-id")


def _again(first: date, last: date) -> QuerySet[Look]:
    rows: QuerySet[Look] = Look.objects.filter(
        kind=looks.AGAIN, opened_at__range=_span(first, last)
    )
    return rows


def _span(first: date, last: date) -> tuple[datetime, datetime]:
    ends = datetime.combine(last + timedelta(days=1), time(), SHANGHAI)
    return datetime.combine(first, time(), SHANGHAI), ends - timedelta(microseconds=1)
