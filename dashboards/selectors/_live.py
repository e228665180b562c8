"""The board as it stands at a moment: tiles, quarters of an hour, queues, staff, reasons, heat."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Min

from authorization import rules as authorization_rules
from authorization import selectors as authorization
from authorization.models import Request
from dashboards import rules
from dashboards.rules import Counted, Cut
from dashboards.selectors import _alerts
from dashboards.selectors._alerts import Alert
from dashboards.selectors._counted import counted, waiting_of
from dashboards.selectors._decided import Day, average, decided
from dashboards.selectors._settled import Sums
from foundation.people import selectors as people
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.ui import idle
from monitoring import rules as monitoring_rules
from monitoring import selectors as monitoring

Standing = Mapping[tuple[str, str], int]
Cells = Mapping[tuple[int, int], Sums]
Names = Mapping[int, str]


@dataclass(frozen=True)
class Tiles:
    """The figures on top; seconds to one place, None where nothing was decided.

    What the automatic tier decided, and what was decided on paper, is in none of the others.
    """

    decided: Counted
    automatic: Counted
    on_paper: Counted
    decided_before: Counted
    change: Decimal | None
    average_seconds: Decimal | None
    average_before: Decimal | None
    p95_seconds: Decimal | None
    target_seconds: int
    waiting: Counted
    viewing: Counted
    on_site: Counted
    longest_wait_seconds: int | None
    late: Counted
    rejected: Counted
    returned: Counted
    matched: Counted
    differences: Counted
    within: Counted
    over: Counted


@dataclass(frozen=True)
class Quarter:
    """A quarter of an hour: decisions today and on the day before, and the average seconds."""

    text: str
    decided: Counted
    before: int
    average_seconds: Decimal | None


@dataclass(frozen=True)
class Queue:
    """A queue and how long its items have waited."""

    text: str
    ages: Sequence[Counted]
    total: Counted
    since: datetime | None


@dataclass(frozen=True)
class Person:
    """An authorizer's day: how many, how fast, how many no; what is held now, who is signed in."""

    number: str
    label: str
    decided: Counted
    rejected: Counted
    average_seconds: Decimal | None
    busy_seconds: int | None
    busy_with: str
    here: bool


@dataclass(frozen=True)
class Reason:
    """How often a reason was given for a no."""

    code: str
    text: str
    counted: Counted


@dataclass(frozen=True)
class Heat:
    """A cell of the heat map: rejections of decisions, and how hot that is."""

    rejected: Counted
    level: int


@dataclass(frozen=True)
class HeatRow:
    """A sub-branch or outlet by the hours of the day."""

    name: str
    cells: Sequence[Heat]


@dataclass(frozen=True)
class Result:
    """How many pairs came to a result."""

    text: str
    kind: str
    counted: Counted


@dataclass(frozen=True)
class Board:
    """Everything that the dashboard shows at one moment."""

    cut: Cut
    before: date | None
    tiles: Tiles
    quarters: Sequence[Quarter]
    queues: Sequence[Queue]
    staff: Sequence[Person]
    reasons: Sequence[Reason]
    hours: Sequence[int]
    heat: Sequence[HeatRow]
    results: Sequence[Result]
    alerts: Sequence[Alert]

    @property
    def here(self) -> int:
        """Return how many of the staff of the board are signed in at the moment."""
        return sum(one.here for one in self.staff)


@dataclass(frozen=True)
class _Now:
    """What stands at the moment: the queues, what is looked at, the pairs by result and state."""

    queues: Sequence[Queue]
    viewing: Sequence[Request]
    standing: Standing
    one_sided: Mapping[tuple[int, str], int]


