"""Decisions in doubt for tests: one objected to, one to be seen again."""

from __future__ import annotations

from datetime import datetime, timedelta

from authorization import rules as items
from authorization.models import Admission, Decision, KnownItem, QualityCase, Request, Review
from authorization.rules import quality as rules
from authorization.services import admission, known, quality
from foundation.people.models import Staff
from foundation.worklist import services as worklist
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories.people import NOON

LATER = NOON + timedelta(hours=1)


def rejected(counter: factory.Counter, teller: Staff, by: Staff) -> Decision:
    """Send an item and keep that somebody of anywhere rejected it, whatever else waits."""
    sent = factory.sent(teller, factory.withdrawal(counter))
    assert sent.work_item_id is not None
    worklist.withdraw(item_id=sent.work_item_id, at=NOON)
    Request.objects.filter(pk=sent.pk).update(state=items.VIEWING)
    made: Decision = Decision.objects.create(
        institution_id=sent.institution_id,
        request=sent,
        seq=1,
        step="reject",
        decider=by,
        decider_label=by.label,
        decider_person=by.person,
        reasons=["A07"],
        content_hash=sent.content_hash,
        business_date=sent.business_date,
        at=NOON,
        queue_ms=0,
        view_ms=9000,
    )
    Request.objects.filter(pk=sent.pk).update(state=items.REJECTED, decided_at=NOON)
    return made


def objected(counter: factory.Counter, teller: Staff, by: Staff) -> QualityCase:
    """Let an item be rejected and the outlet object."""
    made = rejected(counter, teller, by)
    number = made.request.number
    return quality.object_to(number=number, words="凭证清楚", by=teller, at=LATER)


def exam(person: Staff, by: Staff) -> Admission:
    """Enter the exam of a person, which waits for a second person."""
    return admission.enter_exam(staff=person, grade=3, paper="SQ-01", points=95, by=by, at=LATER)


def kept(made: Decision, by: Staff) -> KnownItem:
    """Keep that the right answer of a decision is known; it waits for a second person."""
    row: KnownItem = KnownItem.objects.create(
        institution_id=made.institution_id,
        decision=made,
        answer="approve",
        kept_by=by,
        kept_person=by.person,
        kept_at=LATER,
    )
    return row


def drawn(counter: factory.Counter, teller: Staff, by: Staff) -> Review:
    """Draw a decision to be made again."""
    made = rejected(counter, teller, by)
    item = worklist.enqueue(
        queue=rules.REVIEW_QUEUE,
        subject=made.request.subject,
        institution_id=made.institution_id,
        conflicted=[by.person, made.request.teller_person],
        at=LATER,
    )
    row: Review = Review.objects.create(
        institution_id=made.institution_id, decision=made, drawn_at=LATER, work_item=item
    )
    return row


def planted(bank: people.Branch, made: Decision, *, at: datetime) -> None:
    """Keep a decision that was agreed with as a known answer, and plant it among the reviews."""
    by = people.staff(bank.centre, "auth_lead"), people.staff(bank.branch, "ops_manager")
    row = known.keep(number=made.request.number, by=by[0], at=at)
    row = known.approve(known_id=row.pk, by=by[1], at=at)
    quality.see_again(made=made, at=at, known=row)
