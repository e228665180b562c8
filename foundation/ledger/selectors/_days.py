"""Business days: where each institution stands, what keeps a day open, its closings and report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from foundation.ledger import rules
from foundation.ledger.models import (
    BusinessDay,
    DayCarry,
    DayClosing,
    DayOpening,
    DayRun,
    DaySignature,
    Reopening,
)
from foundation.people import selectors as people
from foundation.people.models import Institution
from foundation.trail import selectors as trail
from foundation.trail.models import Event
from foundation.trail.rules import Head

PLACES_MAX = 500


@dataclass(frozen=True)
class PlaceDay:
    """An institution and its latest business day, if it ever had one."""

    institution: Institution
    day: BusinessDay | None


@dataclass(frozen=True)
class Console:
    """All that the page of a business day shows."""

    day: BusinessDay
    blockers: Sequence[rules.Blocker]
    closing: DayClosing | None
    signatures: Sequence[DaySignature]
    superseded: Sequence[DayClosing]
    reopening: Reopening | None
    latest: bool
    timeline: Sequence[Event]

    @property
    def steps(self) -> Sequence[str]:
        """Return the steps open from the day's state."""
        return tuple(rules.DAY_FLOW.steps_from(self.day.state))

    @property
    def standing(self) -> int:
        """Return how many checks keep the day from being sealed."""
        return sum(blocker.stands for blocker in self.blockers)


@dataclass(frozen=True)
class CurrencyTotal:
    """What an institution posted in one currency on a day."""

    currency: str
    legs: int
    debit_fen: int
    credit_fen: int


@dataclass(frozen=True)
class Report:
    """The report of one closing: figures, seal, what was carried, who signed."""

    closing: DayClosing
    totals: Sequence[CurrencyTotal]
    carried: Sequence[Mapping[str, object]]
    signatures: Sequence[DaySignature]
    superseded_by: Reopening | None


@dataclass(frozen=True)
class ToSign:
    """A report that waits for a signature; `mine` when the one who looks has signed it."""

    closing: DayClosing
    totals: Sequence[CurrencyTotal]
    mine: bool


def latest_days() -> Sequence[PlaceDay]:
    """Return every institution in scope with its latest day, in the order of the tree."""
    rows = BusinessDay.objects.order_by("institution_id", "-date").distinct("institution_id")
    latest = {row.institution_id: row for row in rows}
    places = people.institutions_in_scope()[:PLACES_MAX]
    return tuple(PlaceDay(place, latest.get(place.pk)) for place in places)


def without_day(*, on: date) -> Sequence[int]:
    """Return the institutions in scope whose latest day is before a date."""
    rows = BusinessDay.objects.order_by("institution_id", "-date").distinct("institution_id")
    return tuple(place for place, last in rows.values_list("institution_id", "date") if last < on)


def refused_openings(*, places: Sequence[int]) -> Mapping[int, DayOpening]:
    """Return of each institution the opening by the schedule that was refused for its next day."""
    later = BusinessDay.objects.filter(
        institution=OuterRef("institution"), date__gte=OuterRef("business_date")
    )
    rows = DayOpening.objects.filter(~Exists(later), institution_id__in=places)
    rows = rows.exclude(result=rules.DAY_OPEN).order_by("institution_id", "-business_date")
    return {row.institution_id: row for row in rows.distinct("institution_id")}


def to_sign(*, person: UUID) -> Sequence[ToSign]:
    """Return the sealed days in scope that wait for a signature, at most so many."""
    given_up = Reopening.objects.filter(closing=OuterRef("pk"), approved=True)
    rows = DayClosing.objects.filter(~Exists(given_up), day__state=rules.DAY_SEALED)
    rows = rows.select_related("institution", "day").prefetch_related("signatures")
    rows = rows.order_by("institution__number", "id")[:PLACES_MAX]
    return tuple(ToSign(row, _totals(row), _mine(row, person)) for row in rows)


def day(*, day_id: int) -> BusinessDay:
    """Return a business day, or refuse: unknown and out of sight are the same answer."""
    found: BusinessDay | None = (
        BusinessDay.objects.select_related("institution").filter(id=day_id).first()
    )
    if found is None:
        raise rules.NoSuchDay
    return found


