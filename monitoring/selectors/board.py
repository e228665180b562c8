"""The board of monitoring at a business date: every figure with the list that it counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, overload

from django.db.models import Count, Q, Sum
from django.utils.http import urlencode

from foundation.ledger import selectors as ledger
from foundation.people import selectors as people
from foundation.policy import selectors as policy
from monitoring import rules as pairs
from monitoring.models import Alert, Match, Slip, SlipPoint
from monitoring.rules import alerts as alert_rules
from monitoring.rules import board as rules
from monitoring.rules import slips as slip_rules
from monitoring.rules import workshop
from monitoring.selectors import keyed_pairs, one_sided


@dataclass(frozen=True)
class Figure:
    """A figure, what it is of, and the query of the list behind it."""

    count: int
    of: int = 0
    query: str = ""

    @property
    def share(self) -> Decimal | None:
        """Return the share in percent, or None."""
        return rules.percent(self.count, self.of)


@dataclass(frozen=True)
class Cell:
    """Alerts of one outlet at one risk link, and how hot that is."""

    figure: Figure
    level: int


@dataclass(frozen=True)
class Outlet:
    """One outlet: its day, what stands against it, and how it is rated."""

    number: str
    name: str
    pairs: Figure
    matched: Figure
    open: Figure
    breaks: Figure
    alerts: Figure
    overdue: Figure
    points: Figure
    risk: int
    rating: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Board:
    """The day of all in sight, the alerts and slips as they stand, and the outlets by risk."""

    on: date
    first: date
    coverage: Figure
    matched: Figure
    forced: Figure
    keyed: Figure
    breaks: Figure
    open: Figure
    alerts: Figure
    precise: Figure
    wrong: Figure
    overdue: Figure
    awaited: Figure
    outlets: Outlets


Counts = Mapping[int, Counter[str]]


@dataclass(frozen=True)
class _Counted:
    """What was counted by institution: the day, alerts, alerts by link, slips, points."""

    day: Counts
    alerts: Counts
    links: Counts
    slips: Counts
    points: Mapping[int, int]

    @property
    def places(self) -> set[int]:
        """Return the ids of all institutions of which anything was counted."""
        return {*self.day, *self.alerts, *self.slips, *self.points}


_NONE: Counter[str] = Counter()
_NOTHING = Figure(0)
_COLD = Cell(_NOTHING, 0)


class _Ranked(NamedTuple):
    """An institution and how risky it stands."""

    place: people.Place
    stands: rules.Stands
    risk: int


class Outlets(Sequence[Outlet]):
    """The outlets, the riskiest first; only what is taken out is made, as a page shows fifty."""

    def __init__(self, on: date, first: date, counted: _Counted) -> None:
        """Rank the outlets by what was counted."""
        self._counted, self._asked = counted, _asked(on, first)
        self._force = weights(on=on)
        self._hottest = max(
            (count for row in counted.links.values() for count in row.values()), default=0
        )
        known = people.places_by_id(ids=sorted(counted.places))
        found = map(self._rank, known)
        self._ranked = sorted(found, key=lambda row: (-row.risk, row.place.number))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._ranked)

    @overload
    def __getitem__(self, wanted: int) -> Outlet: ...
    @overload
    def __getitem__(self, wanted: slice) -> Sequence[Outlet]: ...
    def __getitem__(self, wanted: int | slice) -> Outlet | Sequence[Outlet]:
        """Return one outlet, or those of a slice."""
        if isinstance(wanted, slice):
            return [self._outlet(row) for row in self._ranked[wanted]]
        return self._outlet(self._ranked[wanted])

    def _rank(self, place: people.Place) -> _Ranked:
        watched = self._counted.alerts.get(place.pk)
        told = self._counted.slips.get(place.pk)
        stands = rules.Stands(
            **{level: watched[level] for level in workshop.LEVELS} if watched else {},
            overdue=told["overdue"] if told else 0,
            points=self._counted.points.get(place.pk, 0),
        )
        return _Ranked(place, stands, stands.risk(self._force))

    def _outlet(self, row: _Ranked) -> Outlet:
        place = row.place
        own = self._counted.day.get(place.pk, _NONE)
        watched = self._counted.alerts.get(place.pk, _NONE)
        links = self._counted.links.get(place.pk, _NONE)

        def opened(kind: str, count: int, of: int = 0) -> Figure:
            if not count:
                return Figure(0, of) if of else _NOTHING
            return Figure(count, of, f"{self._asked[kind]}&under={place.pk}")

        return Outlet(
            number=place.number,
            name=place.name,
            pairs=opened("pairs", own["all"]),
            matched=opened("matched", own["matched whole"], own["compared"]),
            open=opened("open", own[pairs.OPEN]),
            breaks=opened("breaks", own["breaks"]),
            alerts=opened("alerts", watched["open"]),
            overdue=opened("overdue", row.stands.overdue),
            points=opened("points", row.stands.points),
            risk=row.risk,
            rating=rules.rating(row.risk, self._force),
            cells=[
                Cell(opened(link, links[link]), rules.heat(links[link], self._hottest))
                if link in links
                else _COLD
                for link in workshop.LINKS
            ],
        )


def board(*, on: date, at: datetime) -> Board:
    """Return the board of a business date; alerts and slips as they stand at a moment.

    Eight questions, however many outlets there are (DOMAIN §5.8). Compared is a journal line beside
    its voucher, of all lines of the day: each must have one. Of what was compared the machine has
    matched so many, and people others; a side that is missing is a break, and no comparison.
    """
    first = on - timedelta(days=rules.DAYS - 1)
    counted = _Counted(_day(on), *_alerts(first, on), _slips(at), _points(on))
    sums, stands = _together(counted.day), _together(counted.alerts)
    told = _together(counted.slips)
    keyed = keyed_pairs(on=on).count()
    compared, whole = sums["compared"], {"on": on, "compared": "on"}
    since = {"first": first, "last": on}
    ended = {"true": stands["true"], "false": stands["false"]}
    return Board(
        on=on,
        first=first,
        coverage=Figure(compared, ledger.lines_posted(on=on), _query(**whole)),
        matched=Figure(sums["matched whole"], compared, _query(**whole, state=pairs.MATCHED)),
        forced=Figure(sums["forced whole"], compared, _query(**whole, state=pairs.FORCED)),
        keyed=Figure(keyed, sums["all"], _query(on=on, keyed="on")),
        breaks=Figure(sums["breaks"], sums["all"], _query(**_breaks(on))),
        open=Figure(sums[pairs.OPEN], sums["all"], _query(on=on, state=pairs.OPEN)),
        alerts=Figure(stands["open"], 0, _query(state="open", **since)),
        precise=Figure(ended["true"], sum(ended.values()), _query(state="true", **since)),
        wrong=Figure(
            ended["false"], sum(ended.values()), _query(state=alert_rules.CLOSED_FALSE, **since)
        ),
        overdue=Figure(told["overdue"], told["awaited"], _query(stands="overdue")),
        awaited=Figure(told["awaited"], 0, _query(stands="outlet")),
        outlets=Outlets(on, first, counted),
    )


def weights(*, on: date) -> rules.Weights:
    """Return what weighs how much on a day."""
    numbers = policy.wholes(codes=rules.NUMBERS.values(), on=on)
    return rules.Weights(**{name: numbers[code] for name, code in rules.NUMBERS.items()})


def _day(on: date) -> Counts:
    found: dict[int, Counter[str]] = defaultdict(Counter)
    rows = Match.objects.filter(business_date=on).order_by()
    for place, state, result, count in rows.values_list(
        "institution_id", "state", "result"
    ).annotate(n=Count("*")):
        found[place][state] += count
        found[place]["all"] += count
        if result in pairs.BREAKS:
            found[place]["breaks"] += count if state == pairs.OPEN else 0
        elif state in pairs.JUDGED:
            found[place]["compared"] += count
            found[place][f"{state} whole"] += count
    for (place, state), count in one_sided(on=on).items():
        found[place]["compared"] -= count
        found[place][f"{state} whole"] -= count
    return found


def _alerts(first: date, on: date) -> tuple[Counts, Counts]:
    found: dict[int, Counter[str]] = defaultdict(Counter)
    links: dict[int, Counter[str]] = defaultdict(Counter)
    rows = Alert.objects.filter(last_day__gte=first, day__lte=on).order_by()
    for place, state, level, link, count in rows.values_list(
        "institution_id", "state", "level", "rule__link"
    ).annotate(n=Count("*")):
        links[place][link] += count
        found[place]["all"] += count
        if state in alert_rules.OPEN:
            found[place]["open"] += count
            found[place][level] += count
        elif state in alert_rules.TRUE:
            found[place]["true"] += count
        elif state == alert_rules.CLOSED_FALSE:
            found[place]["false"] += count
    return found, links


def _slips(at: datetime) -> Counts:
    rows = Slip.objects.filter(state__in=slip_rules.WITH_OUTLET).exclude(kind=slip_rules.CASE)
    counted = rows.order_by().values_list("institution_id")
    return {
        place: Counter(awaited=awaited, overdue=overdue)
        for place, awaited, overdue in counted.annotate(
            awaited=Count("*"), overdue=Count("id", filter=Q(due_at__lt=at))
        )
    }


def _points(on: date) -> Mapping[int, int]:
    rows = SlipPoint.objects.filter(on__range=(on.replace(day=1), on)).order_by()
    return dict(rows.values_list("institution_id").annotate(sum=Sum("points")))


def _together(counts: Counts) -> Counter[str]:
    total: Counter[str] = Counter()
    for row in counts.values():
        for name, count in row.items():
            total[name] += count
    return total


def _breaks(on: date) -> Mapping[str, Any]:
    return {"on": on, "result": "+".join(pairs.BREAKS), "state": pairs.OPEN}


def _asked(on: date, first: date) -> Mapping[str, str]:
    """Return the query of each figure's list but for its outlet; a link's by its own name."""
    since = {"first": first, "last": on}
    return {
        "pairs": _query(on=on),
        "matched": _query(on=on, compared="on", state=pairs.MATCHED),
        "open": _query(on=on, state=pairs.OPEN),
        "breaks": _query(**_breaks(on)),
        "alerts": _query(state="open", **since),
        "overdue": _query(stands="overdue"),
        "points": _query(month=f"{on:%Y-%m}", figure="errors"),
        **{link: _query(link=link, **since) for link in workshop.LINKS},
    }


def _query(**asked: Any) -> str:
    return urlencode({name: str(value) for name, value in asked.items()})
