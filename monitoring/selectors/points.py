"""What a month came to for each outlet: what was audited, errors, points, lateness, the score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import NamedTuple

from django.db.models import Count, Max, Q, Sum

from authorization.selectors import days
from foundation.people import selectors as people
from foundation.policy import selectors as policy
from monitoring import rules as pairs
from monitoring.models import Match, Slip, SlipPoint
from monitoring.rules import points as rules
from monitoring.rules import slips
from monitoring.rules.bulletin import Month
from monitoring.selectors.slips import FIGURES

PAIRS = days.Question(
    "pairs",
    f"""
SELECT business_date, institution_id,
       count(*) FILTER (WHERE state <> 'waiting'), count(*) FILTER (WHERE state = 'matched')
  FROM monitoring_match
 WHERE business_date = ANY (%(days)s::date[]) AND {days.IN_SCOPE} GROUP BY 1, 2
""",  # noqa: S608 -- the part put in is a constant
    late="monitoring_latepair",
)


class OutletMonth(NamedTuple):
    """One institution's month: what was counted, and the score by the weights of its last day."""

    institution: people.Place
    counted: rules.Counted
    score: rules.Score


def month(*, month: Month, under: int | None = None) -> Sequence[OutletMonth]:
    """Return the month of every outlet in sight that has anything, the best score first."""
    counted = counts(month=month, under=under)
    force = weights(on=month.last)
    rows = [
        OutletMonth(place, counted[place.pk], rules.score(counted[place.pk], force))
        for place in people.places_by_id(ids=tuple(counted))
        if place.kind == "outlet"
    ]
    return sorted(rows, key=lambda row: (-row.score.total, row.institution.number))


def counts(*, month: Month, under: int | None = None) -> Mapping[int, rules.Counted]:
    """Return what is counted of each institution in sight, in three questions."""
    audited, told, charged = _audited(month, under), _told(month, under), _charged(month, under)
    return {
        place: rules.Counted(
            *audited.get(place, (0, 0)), **told.get(place, {}), points=charged.get(place, 0)
        )
        for place in sorted({*audited, *told, *charged})
    }


def together(*, rows: Sequence[rules.Counted]) -> rules.Counted:
    """Return the sum of what was counted; the gravest is the gravest of all."""
    names = ("audited", "matched", "errors", "points", "clocked", "late", "repeated", "rungs")
    columns = zip(*map(attrgetter(*names), rows), strict=True)
    sums = dict(zip(names, map(sum, columns), strict=True)) if rows else {}
    return rules.Counted(**sums, gravest=max((row.gravest for row in rows), default=0))


def weights(*, on: date) -> rules.Weights:
    """Return how much the parts of a score are worth on a day."""
    numbers = policy.wholes(codes=rules.NUMBERS.values(), on=on)
    return rules.Weights(**{name: numbers[code] for name, code in rules.NUMBERS.items()})


def _audited(month: Month, under: int | None) -> Mapping[int, tuple[int, int]]:
    """Return how many pairs were judged and how many matched."""
    if under is None:
        return _audited_by_day(month)
    rows = Match.objects.filter(business_date__range=(month.first, month.last))
    counted = rows.filter(_under(under)).order_by().values_list("institution_id")
    found = counted.annotate(
        audited=Count("state", filter=~Q(state=pairs.WAITING)),
        matched=Count("state", filter=Q(state=pairs.MATCHED)),
    )
    return {place: (audited, matched) for place, audited, matched in found}


def _audited_by_day(month: Month) -> Mapping[int, tuple[int, int]]:
    """Return the same of all in sight; a day that is over is counted once (decision 0221)."""
    found: dict[int, tuple[int, int]] = {}
    for place, judged, alike in days.lines(question=PAIRS, first=month.first, last=month.last):
        audited, matched = found.get(place, (0, 0))
        found[place] = (audited + judged, matched + alike)
    return found


def _told(month: Month, under: int | None) -> Mapping[int, dict[str, int]]:
    rows = Slip.objects.filter(issued_on__range=(month.first, month.last))
    found = (
        rows.filter(_under(under))
        .exclude(kind=slips.CASE)
        .order_by()
        .values("institution_id")
        .annotate(
            errors=Count("id", filter=FIGURES["errors"]),
            gravest=Max("error_class", filter=FIGURES["errors"], default=0),
            clocked=Count("id", filter=FIGURES["clocked"]),
            late_ones=Count("id", filter=FIGURES["late"]),
            again=Count("id", filter=FIGURES["repeated"]),
            rungs=Sum("rung", filter=FIGURES["rungs"], default=0),
        )
    )
    return {
        row["institution_id"]: {
            "errors": row["errors"], "gravest": row["gravest"], "clocked": row["clocked"],
            "late": row["late_ones"], "repeated": row["again"], "rungs": row["rungs"],
        }
        for row in found
    }  # fmt: skip


def _charged(month: Month, under: int | None) -> Mapping[int, int]:
    rows = SlipPoint.objects.filter(on__range=(month.first, month.last)).filter(_under(under))
    return dict(rows.order_by().values_list("institution_id").annotate(sum=Sum("points")))


def _under(under: int | None) -> Q:
    return Q(institution__path__contains=f"/{under}/") if under else Q()
