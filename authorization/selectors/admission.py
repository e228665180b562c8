"""Who is admitted to what, how far each is on the way, and how known answers were met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from authorization.models import Admission, Decision, KnownItem, QualityCase, Review
from authorization.rules import admission as rules
from authorization.rules import quality
from authorization.selectors._together import ask
from foundation.kernel import chance
from foundation.people import selectors as people
from foundation.people.models import Staff
from foundation.people.roles import Permission
from foundation.policy import selectors as policy

PAGE = 50
_AGREED = Q(step="approve", decision__step="approve") | Q(step="reject", decision__step="reject")


@dataclass(frozen=True)
class Progress:
    """What a row has come to: what was compared and agreed in the shadow, and the probation."""

    agreed: chance.Share
    trial: rules.Trial


@dataclass(frozen=True)
class AdmissionPage:
    """Some admissions with their progress, and the id before which the next ones begin."""

    rows: Sequence[tuple[Admission, Progress]]
    next_before: int | None


@dataclass(frozen=True)
class Met:
    """How often one reviewer gave the known answer."""

    label: str
    right: chance.Share


def live(*, person: UUID, on: date) -> QuerySet[Admission]:
    """Return the admissions by which a human may decide on a day."""
    return Admission.objects.filter(
        Q(state=rules.PROBATION) | Q(state=rules.ADMITTED, valid_until__gte=on), person=person
    )


# Up to which grade a human decides by the admissions of `live`; 0 is none, NULL where none binds.
ALLOWED_GRADE_SQL = """(SELECT coalesce(
    max(one.grade) FILTER (WHERE one.state = 'probation'
        OR one.state = 'admitted' AND one.valid_until >= %(on)s),
    CASE WHEN bool_or(one.state <> 'exam' AND (one.state <> 'stopped'
        OR one.shadow_at IS NOT NULL OR one.inherited)) THEN 0 END)
    FROM authorization_admission one WHERE one.person = %(person)s)"""


def allowed_grade(*, person: UUID, on: date) -> int | None:
    """Return up to which grade a human decides; 0 is none, None where no admission binds."""
    found = ask(figures=f"{ALLOWED_GRADE_SQL} AS grade", given={"person": person, "on": on})
    grade: int | None = found["grade"]
    return grade


def number(*, name: str, on: date) -> int:
    """Return one of the numbers of admission, by its short name."""
    return policy.whole(code=rules.NUMBERS[name], on=on)


def has_decided(*, person: UUID) -> bool:
    """Return whether a human decided items, so that admission begins with what is held already."""
    return bool(Decision.objects.filter(decider_person=person).exists())


def locked(*, admission_id: int) -> Admission:
    """Return an admission, locked until the transaction ends; refuse one that is not there."""
    rows = Admission.objects.select_related("staff__institution")
    found: Admission | None = rows.select_for_update(of=("self",)).filter(id=admission_id).first()
    if found is None:
        raise rules.NoSuchAdmission(number=admission_id)
    return found


def in_sight(*, admission_id: int) -> Admission | None:
    """Return an admission of somebody who works in sight, or None."""
    return _in_sight().filter(id=admission_id).first()


def of_person(*, person: UUID) -> Sequence[Admission]:
    """Return all admissions of a human, the latest first."""
    return tuple(_joined().filter(person=person).order_by("-id")[:PAGE])


def shadow_of(*, person: UUID) -> Admission | None:
    """Return the admission by which a human is in the shadow, or None."""
    found: Admission | None = Admission.objects.filter(person=person, state=rules.SHADOW).first()
    return found


def listed(*, state: str = "", before: int | None = None) -> AdmissionPage:
    """Return a page of admissions of people in sight, the latest first."""
    rows = _in_sight()
    if state:
        rows = rows.filter(state=state)
    if before:
        rows = rows.filter(id__lt=before)
    found = tuple(rows.order_by("-id")[: PAGE + 1])
    shown = found[:PAGE]
    known = progress(rows=shown)
    return AdmissionPage(
        [(row, known[row.pk]) for row in shown], shown[-1].pk if len(found) > PAGE else None
    )


def counted() -> Mapping[str, int]:
    """Return how many admissions of people in sight are in each state."""
    rows = _in_sight().order_by().values_list("state").annotate(n=Count("*"))
    return dict(rows)


def without(*, on: date) -> Sequence[Staff]:
    """Return who in sight may decide by the role and has no admission row, a page at most."""
    rows = people.holders_in_scope(permission=Permission.AUTHORIZATION_DECIDE, on=on)
    return tuple(rows.exclude(person__in=Admission.objects.values("person"))[:PAGE])


def best_of(*, persons: Sequence[UUID]) -> Mapping[UUID, Admission]:
    """Return the row that says most of each human: the highest that lives, else the latest."""
    found: dict[UUID, Admission] = {}
    for row in Admission.objects.filter(person__in=persons).order_by("id"):
        known = found.get(row.person)
        if (
            known is None
            or known.state not in rules.LIVE
            or (row.state in rules.LIVE and row.grade >= known.grade)
        ):
            found[row.person] = row
    return found


def progress(*, rows: Sequence[Admission]) -> Mapping[int, Progress]:
    """Return the progress of each row, in two questions however many there are."""
    said = (
        Review.objects.filter(candidate__in=rows, state=quality.REVIEW_DONE)
        .order_by()
        .values_list("candidate_id")
        .annotate(n=Count("*"), agreed=Count("id", filter=_AGREED))
    )
    shadows = {candidate: chance.share(part=agreed, whole=n) for candidate, n, agreed in said}
    trials = _trials([row for row in rows if row.probation_at is not None])
    none, begun = chance.share(part=0, whole=0), rules.Trial(0, 0, 0)
    return {row.pk: Progress(shadows.get(row.pk, none), trials.get(row.pk, begun)) for row in rows}


def _trials(rows: Sequence[Admission]) -> Mapping[int, rules.Trial]:
    """Return the probations: decisions since its begin and until its end that were seen again."""
    if not rows:
        return {}
    case = "decision__cases__state"
    counts = {
        f"{name}_{row.pk}": Count("id", filter=_of_trial(row) & wanted)
        for row in rows
        for name, wanted in (
            ("done", Q()),
            ("wrong", Q((case, quality.UPHELD))),
            ("open", Q((f"{case}__in", quality.OPEN_CASES))),
        )
    }
    seen = Review.objects.filter(
        kind=rules.SAMPLE,
        state=quality.REVIEW_DONE,
        decision__decider_person__in=[row.person for row in rows],
    )
    found = seen.aggregate(**counts)
    return {
        row.pk: rules.Trial(
            found[f"done_{row.pk}"], found[f"wrong_{row.pk}"], found[f"open_{row.pk}"]
        )
        for row in rows
    }


def _of_trial(row: Admission) -> Q:
    mine = Q(decision__decider_person=row.person, decision__at__gte=row.probation_at)
    end = row.admitted_at or row.ended_at
    return mine & Q(decision__at__lt=end) if end else mine


def due_to_expire(*, on: date) -> Sequence[int]:
    """Return the admissions whose last day is past."""
    rows = Admission.objects.filter(state=rules.ADMITTED, valid_until__lt=on)
    return tuple(rows.order_by("id").values_list("id", flat=True))


def live_rows() -> Sequence[Admission]:
    """Return the highest admission of everybody who decides, to be looked at by rule."""
    rows = Admission.objects.filter(state__in=rules.LIVE).order_by("person", "-grade", "-id")
    return tuple(rows.distinct("person"))


@dataclass(frozen=True)
class Faults:
    """Upheld cases of one human: grave wrong approvals and wrong refusals."""

    serious: int
    refusals: int


def faults(*, since: datetime, severity: int) -> Mapping[UUID, Sequence[tuple[datetime, bool]]]:
    """Return of each human when cases were upheld since a moment, and whether as grave ones."""
    rows = QualityCase.objects.filter(
        state=quality.UPHELD, judged_at__gte=since, decision__decider__isnull=False
    ).filter(Q(kind=quality.WRONG_REFUSAL) | Q(kind=quality.WRONG_APPROVAL, severity__gte=severity))
    found: dict[UUID, list[tuple[datetime, bool]]] = {}
    for person, at, kind in rows.values_list("decision__decider_person", "judged_at", "kind"):
        found.setdefault(person, []).append((at, kind == quality.WRONG_APPROVAL))
    return found


def known_items(*, of: int | None = None, before: int | None = None) -> Sequence[KnownItem]:
    """Return items with a known answer, the latest first, one more than a page, or one of them."""
    rows = KnownItem.objects.select_related(
        "decision__request__institution", "kept_by", "approved_by", "ended_by"
    ).annotate(planted=Count("decision__reviews", filter=Q(decision__reviews__kind=rules.PLANTED)))
    rows = rows if of is None else rows.filter(id=of)
    if before:
        rows = rows.filter(id__lt=before)
    return tuple(rows.order_by("-id")[: PAGE + 1])


def known_in_sight(*, known_id: int) -> KnownItem | None:
    """Return an item with a known answer, or None."""
    return KnownItem.objects.select_related("decision__request").filter(id=known_id).first()


def known_locked(*, known_id: int) -> KnownItem:
    """Return an item with a known answer that was not ended, locked; refuse another."""
    rows = KnownItem.objects.select_related("decision__request").filter(ended_at=None)
    found: KnownItem | None = rows.select_for_update(of=("self",)).filter(id=known_id).first()
    if found is None:
        raise rules.NoSuchKnown(number=known_id)
    return found


def established(*, decision: Decision) -> str:
    """Return the right answer that a judged case or an agreed review gives, or nothing."""
    first = "approve" if decision.step == "approve" else "reject"
    other = {"approve": "reject", "reject": "approve"}[first]
    case = QualityCase.objects.filter(decision=decision).first()
    if case is not None:
        return {quality.UPHELD: other, quality.DISMISSED: first}.get(case.state, "")
    agreed = Review.objects.filter(
        decision=decision, kind=rules.SAMPLE, state=quality.REVIEW_DONE, step=first
    )
    return first if agreed.exists() else ""


def plantable(*, most: int) -> Sequence[KnownItem]:
    """Return known items in force of which none waits, the least planted first."""
    waits = Review.objects.filter(kind=rules.PLANTED, state=quality.REVIEW_WAITING)
    rows = KnownItem.objects.filter(approved_at__isnull=False, ended_at=None).exclude(
        decision__in=waits.values("decision")
    )
    times = Count("decision__reviews", filter=Q(decision__reviews__kind=rules.PLANTED))
    return tuple(
        rows.annotate(times=times)
        .select_related("decision__request__rule")
        .order_by("times", "?")[:most]
    )


def planted_since(*, at: datetime) -> int:
    """Return how many known items were planted since a moment."""
    return Review.objects.filter(kind=rules.PLANTED, drawn_at__gte=at).count()


def had_part(*, decision: Decision) -> Sequence[UUID]:
    """Return who has looked at a decision before: reviewers and those of its case."""
    seen = Review.objects.filter(decision__request=decision.request_id).exclude(reviewer=None)
    people_of = QualityCase.objects.filter(decision=decision).values_list(
        "raised_person", "examined_person", "judged_person"
    )
    found = {*seen.values_list("reviewer_person", flat=True)}
    found |= {person for row in people_of for person in row if person is not None}
    return sorted(found)


def met(*, first: date, last: date) -> Sequence[Met]:
    """Return how known answers were met by each reviewer in days, the worst first."""
    rows = (
        Review.objects.filter(
            kind=rules.PLANTED,
            state=quality.REVIEW_DONE,
            reviewed_at__date__range=(first, last),
        )
        .order_by()
        .values_list("reviewer_label")
        .annotate(n=Count("*"), right=Count("id", filter=Q(step=F("decision__known__answer"))))
    )
    shares = [Met(label, chance.share(part=right, whole=n)) for label, n, right in rows]
    return sorted(shares, key=lambda one: (one.right.percent or 0, one.label))[:PAGE]


def shadows() -> Sequence[Admission]:
    """Return who is in the shadow, with where they work."""
    rows = Admission.objects.filter(state=rules.SHADOW).select_related("staff__institution")
    return tuple(rows.order_by("id"))


def _joined() -> QuerySet[Admission]:
    return Admission.objects.select_related(
        "staff__institution", "entered_by", "decided_by", "moved_by"
    )


def _in_sight() -> QuerySet[Admission]:
    return _joined().filter(staff__institution__in=people.institutions_in_scope())
