"""Reviews that wait, cases, and how good decisions are by person, transaction and outlet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import FilteredRelation, Q, QuerySet

from authorization.models import Admission, Decision, QualityCase, Request, Review
from authorization.rules import admission
from authorization.rules import quality as rules
from foundation.worklist.models import WorkItem

PAGE = 50


def sample_alone() -> FilteredRelation:
    """Return the looks that measure a decision, at most one each, to be joined under a name.

    What is planted or said in the shadow is another look at the same decision: joined as well, the
    decision would count twice. A new one each time, for a query changes what it is given.
    """
    return FilteredRelation("reviews", condition=Q(reviews__kind=admission.SAMPLE))


def drawn(*, on: date) -> bool:
    """Return whether decisions of the day were drawn for review already.

    What an outlet decided in an emergency is always seen again, and was not drawn; what the
    automatic tier decided is drawn at once.
    """
    rows = Review.objects.filter(
        decision__business_date=on,
        decision__fallback=None,
        decision__tier_verdict=None,
        kind=admission.SAMPLE,
    )
    return bool(rows.exists())


def shadowed(*, candidate: Admission, on: date) -> bool:
    """Return whether decisions of the day were drawn already for somebody in the shadow."""
    rows = Review.objects.filter(decision__business_date=on, candidate=candidate)
    return bool(rows.exists())


def own_in_shadow(*, candidate: Admission) -> Review | None:
    """Return what somebody in the shadow has to answer next, or None."""
    rows = _reviews().filter(candidate=candidate, state=rules.REVIEW_WAITING)
    found: Review | None = rows.order_by("id").first()
    return found


def review_of(*, work_item: WorkItem) -> Review:
    """Return the review that an item of the queue is about."""
    found: Review = _reviews().get(work_item=work_item)
    return found


def review_in_sight(*, review_id: int) -> bool:
    """Return whether the person may see anything of a review."""
    return bool(Review.objects.filter(id=review_id).exists())


def review_locked(*, review_id: int) -> Review:
    """Return a review that waits, locked until the transaction ends; refuse another."""
    waiting = _reviews().filter(id=review_id, state=rules.REVIEW_WAITING)
    found: Review | None = waiting.select_for_update(of=("self",)).first()
    if found is None:
        raise rules.NoSuchReview(number=review_id)
    return found


def last_decision(*, request: Request) -> Decision | None:
    """Return the decision on the round in which an item stands, the higher of two levels, or None.

    What earlier rounds met with is no answer to this one, which its outlet may have ended itself.
    """
    rows = Decision.objects.filter(request=request, seq=request.attempt)
    return rows.select_related("request").order_by("-level").first()


def case_of(*, decision: Decision) -> QualityCase | None:
    """Return the case of a decision, or None."""
    return QualityCase.objects.filter(decision=decision).first()


def cases_of(*, request: Request) -> Sequence[QualityCase]:
    """Return the cases of an item, the latest first."""
    return tuple(_cases().filter(decision__request=request).order_by("-id"))


def case_in_sight(*, case_id: int) -> QualityCase | None:
    """Return a case with its people, decision and item, or None."""
    return _cases().filter(id=case_id).first()


def case_locked(*, case_id: int) -> QualityCase:
    """Return a case, locked until the transaction ends; refuse one out of sight."""
    rows = QualityCase.objects.select_related("decision__request").filter(id=case_id)
    found: QualityCase | None = rows.select_for_update(of=("self",)).first()
    if found is None:
        raise rules.NoSuchCase(number=case_id)
    return found


@dataclass(frozen=True)
class CasePage:
    """Some cases, the newest first, and the id before which the next page begins."""

    rows: Sequence[QualityCase]
    next_before: int | None


def cases(
    *, state: str = "", kind: str = "", before: int | None = None, most: int = PAGE
) -> CasePage:
    """Return a page of cases; "open" stands for all that are not judged yet."""
    rows = _wanted(state, kind)
    if before:
        rows = rows.filter(id__lt=before)
    found = tuple(rows.order_by("-id")[: most + 1])
    return CasePage(found[:most], found[most - 1].pk if len(found) > most else None)


def count_cases(*, state: str = "", kind: str = "") -> int:
    """Return how many cases such a list has in all."""
    return _wanted(state, kind).count()


def _wanted(state: str, kind: str) -> QuerySet[QualityCase]:
    rows = _cases()
    if state:
        rows = rows.filter(state__in=rules.OPEN_CASES if state == "open" else [state])
    return rows.filter(kind=kind) if kind else rows


def _reviews() -> QuerySet[Review]:
    rows: QuerySet[Review] = Review.objects.select_related(
        "decision__request__institution", "decision__request__rule", "work_item", "candidate"
    )
    return rows


def _cases() -> QuerySet[QualityCase]:
    rows: QuerySet[QualityCase] = QualityCase.objects.select_related(
        "decision__request__institution", "raised_by", "examined_by", "judged_by"
    )
    return rows
