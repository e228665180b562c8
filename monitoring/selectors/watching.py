"""What the centres can be asked about their own people's work, list by list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import CharField, Count, F, Max, Q
from django.db.models.functions import Cast

from authorization.selectors import measured as authorization
from foundation.kernel.calendar import SHANGHAI, Calendar
from foundation.people import selectors as people
from foundation.people.roles import Permission
from foundation.policy import selectors as policy
from foundation.trail import selectors as trail
from monitoring import rules as pairs_rules
from monitoring.models import Forcing, Keying, Look, Match
from monitoring.rules import forcing, looks
from monitoring.rules import watching as rules

SHOWN = 200
# Chance is reckoned from all pairs: those of three hundred keyers, each with each.
_PAIRS_MOST = 50_000
_JUDGED = (looks.BORNE_OUT, looks.UPHELD, looks.DISMISSED)
_ENDED_AS = tuple(
    dict.fromkeys(
        (
            *pairs_rules.RESULTS_OF[pairs_rules.FORCED],
            *pairs_rules.RESULTS_OF[pairs_rules.CONFIRMED],
        )
    )
)
_ONE = ("keyer__number", "keyer__name")
_OTHER = tuple(f"slice__keyings__{name}" for name in _ONE)


@dataclass(frozen=True)
class Dwell:
    """One authorizer: how many items, how long over each, and how that is beside the usual."""

    label: str
    decided: int
    seconds: Decimal
    of_usual: Decimal | None


@dataclass(frozen=True)
class Outside:
    """One of a vendor's people: slices keyed, those outside of office hours, the last of them."""

    label: str
    vendor: str
    slices: int
    outside: int
    last_at: datetime | None


@dataclass(frozen=True)
class Dispatched:
    """One dispatcher: how often each step was done with the items of others."""

    label: str
    steps: Mapping[str, int]


def dwells(*, first: date, last: date) -> Sequence[Dwell]:
    """Return how long each authorizer takes over an item, who is quickest first."""
    found = authorization.dwells(first=first, last=last)
    means = {row.label: Decimal(row.milliseconds) / 1000 / row.decided for row in found}
    usual = rules.usual(list(means.values()))
    rows = [
        Dwell(
            row.label,
            row.decided,
            means[row.label].quantize(Decimal("0.1")),
            (100 * means[row.label] / usual).quantize(Decimal(1)) if usual else None,
        )
        for row in found
    ]
    return sorted(rows, key=lambda row: (row.seconds, row.label))[:SHOWN]


def forced(*, first: date, last: date) -> Sequence[rules.Forced]:
    """Return what each auditor ended and matched by hand, the largest share first."""
    by_hand = Q(state=pairs_rules.FORCED)
    rows = (
        Match.objects.filter(
            business_date__range=(first, last),
            # What they can have come to, which is what the index of a day begins with.
            result__in=_ENDED_AS,
            state__in=(pairs_rules.FORCED, pairs_rules.CONFIRMED),
        )
        .order_by("decided_by__number")
        .values_list("decided_by_id", "decided_by__number", "decided_by__name")
        .annotate(ended=Count("*"), by_hand=Count("id", filter=by_hand))
    )
    known = {
        staff_id: rules.Forced(staff_id, f"{number} {name}", ended, forced_ones)
        for staff_id, number, name, ended, forced_ones in rows[: SHOWN * 5]
    }
    ended = sum(row.ended for row in known.values())
    all_by_hand = sum(row.by_hand for row in known.values())
    seen, second = _seen(first, last), _second(first, last)
    found = [
        replace(
            row,
            odd=rules.more_by_hand(row, ended=ended, by_hand=all_by_hand),
            **seen.get(row.staff_id, {}),
            **second.get(row.staff_id, {}),
        )
        for row in known.values()
    ]
    return sorted(found, key=lambda row: (not row.odd, -(row.share or 0), row.label))[:SHOWN]


