"""How good decisions are: draw some to be made again blind, object, examine, judge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import localdate

from authorization import rules as items
from authorization import selectors
from authorization.models import Admission, Decision, KnownItem, QualityCase, Review
from authorization.rules import admission as admitting
from authorization.rules import quality as rules
from authorization.selectors import admission, quality
from foundation.kernel.calendar import SHANGHAI, local
from foundation.people import selectors as people
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.trail import services as trail
from foundation.worklist import services as worklist

# A day is drawn in one go, and what is beyond this is not drawn: twice what 5 in a hundred of a
# day of 20,000 decisions come to.
DRAWN_MOST = 2000
DRAWN_BACK_DAYS = 7
_ANSWER = (
    "reviewer", "reviewer_label", "reviewer_person", "step", "reasons", "remark", "reviewed_at",
)  # fmt: skip
_OPINION = ("examined_by", "examined_person", "examined_at", "found_wrong", "examined_words")
_JUDGEMENT = ("judged_by", "judged_person", "judged_at", "judged_words", "cause", "severity")

# Of each person and kind of decision so many in a hundred, one at least; ended items only, whose
# content is that which was decided on, and one decision of an item. Of a probation all. What the
# automatic tier decided is drawn by its publication.
_DRAW = """
SELECT id FROM (SELECT DISTINCT ON (request_id) id FROM (
    SELECT made.id, made.request_id,
        row_number() OVER (PARTITION BY made.decider_id, made.step ORDER BY random()) AS place,
        count(*) OVER (PARTITION BY made.decider_id, made.step) AS n,
        EXISTS (SELECT FROM authorization_admission way
            WHERE way.person = made.decider_person AND way.state = 'probation') AS trial
    FROM authorization_decision made JOIN authorization_request item ON item.id = made.request_id
    WHERE made.business_date = %(on)s AND made.step IN ('approve', 'reject')
      AND made.decider_id IS NOT NULL
      AND item.state IN ('posted', 'rejected') AND item.content_hash = made.content_hash
      AND NOT EXISTS (SELECT FROM authorization_decision other
          JOIN authorization_review seen ON seen.decision_id = other.id
          WHERE other.request_id = made.request_id AND seen.kind = 'sample')
) one WHERE trial OR place <= ceil(n * %(percent)s / 100.0) ORDER BY request_id, random()
) drawn ORDER BY random() LIMIT %(most)s
"""
# What colleagues decided of what the candidate is on the way to, in places in sight.
_SHADOW = """
SELECT made.id FROM authorization_decision made
JOIN authorization_request item ON item.id = made.request_id
WHERE made.business_date = %(on)s AND made.step IN ('approve', 'reject')
  AND made.decider_id IS NOT NULL
      AND item.state IN ('posted', 'rejected') AND item.content_hash = made.content_hash
  AND item.grade_needed <= %(grade)s AND made.institution_id = ANY (%(places)s::bigint[])
  AND %(person)s NOT IN (made.decider_person, item.teller_person)
  AND NOT EXISTS (SELECT FROM authorization_review seen WHERE seen.candidate_id = %(candidate)s
      AND seen.decision_id = made.id)
