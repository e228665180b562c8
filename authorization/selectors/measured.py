"""How good decisions are: figures by person, transaction and outlet, and the rows behind each.

A figure is one condition (`FIGURES`): the table counts by it, and its link lists by it, so the two
cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from authorization.models import Decision
from authorization.rules import quality as rules
from authorization.selectors.days import IN_SCOPE, Question, lines
from authorization.selectors.quality import sample_alone
from foundation.imaging import selectors as imaging
from foundation.kernel import chance
from foundation.policy import selectors as policy

PAGE = 50
WEIGHT_PLAIN = 100  # of an item from before there were rules
ROWS_MOST = 1000  # more than a branch has outlets or people: the sum is of the rows
BY: Mapping[str, str] = {
    "person": "decider_label",
    "trade": "request__trade_code",
    "outlet": "institution__number",
}
_YES, _SEEN = Q(step="approve"), Q(looks__state=rules.REVIEW_DONE)
_SEEN_YES, _SEEN_NO = Q(looks__step="approve"), Q(looks__step="reject")
_UPHELD = Q(cases__state=rules.UPHELD)
FIGURES: Mapping[str, Q] = {
    "decided": Q(),
    "approved": _YES,
    "refused": ~_YES,
    "seen": _SEEN,
    "both": _YES & _SEEN_YES,
    "first_only": _YES & _SEEN_NO,
    "second_only": ~_YES & _SEEN_YES,
    "neither": ~_YES & _SEEN_NO,
    "differing": (_YES & _SEEN_NO) | (~_YES & _SEEN_YES),
    "wrong_refusal": _UPHELD & Q(cases__kind=rules.WRONG_REFUSAL),
    "wrong_approval": _UPHELD & Q(cases__kind=rules.WRONG_APPROVAL),
    "open_cases": Q(cases__state__in=rules.OPEN_CASES),
    "quick": Q(quick=True),
}
_DWELLS = Question(
    "dwells",
    f"""
SELECT item_date, decider_label, count(*), sum(view_ms) FROM authorization_decision
 WHERE business_date BETWEEN %(first)s AND %(carried)s AND item_date = ANY (%(days)s::date[])
   AND decider_id IS NOT NULL AND view_ms > 0 AND {IN_SCOPE}
 GROUP BY 1, 2
""",  # noqa: S608 -- the part put in is a constant
)
_NAMES = ["quick_ones" if name == "quick" else name for name in FIGURES]


@dataclass(frozen=True)
class Cut:
    """Of which days, cut by what, and of which person, transaction or outlet.

    With a teller also: of the items of that teller alone, as a pair is counted.
    """

    first: date
    last: date
    by: str = "person"
    key: str = ""
    teller: str = ""


@dataclass(frozen=True)
class Measured:
    """One person, transaction or outlet with its counts, and the shares they come to.

    The work is its decisions by the weights of the rules that they fell under, in hundredths, and
    the days are those on which something was decided.
    """

    key: str
    counts: Mapping[str, int]
    work_hundredths: int = 0
    days: int = 0

    @property
    def work(self) -> Decimal:
        """Return the decisions, each by the weight of its rule."""
        return _tenths(Decimal(self.work_hundredths))

    @property
    def work_a_day(self) -> Decimal | None:
        """Return that work by the days on which something was decided (DOMAIN §11)."""
        if not self.days:
            return None
        return _tenths(Decimal(self.work_hundredths) / self.days)

    @property
    def wrong_refusals(self) -> chance.Share:
        """Return the refusals that were judged wrong, of all refusals (DOMAIN §4)."""
        return chance.share(part=self.counts["wrong_refusal"], whole=self.counts["refused"])

    @property
    def wrong_approvals(self) -> chance.Share:
        """Return the approvals that were judged wrong, of all approvals."""
        return chance.share(part=self.counts["wrong_approval"], whole=self.counts["approved"])

    @property
    def differing(self) -> chance.Share:
        """Return how often a blind review decided otherwise."""
        return chance.share(part=self.counts["differing"], whole=self.counts["seen"])

    @property
    def kappa(self) -> Decimal | None:
        """Return Cohen's kappa of first decision and blind review."""
        cells = {
            name: self.counts[name] for name in ("both", "first_only", "second_only", "neither")
        }
        return chance.kappa(**cells)


def _tenths(hundredths: Decimal) -> Decimal:
    return (hundredths / 100).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Pair:
    """A teller and an authorizer who met more often than chance brings people together."""

    teller: str
    authorizer: str
    met: int
    expected: Decimal