def board(*, on: date, at: datetime, under: int | None = None) -> Board:
    """Return the dashboard of a day at a moment, over the institutions in scope."""
    cut, before = Cut(on=on, until=at, under=under), _day_before(on)
    target = policy.whole(code="authorization.target_seconds", on=on)
    day = decided(cut=cut, before=before, target_seconds=target)
    cells = _cells(day)
    names = {place.pk: place.name for place in people.institutions_by_id(ids={p for p, _ in cells})}
    hours, heat = _heat(cut, cells, names)
    now = _Now(
        queues=_queues(cut),
        viewing=tuple(counted(figure="viewing", cut=cut).select_related("work_item")),
        standing=monitoring.standing(on=on, under=under),
        one_sided=monitoring.one_sided(on=on, under=under),
    )
    return Board(
        cut=cut,
        before=before,
        tiles=_tiles(cut, cut.earlier(before) if before else None, day, now),
        quarters=_quarters(cut, day),
        queues=now.queues,
        staff=_staff(cut, day, now.viewing),
        reasons=_reasons(cut, day),
        hours=hours,
        heat=heat,
        results=_results(cut, now.standing),
        alerts=_told(cut, cells, names, now.queues),
    )


def _day_before(on: date) -> date | None:
    for days in range(1, rules.LOOK_BACK_DAYS + 1):
        if authorization.decisions_of(on=on - timedelta(days=days)).exists():
            return on - timedelta(days=days)
    return None


def _tiles(
    cut: Cut,
    earlier: Cut | None,
    day: Day,
    now: _Now,
) -> Tiles:
    made, past = day.in_all, day.before
    by_state = Counter[str]()
    for (result, state), number in now.standing.items():
        by_state[state] += number if result not in monitoring_rules.BREAKS else 0
    for (_place, state), number in now.one_sided.items():
        by_state[state] -= number
    compared = by_state.total() - by_state[monitoring_rules.WAITING]
    matched = by_state[monitoring_rules.MATCHED]
    waiting, differences = now.queues

    def one(figure: str, count: int, of: int | None = None) -> Counted:
        return Counted(count, cut.link(figure), of)

    return Tiles(
        decided=one("decided", made.decided),
        automatic=one("automatic", counted(figure="automatic", cut=cut).count()),
        on_paper=one("on_paper", counted(figure="on_paper", cut=cut).count()),
        decided_before=Counted(past.decided, earlier.link("decided") if earlier else ""),
        change=rules.change(made.decided, past.decided),
        average_seconds=average(sums=made),
        average_before=average(sums=past),
        p95_seconds=day.p95_seconds,
        target_seconds=day.target_seconds,
        waiting=waiting.total,
        viewing=one("viewing", len(now.viewing)),
        on_site=one("on_site", counted(figure="on_site", cut=cut).count()),
        longest_wait_seconds=_seconds_since(waiting.since, cut),
        late=waiting.ages[-1],
        rejected=one("rejected", made.rejected, made.decided),
        returned=one("returned", made.returned, made.decided),
        matched=one("matched", matched, compared),
        differences=differences.total,
        within=one("within", made.within, made.decided),
        over=one("over", made.decided - made.within, made.decided),
    )


def _seconds_since(since: datetime | None, cut: Cut) -> int | None:
    return int((cut.until - since).total_seconds()) if since else None


def _quarters(cut: Cut, day: Day) -> Sequence[Quarter]:
    found = []
    for number in rules.quarters(*day.quarters, *day.quarters_before):
        made = day.quarters.get(number, Sums())
        found.append(
            Quarter(
                text=rules.quarter_text(number),
                decided=Counted(made.decided, cut.link("decided", quarter=number)),
                before=day.quarters_before.get(number, 0),
                average_seconds=average(sums=made),
            )
        )
    return found


def _queues(cut: Cut) -> Sequence[Queue]:
    """Return the queue of authorization and that of audit, in this order."""
    return (
        _queue(cut, "Authorization", "waiting"),
        _queue(cut, "Voucher audit", "differences"),
    )


def _queue(cut: Cut, text: str, figure: str) -> Queue:
    waiting = waiting_of(figure=figure, cut=cut)
    found = counted(figure=figure, cut=cut).aggregate(
        fresh=Count("id", filter=waiting.aged("fresh")),
        near=Count("id", filter=waiting.aged("near")),
        late=Count("id", filter=waiting.aged("late")),
        total=Count("*"),
        since=Min(waiting.since),
    )
    ages = [Counted(found[age], cut.link(figure, age=age)) for age in rules.AGES]
    return Queue(
        text=text, ages=ages, total=Counted(found["total"], cut.link(figure)), since=found["since"]
    )