ORDER BY random() LIMIT %(most)s
"""


@transaction.atomic
def draw_reviews(*, at: datetime) -> int:
    """Draw decisions of the last days, each day once, to be made again blind; return how many."""
    today = local(at).date()
    days = [today - timedelta(days=back) for back in range(1, DRAWN_BACK_DAYS + 1)]
    drawn = sum(_draw(on, at) for on in days if not quality.drawn(on=on))
    return drawn + _plant(at)


@transaction.atomic
def draw_shadows(*, at: datetime) -> int:
    """Draw for everybody in the shadow what others decided on the last day; return how many."""
    on = local(at).date() - timedelta(days=1)
    return sum(_shadow(row, on, at) for row in admission.shadows())


def _shadow(row: Admission, on: date, at: datetime) -> int:
    if quality.shadowed(candidate=row, on=on):
        return 0
    asked: dict[str, Any] = {"on": on, "grade": row.grade, "person": row.person}
    asked["candidate"] = row.pk
    asked["places"] = list(people.scope_of(staff=row.staff))
    asked["most"] = admission.number(name="shadow_items", on=localdate(at))
    with connection.cursor() as cursor:
        cursor.execute(_SHADOW, asked)
        ids = [found[0] for found in cursor.fetchall()]
    rows = Decision.objects.filter(id__in=ids).order_by("id")
    Review.objects.bulk_create(
        Review(
            institution_id=made.institution_id,
            decision=made,
            drawn_at=at,
            kind=admitting.SHADOWED,
            candidate=row,
        )
        for made in rows
    )
    return len(ids)


def _plant(at: datetime) -> int:
    """Put some items with a known answer among the blind reviews, once a day; return how many."""
    code = admitting.NUMBERS["planted_items"]
    most = policy.bank_wholes(codes=(code,), on=localdate(at)).get(code, 0)
    most -= admission.planted_since(at=datetime.combine(localdate(at), time(), SHANGHAI))
    rows = admission.plantable(most=max(most, 0))
    for known in rows:
        see_again(made=known.decision, at=at, known=known)
    return len(rows)


def _draw(on: date, at: datetime) -> int:
    percent = policy.whole(code="authorization.review_percent", on=localdate(at))
    with connection.cursor() as cursor:
        cursor.execute(_DRAW, {"on": on, "percent": percent, "most": DRAWN_MOST})
        ids = [row[0] for row in cursor.fetchall()]
    for made in Decision.objects.filter(id__in=ids).select_related("request__rule").order_by("id"):
        see_again(made=made, at=at)
    return len(ids)


def see_again(*, made: Decision, at: datetime, known: KnownItem | None = None) -> None:
    """Have a decision made once more blind, in the transaction of what asks for it.

    A planted one is not offered to who has ever looked at it.
    """
    request = made.request
    not_by = {request.teller_person, *selectors.account_holders(request=request)}
    not_by |= {made.decider_person} if made.decider_person else set()
    if known is not None:
        not_by |= {known.kept_person, *admission.had_part(decision=made)}
        not_by |= {known.approved_person} if known.approved_person else set()
    Review.objects.create(
        institution_id=made.institution_id,
        decision=made,
        drawn_at=at,
        kind=admitting.PLANTED if known else admitting.SAMPLE,
        work_item=worklist.enqueue(
            queue=rules.REVIEW_QUEUE,
            subject=request.subject,
            institution_id=made.institution_id,
            skill=request.rule.skill if request.rule else "",
            grade_needed=request.grade_needed,
            amount_fen=request.amount_fen,
            conflicted=sorted(not_by),
            at=at,
        ),
    )


def open_review(*, reviewer: Staff, at: datetime) -> Review | None:
    """Give the reviewer the item held, or the next to be seen again; None when none waits.

    Whoever is in the shadow has what was drawn for them first.
    """
    if (way := admission.shadow_of(person=reviewer.person)) is not None:
        own = quality.own_in_shadow(candidate=way)
        if own is not None:
            return own
    item = worklist.claim_next(queue=rules.REVIEW_QUEUE, staff=reviewer, at=at)
    return None if item is None else quality.review_of(work_item=item)


@transaction.atomic
def review(
    *,
    review_id: int,
    step: str,
    fence: int,
    reviewer: Staff,
    at: datetime,
    reasons: Sequence[str] = (),
    remark: str = "",
) -> Review:
    """Keep what the second person decides; where the two differ, a case begins with the lead.

    What is said in the shadow and of a planted item is only compared.
    Refuses who decided or entered the item, a lease that was lost, and a no without a reason.
    """
    row = quality.review_locked(review_id=review_id)
    made = row.decision
    rules.check_apart(reviewer.person, others=[made.decider_person, made.request.teller_person])
    items.check_reasons(step, reasons, remark)
    if row.candidate is not None:
        _check_candidate(row, reviewer)
    else:
        assert row.work_item_id is not None, "what waits for a review is queued"
        worklist.finish(item_id=row.work_item_id, fence=fence, staff=reviewer)
    row.state = rules.REVIEW_FLOW.after(row.state, "review")
    row.reviewer, row.reviewer_label, row.reviewer_person = (
        reviewer,
        reviewer.label,
        reviewer.person,
    )
    row.step, row.reasons, row.remark, row.reviewed_at = step, list(reasons), remark, at
    row.save(update_fields=[*_ANSWER, "state"])
    _told(made, "shadow_review" if row.candidate else "review", reviewer, at, reasons=list(reasons))
    kind = rules.doubted(decided=made.step, seen=step)
    if kind and row.kind == admitting.SAMPLE:
        _raise(
            made,
            kind=kind,
            source=rules.REVIEW,
            by=reviewer,
            words=" ".join(reasons),
            at=at,
            state=rules.EXAMINED,
            examined_by=reviewer,
            examined_person=reviewer.person,
            examined_at=at,
            found_wrong=True,
            examined_words=remark,
        )
    return row


def _check_candidate(row: Review, reviewer: Staff) -> None:
    assert row.candidate is not None, "somebody is in the shadow"
    if row.candidate.person != reviewer.person or row.candidate.state != admitting.SHADOW:
        raise rules.NoSuchReview(number=row.pk)


@transaction.atomic
def object_to(*, number: str, words: str, by: Staff, at: datetime) -> QualityCase:
    """Object to the no to the last round of an item of the own outlet, within so many hours.

    Refuses what the outlet itself decided, on site.
    """
    made = _last_decision(number)
    rules.check_objection(
        step=made.step,
        decided_at=made.at,
        at=at,
        hours=policy.whole(code="authorization.objection_hours", on=localdate(at)),
        own_outlet=by.institution_id == made.institution_id,
    )
    return _raise(made, kind=rules.WRONG_REFUSAL, source=rules.OBJECTION, by=by, words=words, at=at)


@transaction.atomic
def report(*, number: str, source: str, words: str, by: Staff, at: datetime) -> QualityCase:
    """Report that a yes may have been wrong, found by a post-audit or told by a customer."""
    made = _last_decision(number)
    if made.step != "approve":
        raise rules.NotApproved
    rules.check_apart(by.person, others=[made.decider_person])
    return _raise(made, kind=rules.WRONG_APPROVAL, source=source, by=by, words=words, at=at)


@transaction.atomic
def examine(*, case_id: int, wrong: bool, words: str, by: Staff, at: datetime) -> QualityCase:
    """Give a second person's opinion of a case."""
    case = quality.case_locked(case_id=case_id)
    made = case.decision
    case.state = rules.CASE_FLOW.after(case.state, "examine")
    had_part = [made.decider_person, made.request.teller_person, case.raised_person]
    rules.check_apart(by.person, others=had_part)
    case.examined_by, case.examined_person, case.examined_at = by, by.person, at
    case.found_wrong, case.examined_words = wrong, words
    case.save(update_fields=[*_OPINION, "state"])
    _told(made, "examine_case", by, at, reason=words)
    return case


