"""The board as it stands at a moment: tiles, quarters of an hour, queues, staff, reasons, heat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, Avg, Count, DecimalField, F, Func, IntegerField, Min, Q
from django.db.models.functions import ExtractHour, ExtractMinute

from authorization import rules as authorization_rules
from authorization import selectors as authorization
from dashboards import rules
from dashboards.rules import Counted, Cut
from dashboards.selectors._counted import aged, counted, waiting_of
from foundation.policy import selectors as policy
from monitoring import rules as monitoring_rules
from monitoring import selectors as monitoring


class Percentile95(Aggregate):
    """The value that 95 of 100 rows do not exceed."""

    function = "percentile_cont"
    template = "%(function)s(0.95) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DecimalField()


@dataclass(frozen=True)
class Tiles:
    """The figures on top; seconds to one place, None where nothing was decided."""

    decided: Counted
    decided_before: Counted
    change: Decimal | None
    average_seconds: Decimal | None
    average_before: Decimal | None
    p95_seconds: Decimal | None
    target_seconds: int
    waiting: Counted
    viewing: Counted
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


@dataclass(frozen=True)
class Person:
    """An authorizer's day: how many, how fast, how many no, and what is held now."""

    number: str
    label: str
    decided: Counted
    rejected: Counted
    average_seconds: Decimal | None
    busy_seconds: int | None
    busy_with: str


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


def board(*, on: date, at: datetime, under: int | None = None) -> Board:
    """Return the dashboard of a day at a moment, over the institutions in scope."""
    cut = Cut(on=on, until=at, under=under)
    before = _day_before(on)
    hours, heat = _heat(cut)
    queues = _queues(cut)
    return Board(
        cut=cut,
        before=before,
        tiles=_tiles(cut, cut.earlier(before) if before else None, queues),
        quarters=_quarters(cut, before),
        queues=queues,
        staff=_staff(cut),
        reasons=_reasons(cut),
        hours=hours,
        heat=heat,
        results=_results(cut),
    )


def _day_before(on: date) -> date | None:
    for days in range(1, rules.LOOK_BACK_DAYS + 1):
        if authorization.decisions_of(on=on - timedelta(days=days)).exists():
            return on - timedelta(days=days)
    return None


def _decided(cut: Cut) -> dict[str, Any]:
    target = policy.whole(code="authorization.target_seconds", on=cut.on) * 1000
    rows = counted(figure="decided", cut=cut)
    return rows.aggregate(
        decided=Count("id"),
        rejected=Count("id", filter=Q(step="reject")),
        returned=Count("id", filter=Q(step="return")),
        within=Count("id", filter=Q(view_ms__lte=target)),
        average=Avg("view_ms"),
        p95=Percentile95("view_ms"),
    )


def _tiles(cut: Cut, earlier: Cut | None, queues: Sequence[Queue]) -> Tiles:
    now = _decided(cut)
    past = _decided(earlier) if earlier else None
    decided, before = now["decided"], past["decided"] if past else 0
    waiting, differences = queues
    oldest = counted(figure="waiting", cut=cut).aggregate(at=Min("queued_at"))["at"]
    machine = counted(figure="judged", cut=cut).aggregate(
        judged=Count("id"), matched=Count("id", filter=Q(state=monitoring_rules.MATCHED))
    )

    def one(figure: str, count: int, of: int | None = None) -> Counted:
        return Counted(count, cut.link(figure), of)

    return Tiles(
        decided=one("decided", decided),
        decided_before=Counted(before, earlier.link("decided") if earlier else ""),
        change=rules.change(decided, before),
        average_seconds=rules.seconds(now["average"]),
        average_before=rules.seconds(past["average"]) if past else None,
        p95_seconds=rules.seconds(now["p95"]),
        target_seconds=policy.whole(code="authorization.target_seconds", on=cut.on),
        waiting=waiting.total,
        viewing=one("viewing", counted(figure="viewing", cut=cut).count()),
        longest_wait_seconds=int((cut.until - oldest).total_seconds()) if oldest else None,
        late=waiting.ages[-1],
        rejected=one("rejected", now["rejected"], decided),
        returned=one("returned", now["returned"], decided),
        matched=one("matched", machine["matched"], machine["judged"]),
        differences=differences.total,
        within=one("within", now["within"], decided),
        over=one("over", decided - now["within"], decided),
    )


def _by_quarter(cut: Cut) -> dict[int, tuple[int, Decimal]]:
    quarter = Func(
        ExtractMinute("at") / rules.QUARTER_MINUTES, function="floor", output_field=IntegerField()
    )
    rows = (
        counted(figure="decided", cut=cut)
        .annotate(hour_of=ExtractHour("at"), part=quarter)
        .values_list("hour_of", "part")
        .annotate(n=Count("id"), average=Avg("view_ms"))
        .order_by("hour_of", "part")
    )
    return {int(hour * 4 + part): (n, average) for hour, part, n, average in rows}