def _staff(cut: Cut, day: Day, viewing: Sequence[Request]) -> Sequence[Person]:
    """Return who decided, the most first, and then who only holds something now."""
    held = {
        row.work_item.holder_id: row for row in viewing if row.work_item and row.work_item.holder_id
    }
    made = sorted(day.people.items(), key=lambda one: (-one[1].decided, one[0]))
    rows = [*made, *((one, Sums()) for one in held if one not in day.people)]
    known = people.staff_by_id(ids=[one for one, _ in rows])
    left = idle.bank_seconds(on=cut.on)
    return [
        _person(
            cut, known[one], sums, held.get(one),
            here=idle.is_there(staff=known[one], at=cut.until, seconds=left),
        )
        for one, sums in rows
    ]  # fmt: skip


def _person(cut: Cut, staff: Staff, made: Sums, held: Request | None, *, here: bool) -> Person:
    busy = (cut.until - held.opened_at).total_seconds() if held and held.opened_at else None
    link = cut.link("rejected", decider=staff.number)
    return Person(
        number=staff.number,
        label=staff.label,
        decided=Counted(made.decided, cut.link("decided", decider=staff.number)),
        rejected=Counted(made.rejected, link, made.decided),
        average_seconds=average(sums=made),
        busy_seconds=None if busy is None else max(0, int(busy)),
        busy_with=held.trade.name if held else "",
        here=here,
    )


def _reasons(cut: Cut, day: Day) -> Sequence[Reason]:
    return [
        Reason(
            code=code,
            text=authorization_rules.REASONS[code].text,
            counted=Counted(n, cut.link("refused", reason=code)),
        )
        for code, n in sorted(day.reasons.items(), key=lambda one: (-one[1], one[0]))
    ]


def _told(cut: Cut, cells: Cells, names: Names, queues: Sequence[Queue]) -> Sequence[Alert]:
    """Return the alerts, the gravest kind first."""
    _waiting, audit = queues
    return [
        *_alerts.late(cut=cut),
        *_alerts.differences(waiting=audit.ages[-1]),
        *_alerts.rejected(cut=cut, cells=cells, names=names),
    ][: rules.ALERTS_MOST]


def _cells(day: Day) -> Cells:
    """Return decisions by hour and place: the sub-branches of a branch, the outlets of one."""
    above = people.parents_of(ids={place for place, _ in day.places})
    by_parent = len(set(above.values())) > 1
    cells: dict[tuple[int, int], Sums] = defaultdict(Sums)
    for (own, hour), sums in day.places.items():
        cells[(by_parent and above[own]) or own, hour] += sums
    return cells


def _heat(cut: Cut, cells: Cells, names: Names) -> tuple[Sequence[int], Sequence[HeatRow]]:
    """Return the hours and the rows of places."""
    hours = sorted({hour for _, hour in cells})
    shares = [rules.percent(one.rejected, one.decided) or Decimal(0) for one in cells.values()]
    most = max(shares, default=Decimal(0))
    return hours, [
        HeatRow(
            name,
            [_cell(cut, place, hour, cells.get((place, hour), Sums()), most) for hour in hours],
        )
        for place, name in names.items()
    ]


def _cell(cut: Cut, place: int, hour: int, made: Sums, most: Decimal) -> Heat:
    link = cut.link("rejected", place=place, hour=hour)
    level = rules.heat(rules.percent(made.rejected, made.decided), most)
    return Heat(Counted(made.rejected, link, made.decided), level)


def _results(cut: Cut, standing: Standing) -> Sequence[Result]:
    found = Counter[str]()
    for (result, _state), number in standing.items():
        found[result] += number
    return [
        Result(
            text=result.text,
            kind=result.kind,
            counted=Counted(found[code], cut.link("pairs", result=code)),
        )
        for code, result in monitoring_rules.RESULTS.items()
        if found[code]
    ]