@transaction.atomic
def judge(
    *,
    case_id: int,
    upheld: bool,
    words: str,
    by: Staff,
    at: datetime,
    cause: str = "",
    severity: int | None = None,
) -> QualityCase:
    """End a case as a third person: upheld with its cause and weight, or dismissed."""
    case = quality.case_locked(case_id=case_id)
    made = case.decision
    case.state = rules.CASE_FLOW.after(case.state, "uphold" if upheld else "dismiss")
    had_part = [made.decider_person, made.request.teller_person]
    rules.check_apart(by.person, others=[*had_part, case.raised_person, case.examined_person])
    if upheld and (not cause or severity is None):
        raise rules.CauseNeeded(field="cause")
    case.judged_by, case.judged_person, case.judged_at = by, by.person, at
    case.judged_words = words
    case.cause, case.severity = (cause, severity) if upheld else ("", None)
    case.save(update_fields=[*_JUDGEMENT, "state"])
    _told(made, "uphold_case" if upheld else "dismiss_case", by, at, reason=words)
    return case


def _last_decision(number: str) -> Decision:
    request = selectors.locked(number=number)
    made = quality.last_decision(request=request)
    if made is None:
        # A round that somebody ended and nobody of the centre decided was ended by its outlet.
        raise rules.DecidedByOutlet if request.decider_label else rules.NothingToObject
    return made


def _raise(
    made: Decision, *, kind: str, source: str, by: Staff, words: str, at: datetime, **said: object
) -> QualityCase:
    """Begin the case of a decision; a blind review adds nothing to one that is there."""
    known = quality.case_of(decision=made)
    if known is not None and source != rules.REVIEW:
        raise rules.CaseThere
    if known is not None:
        return known
    case: QualityCase = QualityCase.objects.create(
        institution_id=made.institution_id,
        decision=made,
        kind=kind,
        source=source,
        raised_by=by,
        raised_person=by.person,
        raised_at=at,
        words=words,
        **said,
    )
    _told(made, "raise_case", by, at, reason=words)
    return case


def _told(made: Decision, step: str, by: Staff, at: datetime, **detail: object) -> None:
    trail.record(
        institution_id=made.institution_id,
        actor=by.label,
        action=f"authorization.{step}",
        subject=made.request.subject,
        at=at,
        detail=detail,
    )