def measured(*, cut: Cut) -> Sequence[Measured]:
    """Return a row for each key, the most decisions first, a thousand at most."""
    rows = (
        _decisions(cut)
        .values(key=F(BY[cut.by]))
        .annotate(
            decided=_count("decided"),
            approved=_count("approved"),
            refused=_count("refused"),
            seen=_count("seen"),
            both=_count("both"),
            first_only=_count("first_only"),
            second_only=_count("second_only"),
            neither=_count("neither"),
            differing=_count("differing"),
            wrong_refusal=_count("wrong_refusal"),
            wrong_approval=_count("wrong_approval"),
            open_cases=_count("open_cases"),
            quick_ones=_count("quick"),
            work=Sum(Coalesce("request__rule__weight_hundredths", Value(WEIGHT_PLAIN))),
            days=Count("business_date", distinct=True),
        )
    )
    found = rows.order_by("-decided", "key").values_list("key", "work", "days", *_NAMES)
    return [
        Measured(str(key), dict(zip(FIGURES, counts, strict=True)), work, days)
        for key, work, days, *counts in found[:ROWS_MOST]
    ]


def _count(figure: str) -> Count:
    return Count("id", filter=FIGURES[figure]) if FIGURES[figure] else Count("*")


def together(*, rows: Sequence[Measured]) -> Measured:
    """Return the sum of the rows."""
    return Measured("", {name: sum(row.counts[name] for row in rows) for name in FIGURES})


def counted(*, figure: str, cut: Cut) -> QuerySet[Decision]:
    """Return the decisions that a figure counts, unordered."""
    return _decisions(cut).filter(FIGURES[figure])


@dataclass(frozen=True)
class DecisionPage:
    """Some of the decisions behind a figure, how many there are, and where the next ones begin."""

    rows: Sequence[Decision]
    total: int
    next_before: int | None


def listed(*, figure: str, cut: Cut, before: int | None = None, most: int = PAGE) -> DecisionPage:
    """Return a page of the decisions that a figure counts, the newest first."""
    rows = counted(figure=figure, cut=cut)
    shown = rows.filter(id__lt=before) if before else rows
    found = tuple(shown.select_related("request__institution").order_by("-id")[: most + 1])
    more = found[most - 1].pk if len(found) > most else None
    return DecisionPage(found[:most], rows.count(), more)


@dataclass(frozen=True)
class Dwell:
    """How many decisions one person made in some days, and how long they stood at the desk."""

    label: str
    decided: int
    milliseconds: int


def dwells(*, first: date, last: date) -> Sequence[Dwell]:
    """Return how long each person looked at items of these days decided at a desk, by number."""
    found: dict[str, Dwell] = {}
    for label, decided, took in lines(question=_DWELLS, first=first, last=last):
        before = found.get(label, Dwell(label, 0, 0))
        found[label] = Dwell(label, before.decided + decided, before.milliseconds + int(took))
    return [found[label] for label in sorted(found)][:ROWS_MOST]


def pairs(*, cut: Cut) -> Sequence[Pair]:
    """Return who met far more often than their numbers of items explain, the oddest first.

    Items come to authorizers by the queue alone: a pair is told of when the exact binomial tail,
    with the authorizer's share of all decisions, is below once in a hundred thousand pairs.
    """
    found = _met(cut)
    of_teller: dict[str, int] = {}
    of_authorizer: dict[str, int] = {}
    for teller, authorizer, met in found:
        of_teller[teller] = of_teller.get(teller, 0) + met
        of_authorizer[authorizer] = of_authorizer.get(authorizer, 0) + met
    whole = sum(of_teller.values())
    odd = []
    for teller, authorizer, met in found:
        share = of_authorizer[authorizer] / whole
        tail = chance.upper_tail(part=met, whole=of_teller[teller], chance=share)
        if tail * rules.PAIRS_PER_FALSE_ALERT < 1:
            expected = (Decimal(of_teller[teller]) * of_authorizer[authorizer]) / whole
            odd.append((tail, Pair(teller, authorizer, met, expected.quantize(Decimal("0.1")))))
    return [pair for _tail, pair in sorted(odd, key=lambda one: one[0])[:PAGE]]


def _met(cut: Cut) -> Sequence[tuple[str, str, int]]:
    """Return how often each teller and authorizer met."""
    rows = _made(cut)
    named = rows.values_list("request__teller_label", "decider_label")
    return list(named.annotate(met=Count("*")))


def _made(cut: Cut) -> QuerySet[Decision]:
    """Return what people decided; how good the automatic tier is stands with its publications."""
    rows: QuerySet[Decision] = Decision.objects.filter(
        business_date__range=(cut.first, cut.last), decider__isnull=False
    )
    return rows.order_by()


def _decisions(cut: Cut) -> QuerySet[Decision]:
    """Return the decisions of the cut, each told whether it was a quick yes to many images."""
    quick_ms = policy.whole(code="authorization.quick_seconds", on=cut.last) * 1000
    many = policy.whole(code="authorization.quick_images", on=cut.last)
    images = imaging.page_count(document=OuterRef("request__document_id"))
    quick = Q(step="approve", view_ms__lt=quick_ms, images__gt=many)
    rows = _made(cut)
    if cut.key:
        rows = rows.filter(Q((BY[cut.by], cut.key)))
    if cut.teller:
        rows = rows.filter(request__teller_label=cut.teller)
    rows = rows.annotate(images=images, looks=sample_alone())
    found: QuerySet[Decision] = rows.annotate(quick=quick)
    return found