def met(*, first: date, last: date) -> Sequence[rules.Pair]:
    """Return which two keyers keyed the same slices how often, what is odd first."""
    alike = Q(value=F("slice__keyings__value"))
    rows = (
        Keying.objects.filter(
            keyed_at__range=_span(first, last),
            arbiter=False,
            slice__keyings__arbiter=False,
            slice__keyings__keyer_id__gt=F("keyer_id"),
        )
        .order_by(*_ONE, *_OTHER)
        .values_list(*_ONE, *_OTHER)
        .annotate(
            met=Count("*"),
            alike=Count("id", filter=alike),
            wrong=Count("id", filter=alike & (Q(right=False) | _otherwise())),
        )
    )
    found = [
        rules.Met(f"{a} {b}", f"{c} {d}", *counts) for a, b, c, d, *counts in rows[:_PAIRS_MOST]
    ]
    return rules.pairs(found)[:SHOWN]


def outside(*, first: date, last: date) -> Sequence[Outside]:
    """Return what people of vendors keyed, and how much of it outside of office hours."""
    away = ~_within(policy.calendar(on=last), first, last)
    rows = (
        Keying.objects.filter(keyed_at__range=_span(first, last), keyer__vendor__isnull=False)
        .values_list(*_ONE, "keyer__vendor__name")
        .annotate(
            slices=Count("*"),
            outside=Count("id", filter=away),
            last_at=Max("keyed_at", filter=away),
        )
        .order_by("-outside", "keyer__number")
    )
    return tuple(Outside(f"{number} {name}", *more) for number, name, *more in rows[:SHOWN])


def dispatched(*, first: date, last: date) -> Sequence[Dispatched]:
    """Return how often each dispatcher stepped in, who did so most first."""
    staff = people.holders_in_scope(permission=Permission.QUEUE_DISPATCH, on=last)[:SHOWN]
    labels = [one.label for one in staff]
    counts = trail.counted(actors=labels, actions=rules.STEPS, since=first, until=last)
    rows = [
        Dispatched(label, {step: counts.get((label, step), 0) for step in rules.STEPS})
        for label in labels
    ]
    return sorted(rows, key=lambda row: (-sum(row.steps.values()), row.label))


def _seen(first: date, last: date) -> Mapping[int, dict[str, Any]]:
    """Return of how many matches by hand a colleague saw again, and how many were wrong."""
    rows = (
        Look.objects.filter(
            kind=looks.AGAIN, first=looks.AGREES, match__business_date__range=(first, last)
        )
        .order_by()
        .values_list("first_by_id")
        .annotate(
            seen=Count("id", filter=Q(state__in=_JUDGED)),
            wrong=Count("id", filter=Q(state=looks.UPHELD)),
        )
    )
    return {staff_id: {"seen": seen, "wrong": wrong} for staff_id, seen, wrong in rows}


def _second(first: date, last: date) -> Mapping[int, dict[str, Any]]:
    """Return how many matches by hand of colleagues a person decided, and let pass."""
    rows = (
        Forcing.objects.filter(decided_by__isnull=False, match__business_date__range=(first, last))
        .order_by()
        .values_list("decided_by_id")
        .annotate(decided=Count("*"), accepted=Count("id", filter=Q(state=forcing.ACCEPTED)))
    )
    return {staff_id: {"decided": n, "accepted": passed} for staff_id, n, passed in rows}


def _otherwise() -> Q:
    """Return what was keyed otherwise than it was booked, though an auditor saw that it agrees."""
    fen = Cast("slice__match__amount_fen", CharField())
    booked = {
        "amount": fen,
        "amount_words": fen,
        "account": F("slice__match__account_number"),
        "voucher_no": F("slice__match__voucher_no"),
    }
    differs = [Q(slice__field=name) & ~Q(value=value) for name, value in booked.items()]
    return Q(slice__match__state=pairs_rules.FORCED) & reduce(or_, differs)


def _within(calendar: Calendar, first: date, last: date) -> Q:
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    stretches = [
        Q(
            keyed_at__gte=datetime.combine(day, span.opens, SHANGHAI),
            keyed_at__lt=datetime.combine(day, span.closes, SHANGHAI),
        )
        for day in days
        for span in calendar.spans(day)
    ]
    return reduce(or_, stretches, Q(pk__in=[]))


def _span(first: date, last: date) -> tuple[datetime, datetime]:
    ends = datetime.combine(last + timedelta(days=1), time(), SHANGHAI)
    return datetime.combine(first, time(), SHANGHAI), ends - timedelta(microseconds=1)
