"""The rows behind every figure: the figure counts them, its link lists them, so the two agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from authorization import rules as authorization_rules
from authorization import selectors as authorization
from authorization.models import Decision, Request
from dashboards import rules
from dashboards.rules import Cut
from foundation.policy import selectors as policy
from monitoring import rules as monitoring_rules
from monitoring import selectors as monitoring
from monitoring.models import Match

PAGE = 50
# A list that is taken away as a file holds so many of its newest rows.
FILE_MOST = 5_000
STEPS = {
    "approved": ("approve",),
    "rejected": ("reject",),
    "returned": ("return",),
    "refused": ("reject", "return"),
}

# What is no decision of somebody at a desk stands apart from all other figures.
_APART = {"automatic": authorization.automatic_of, "on_paper": authorization.on_paper_of}

# In which states the items stand that a figure counts.
_STANDS = {
    "waiting": "+".join(authorization_rules.WAITING_IN),
    "viewing": authorization_rules.VIEWING,
    "on_site": authorization_rules.ON_SITE,
}

Found = tuple[Any, ...]
# What a row shows of what is counted; the rest is not carried fifty times.
_OF_A_DECISION = (
    "id", "request__number", "institution__name", "request__trade_code",
    "decider_label", "at", "view_ms", "step", "reasons",
)  # fmt: skip
_OF_AN_ITEM = (
    "id", "number", "institution__name", "trade_code", "teller_label", "queued_at", "state",
)  # fmt: skip
_ON_SITE = tuple("presented_at" if one == "queued_at" else one for one in _OF_AN_ITEM)
_OF_A_PAIR = (
    "id", "journal_no", "institution__name", "trade_code",
    "decided_label", "teller", "journal_at", "result",
)  # fmt: skip


class Row(NamedTuple):
    """One counted thing as the list shows it."""

    key: int
    address: tuple[str, str | int]
    number: str
    place: str
    what: str
    who: str
    at: datetime | None
    took: Decimal | None
    state: str
    state_text: str = ""
    state_kind: str = ""
    reasons: Sequence[str] = ()


@dataclass(frozen=True)
class Page:
    """One page of what a figure counts, and how much it counts in all."""

    figure: rules.Figure
    rows: Sequence[Row]
    total: int
    next_before: int | None


def counted(*, figure: str, cut: Cut) -> QuerySet[Any]:
    """Return the rows that the figure counts, unordered."""
    kind = rules.FIGURES[figure].rows
    if kind == rules.DECISIONS:
        return _decisions(figure, cut)
    return _items(figure, cut) if kind == rules.ITEMS else _pairs(figure, cut)


def in_file(*, figure: str, cut: Cut) -> Page:
    """Return the rows that the figure counts as a file of them holds, newest first."""
    return listed(figure=figure, cut=replace(cut, before=None), most=FILE_MOST)


def listed(*, figure: str, cut: Cut, most: int = 0) -> Page:
    """Return one page of the rows that the figure counts, newest first; of `most` rows."""
    most = most or PAGE
    rows = counted(figure=figure, cut=cut)
    before = rows.filter(id__lt=cut.before) if cut.before else rows
    columns, shown = _SHOWN.get(figure) or _SHOWN[rules.FIGURES[figure].rows]
    found = [shown(row) for row in before.order_by("-id").values_list(*columns)[: most + 1]]
    return Page(
        figure=rules.FIGURES[figure],
        rows=found[:most],
        total=rows.count(),
        next_before=found[most - 1].key if len(found) > most else None,
    )


def _decisions(figure: str, cut: Cut) -> QuerySet[Decision]:
    made = _APART.get(figure, authorization.decisions_of)
    rows = made(on=cut.on).filter(at__lt=cut.until + timedelta(seconds=1))
    rows = _narrowed(rows.order_by(), cut, "at")
    if cut.reason:
        rows = rows.filter(reasons__contains=[cut.reason])
    if cut.decider:
        rows = rows.filter(decider__number=cut.decider)
    if figure in STEPS:
        rows = rows.filter(step__in=STEPS[figure])
    if figure in ("within", "over"):
        target = policy.whole(code="authorization.target_seconds", on=cut.on) * 1000
        rows = rows.filter(Q(view_ms__lte=target) if figure == "within" else Q(view_ms__gt=target))
    return rows


def _items(figure: str, cut: Cut) -> QuerySet[Request]:
    chosen = authorization.Filter(on=cut.on, state=_STANDS[figure])
    since = "presented_at" if figure == "on_site" else "queued_at"
    rows = _narrowed(authorization.items(chosen=chosen).order_by(), cut, since)
    return _of_age(rows, figure, cut)


def _pairs(figure: str, cut: Cut) -> QuerySet[Match]:
    rows = (
        monitoring.open_differences()
        if figure == "differences"
        else monitoring.matches(
            chosen=monitoring.Filter(
                on=cut.on, result=cut.result, compared=figure in {"judged", "matched"}
            )
        )
    )
    rows = _narrowed(rows.order_by(), cut, "judged_at")
    if figure == "matched":
        rows = rows.filter(state=monitoring_rules.MATCHED)
    return _of_age(rows, figure, cut)


def _narrowed(rows: QuerySet[Any], cut: Cut, moment: str) -> QuerySet[Any]:
    for number in (cut.under, cut.place):
        if number:
            rows = rows.filter(institution__path__contains=f"/{number}/")
    if cut.hour is not None:
        rows = rows.filter(Q((f"{moment}__hour", cut.hour)))
    if cut.quarter is not None:
        first = cut.quarter % 4 * rules.QUARTER_MINUTES
        rows = rows.filter(
            Q((f"{moment}__hour", cut.quarter // 4)),
            Q((f"{moment}__minute__range", (first, first + rules.QUARTER_MINUTES - 1))),
        )
    return rows


@dataclass(frozen=True)
class Waiting:
    """Since which moment rows wait, and from when on they are within the target and its double."""

    since: str
    on_time: datetime
    twice: datetime

    def aged(self, age: str) -> Q:
        """Return what holds of the rows of one age."""
        if age == "fresh":
            return Q((f"{self.since}__gte", self.on_time))
        near = Q((f"{self.since}__lt", self.on_time)) & Q((f"{self.since}__gte", self.twice))
        return near if age == "near" else Q((f"{self.since}__lt", self.twice))


def waiting_of(*, figure: str, cut: Cut) -> Waiting:
    """Return by which clock a figure's rows wait: at a counter in real time, else when worked."""
    if rules.FIGURES[figure].rows == rules.ITEMS:
        code = "authorization.wait_target_seconds"
        target = timedelta(seconds=policy.whole(code=code, on=cut.on))
        return Waiting("queued_at", cut.until - target, cut.until - 2 * target)
    minutes = policy.whole(code="monitoring.wait_target_minutes", on=cut.on)
    calendar = policy.calendar(on=cut.on)
    return Waiting(
        "opened_at",
        calendar.before_working_minutes(cut.until, minutes),
        calendar.before_working_minutes(cut.until, 2 * minutes),
    )


