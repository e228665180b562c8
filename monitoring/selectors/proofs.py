"""What can be asked of automatic passes: what to cut, what was keyed, the curve, the lists."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from foundation.kernel import chance
from foundation.policy import selectors as policy
from monitoring import rules
from monitoring.models import Match, Proof, Slice
from monitoring.rules import entry, looks, passes
from monitoring.rules.passes import Cut
from monitoring.selectors import shared_fen
from monitoring.selectors.entry import Wanted

SAME = "monitoring.same_confidence_min"
SHOWN = 200
# Figures of the page, and which pairs each of them counts beside those of the days.
FIGURES: Mapping[str, Q] = {
    passes.PASSED: Q(),
    passes.MANUAL: Q(),
    passes.DRAWN: Q(proof__isnull=False),
    passes.KEYED: Q(proof__state=looks.KEYING),
    passes.PROVED: Q(proof__state__in=looks.RIGHT),
    passes.MISSED: Q(proof__state__in=looks.WRONG),
    passes.UNPROVED: Q(proof__state=looks.UNPROVED),
}


@dataclass(frozen=True)
class Line:
    """How passes of an outlet or a month were proved, or of all; `cut` is of which pairs."""

    cut: Cut
    name: str
    passed: int
    drawn: int
    proved: int
    missed: int

    @property
    def bounds(self) -> chance.Bounds:
        """Return the exact interval of the share of missed errors."""
        return chance.exact(part=self.missed, whole=self.proved + self.missed)


@dataclass(frozen=True)
class Figures:
    """The whole, the curve, and the lines by layout of the vouchers, by outlet and by month."""

    whole: Line
    keying: int
    unproved: int
    points: Sequence[passes.Point]
    layouts: Sequence[Line]
    outlets: Sequence[Line]
    months: Sequence[Line]


def wanted(*, match_id: int) -> Sequence[Wanted]:
    """Return the decisive fields of a drawn pair that can be cut out of its pages.

    The amount in capitals stands for the one in figures only where that has no place.
    """
    proof = Proof.objects.filter(match_id=match_id, state=looks.KEYING).select_related("match")
    found = proof.first()
    if found is None:
        return ()
    placed = {
        field.name: Wanted(field.name, field.page_id, field.box)
        for field in found.match.compared
        if field.name in entry.ASKED and field.decides and field.page_id and field.box
    }
    if "amount" in placed:
        placed.pop("amount_words", None)
    return tuple(placed.values())


def slices(*, match_id: int) -> Sequence[Slice]:
    """Return what was cut out of a drawn pair."""
    rows = Slice.objects.filter(match_id=match_id).exclude(state=entry.VOID)
    return tuple(rows.order_by("id"))


def answers(*, match: Match) -> Mapping[str, bool | None] | None:
    """Return of each field whether it was keyed as booked, None where nobody could read it.

    None altogether while anything is to be keyed, or nothing was cut yet.
    """
    rows = slices(match_id=match.pk)
    if not rows or any(row.state in entry.SLICE_OPEN for row in rows):
        return None
    booked = {field.name: field.expected for field in match.compared}
    fen = shared_fen(match=match)
    return {
        row.field: None
        if row.answer == entry.ILLEGIBLE
        else entry.agrees(row.field, row.answer, booked[row.field], fen)
        for row in rows
    }


def figures(*, cut: Cut) -> Figures:
    """Return how automatic passes of these days were proved, by five questions."""
    in_force, counts, states = threshold(on=cut.last), _counts(cut), _states(cut)
    whole = Line(
        cut,
        "",
        sum(one.pairs for one in counts if one.least >= in_force),
        sum(states.values()),
        sum(states.get(state, 0) for state in looks.RIGHT),
        sum(states.get(state, 0) for state in looks.WRONG),
    )
    return Figures(
        whole,
        states.get(looks.KEYING, 0),
        states.get(looks.UNPROVED, 0),
        passes.curve(counts, in_force=in_force),
        _layouts(cut, in_force),
        _outlets(cut, in_force),
        _months(cut, in_force),
    )


def threshold(*, on: date) -> int:
    """Return the confidence from which a field agrees, in force on a day."""
    return policy.whole(code=SAME, on=on)


def listed(*, cut: Cut, figure: str, least: int | None = None) -> QuerySet[Match]:
    """Return the pairs that a figure counts, the newest first.

    `least` is a threshold: who is left to people lies below it, all others lie above.
    """
    rows = _judged(cut).filter(FIGURES[figure])
    if least is not None:
        rows = (
            rows.filter(least__lt=least)
            if figure == passes.MANUAL
            else rows.filter(least__gte=least)
        )
    return rows.select_related("institution", "proof").order_by("-business_date", "-id")


def _judged(cut: Cut) -> QuerySet[Match]:
    rows: QuerySet[Match] = Match.objects.filter(
        business_date__range=(cut.first, cut.last), least__isnull=False
    )
    rows = rows.filter(institution__path__contains=f"/{cut.under}/") if cut.under else rows
    return rows.filter(layout=cut.layout.strip(passes.NO_LAYOUT)) if cut.layout else rows


def _counts(cut: Cut) -> Sequence[passes.Counted]:
    ended = Q(state__in=(rules.MATCHED, rules.FORCED, rules.CONFIRMED))
    values = tuple(result for _name, result in rules.FIELD_RESULTS)
    rows = (
        _judged(cut)
        .order_by("least")
        .values_list("least")
        .annotate(
            pairs=Count("*"),
            right=Count("id", filter=FIGURES[passes.PROVED]),
            wrong=Count("id", filter=FIGURES[passes.MISSED]),
            settled=Count("id", filter=ended),
            confirmed=Count("id", filter=Q(state=rules.CONFIRMED, result__in=values)),
        )
    )
    return tuple(passes.Counted(*row) for row in rows)


def _states(cut: Cut) -> Mapping[str, int]:
    rows = _judged(cut).filter(proof__isnull=False).order_by("proof__state")
    return dict(rows.values_list("proof__state").annotate(n=Count("*")))


def _layouts(cut: Cut, in_force: int) -> Sequence[Line]:
    """Return a line for each form; its name is the short one, nothing for no known form."""
    grouped = _proved(_judged(cut).order_by("layout").values("layout"), in_force)
    return tuple(
        _line(replace(cut, layout=row["layout"] or passes.NO_LAYOUT), row["layout"], row)
        for row in grouped[:SHOWN]
    )


def _outlets(cut: Cut, in_force: int) -> Sequence[Line]:
    rows = _judged(cut).order_by("institution__number")
    grouped = _proved(rows.values("institution_id", "institution__name"), in_force)
    return tuple(
        _line(replace(cut, under=row["institution_id"]), row["institution__name"], row)
        for row in grouped[:SHOWN]
    )


def _months(cut: Cut, in_force: int) -> Sequence[Line]:
    rows = _judged(cut).annotate(month=TruncMonth("business_date")).order_by("month")
    grouped = _proved(rows.values("month"), in_force)
    return tuple(
        _line(_of_month(cut, row["month"]), f"{row['month']:%Y-%m}", row) for row in grouped[:SHOWN]
    )


def _of_month(cut: Cut, month: date) -> Cut:
    last = month.replace(day=monthrange(month.year, month.month)[1])
    return replace(cut, first=max(cut.first, month), last=min(cut.last, last))


def _proved(rows: Any, in_force: int) -> Any:
    return rows.annotate(
        passed=Count("id", filter=Q(least__gte=in_force)),
        drawn=Count("id", filter=FIGURES[passes.DRAWN]),
        proved=Count("id", filter=FIGURES[passes.PROVED]),
        missed=Count("id", filter=FIGURES[passes.MISSED]),
    )


def _line(cut: Cut, name: str, row: Mapping[str, int]) -> Line:
    return Line(cut, name, row["passed"], row["drawn"], row["proved"], row["missed"])