def _quarters(cut: Cut, before: date | None) -> Sequence[Quarter]:
    now = _by_quarter(cut)
    whole_day = timedelta(days=1)
    past = (
        _by_quarter(Cut(on=before, until=cut.until + whole_day, under=cut.under)) if before else {}
    )
    found = []
    for number in rules.quarters(*now, *past):
        count, average = now.get(number, (0, None))
        link = cut.link("decided", quarter=number)
        found.append(
            Quarter(
                text=rules.quarter_text(number),
                decided=Counted(count, link),
                before=past.get(number, (0, None))[0],
                average_seconds=rules.seconds(average),
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
    since, target = waiting_of(figure=figure, on=cut.on)
    found = counted(figure=figure, cut=cut).aggregate(
        fresh=Count("id", filter=aged(since=since, until=cut.until, target=target, age="fresh")),
        near=Count("id", filter=aged(since=since, until=cut.until, target=target, age="near")),
        late=Count("id", filter=aged(since=since, until=cut.until, target=target, age="late")),
        total=Count("id"),
    )
    ages = [Counted(found[age], cut.link(figure, age=age)) for age in rules.AGES]
    return Queue(text=text, ages=ages, total=Counted(found["total"], cut.link(figure)))


def _staff(cut: Cut) -> Sequence[Person]:
    held = {
        row.work_item.holder_id: row
        for row in counted(figure="viewing", cut=cut).select_related("work_item__holder")
        if row.work_item and row.work_item.holder_id
    }
    made = (
        counted(figure="decided", cut=cut)
        .values("decider_id", "decider__number", "decider_label")
        .annotate(n=Count("id"), no=Count("id", filter=Q(step="reject")), average=Avg("view_ms"))
        .order_by("-n", "decider_id")
    )
    people = [_person(cut, row, held.pop(row["decider_id"], None)) for row in made]
    return [
        *people,
        *(
            _person(
                cut,
                {
                    "decider__number": row.work_item.holder.number,
                    "decider_label": row.work_item.holder_label,
                    "n": 0,
                    "no": 0,
                    "average": None,
                },
                row,
            )
            for row in held.values()
        ),
    ]


def _person(cut: Cut, row: dict[str, Any], held: Any) -> Person:
    number = row["decider__number"]
    busy = (cut.until - held.opened_at).total_seconds() if held and held.opened_at else None
    return Person(
        number=number,
        label=row["decider_label"],
        decided=Counted(row["n"], cut.link("decided", decider=number)),
        rejected=Counted(row["no"], cut.link("rejected", decider=number), row["n"]),
        average_seconds=rules.seconds(row["average"]),
        busy_seconds=None if busy is None else max(0, int(busy)),
        busy_with=held.trade.name if held else "",
    )


def _reasons(cut: Cut) -> Sequence[Reason]:
    rows = (
        counted(figure="refused", cut=cut)
        .annotate(given=Func(F("reasons"), function="unnest"))
        .values_list("given")
        .annotate(n=Count("id"))
        .order_by("-n", "given")
    )
    return [
        Reason(
            code=code,
            text=authorization_rules.REASONS[code].text,
            counted=Counted(n, cut.link("refused", reason=code)),
        )
        for code, n in rows
    ]


def _heat(cut: Cut) -> tuple[Sequence[int], Sequence[HeatRow]]:
    """Return the hours and the rows: sub-branches over a branch, outlets below a sub-branch."""
    rows = (
        counted(figure="decided", cut=cut)
        .annotate(hour_of=ExtractHour("at"))
        .values_list(
            "institution_id", "institution__name", "institution__parent_id",
            "institution__parent__name", "hour_of",
        )
        .annotate(n=Count("id"), no=Count("id", filter=Q(step="reject")))
        .order_by("institution__parent__number", "institution__number", "hour_of")
    )  # fmt: skip
    found = list(rows)
    by_parent = len({row[2] for row in found}) > 1
    cells: dict[tuple[int, str], dict[int, list[int]]] = defaultdict(dict)
    for own_id, own_name, above_id, above_name, hour, n, no in found:
        place = (above_id, above_name) if by_parent else (own_id, own_name)
        cell = cells[place].setdefault(hour, [0, 0])
        cell[0], cell[1] = cell[0] + n, cell[1] + no
    hours = sorted({row[4] for row in found})
    shares = [rules.percent(no, n) or Decimal(0) for by in cells.values() for n, no in by.values()]
    most = max(shares, default=Decimal(0))
    return hours, [
        HeatRow(name, [_cell(cut, place, hour, by.get(hour, [0, 0]), most) for hour in hours])
        for (place, name), by in cells.items()
    ]


def _cell(cut: Cut, place: int, hour: int, counts: Sequence[int], most: Decimal) -> Heat:
    decided, rejected = counts
    link = cut.link("rejected", place=place, hour=hour)
    level = rules.heat(rules.percent(rejected, decided), most)
    return Heat(Counted(rejected, link, decided), level)


def _results(cut: Cut) -> Sequence[Result]:
    found = monitoring.counts(on=cut.on, under=cut.under)
    return [
        Result(
            text=result.text,
            kind=result.kind,
            counted=Counted(found[code], cut.link("pairs", result=code)),
        )
        for code, result in monitoring_rules.RESULTS.items()
        if found[code]
    ]