def _of_age(rows: QuerySet[Any], figure: str, cut: Cut) -> QuerySet[Any]:
    return rows.filter(waiting_of(figure=figure, cut=cut).aged(cut.age)) if cut.age else rows


def _decision(found: Found) -> Row:
    key, number, place, code, who, at, took_ms, step, reasons = found
    return Row(
        key=key,
        address=("authorization:item", number),
        number=number,
        place=place,
        what=authorization_rules.CATALOGUE[code].name,
        who=who,
        at=at,
        took=rules.seconds(took_ms),
        state=step,
        reasons=reasons,
    )


def _item(found: Found) -> Row:
    key, number, place, code, who, at, state = found
    return Row(
        key=key,
        address=("authorization:item", number),
        number=number,
        place=place,
        what=authorization_rules.CATALOGUE[code].name,
        who=who,
        at=at,
        took=None,
        state=state,
    )


def _pair(found: Found) -> Row:
    key, number, place, code, auditor, teller, at, result = found
    finding = monitoring_rules.RESULTS[result]
    return Row(
        key=key,
        address=("monitoring:match", key),
        number=number or "—",
        place=place,
        what=monitoring.trade_name(code=code),
        who=auditor or teller,
        at=at,
        took=None,
        state=result,
        state_text=finding.text,
        state_kind=finding.kind,
    )


# By the figure that shows other columns, and by the kind of rows.
_SHOWN: dict[str, tuple[Sequence[str], Callable[[Found], Row]]] = {
    "on_site": (_ON_SITE, _item),
    rules.DECISIONS: (_OF_A_DECISION, _decision),
    rules.ITEMS: (_OF_AN_ITEM, _item),
    rules.PAIRS: (_OF_A_PAIR, _pair),
}