def console(*, day_id: int) -> Console:
    """Return all that the page of a day shows; refuse one out of sight."""
    found = day(day_id=day_id)
    closing = closing_in_force(day=found)
    undecided = found.state in (rules.DAY_OPEN, rules.DAY_CLOSING)
    waiting = Reopening.objects.filter(closing=closing, approved=None).first() if closing else None
    later = BusinessDay.objects.filter(institution_id=found.institution_id, date__gt=found.date)
    given_up = closings(day=found).exclude(pk=closing.pk if closing else 0)
    return Console(
        day=found,
        blockers=blockers(day=found) if undecided else (),
        closing=closing,
        signatures=signatures(closing=closing) if closing else (),
        superseded=tuple(given_up.order_by("-round")[:20]),
        reopening=waiting,
        latest=not later.exists(),
        timeline=trail.timeline(subject=f"ledger.day:{found.institution_id}/{found.date}"),
    )


def closings(*, day: BusinessDay) -> QuerySet[DayClosing]:
    """Return every closing of a day, superseded ones too."""
    rows: QuerySet[DayClosing] = DayClosing.objects.filter(day=day)
    return rows


def closing_in_force(*, day: BusinessDay) -> DayClosing | None:
    """Return the closing that was not given up, or None."""
    given_up = Reopening.objects.filter(closing=OuterRef("pk"), approved=True)
    found: DayClosing | None = (
        closings(day=day).filter(~Exists(given_up)).order_by("-round").first()
    )
    return found


def signatures(*, closing: DayClosing) -> Sequence[DaySignature]:
    """Return who signed a closing, in order."""
    rows = DaySignature.objects.filter(closing=closing)
    return tuple(rows.order_by("place"))


def blockers(*, day: BusinessDay) -> Sequence[rules.Blocker]:
    """Return what each check finds open at the day's institution, and what is carried of it."""
    turn = closings(day=day).count() + 1
    rows = DayCarry.objects.filter(day=day, round=turn).order_by("id")
    said = {row.check_code: row for row in rows}
    found = []
    for check in rules.day_checks():
        seen, row = check.find(day.institution_id, day.date), said.get(check.code)
        found.append(
            rules.Blocker(
                code=check.code,
                title=check.title,
                count=seen.count,
                address=seen.address,
                carried=row.count if row else 0,
                reason=row.reason if row else "",
                by=row.label if row else "",
            )
        )
    return tuple(found)


def report(*, closing_id: int) -> Report:
    """Return the report of a closing, in force or superseded; refuse one out of sight."""
    rows = DayClosing.objects.select_related("institution", "day")
    closing: DayClosing | None = rows.filter(id=closing_id).first()
    if closing is None:
        raise rules.NoSuchDay
    titles = {check.code: check.title for check in rules.day_checks()}
    return Report(
        closing=closing,
        totals=_totals(closing),
        carried=[
            {**one, "title": titles.get(one["check"], one["check"])} for one in closing.carried
        ],
        signatures=signatures(closing=closing),
        superseded_by=Reopening.objects.filter(closing=closing, approved=True).first(),
    )


def seal_heads() -> Mapping[int, Head]:
    """Return the last seal of every institution in scope, superseded or not."""
    rows = DayClosing.objects.order_by("institution_id", "-seq").distinct("institution_id")
    return {row.institution_id: Head(row.seq, row.digest) for row in rows}


def runs(*, key: UUID) -> Sequence[DayRun]:
    """Return the institutions of one run with what came of each, in the order of their numbers."""
    rows = DayRun.objects.filter(key=key).select_related("institution", "day")
    return tuple(rows.order_by("institution__number", "id")[:PLACES_MAX])


def _totals(closing: DayClosing) -> Sequence[CurrencyTotal]:
    return tuple(
        CurrencyTotal(currency, said["legs"], said["debit"], said["credit"])
        for currency, said in sorted(closing.figures.items())
    )


def _mine(closing: DayClosing, person: UUID) -> bool:
    return any(one.person == person for one in closing.signatures.all())
