"""Two levels: the first yes posts nothing, the second is another human's, a no ends it."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from authorization import rules, services
from authorization.models import Decision, Request
from authorization.selectors import quality
from foundation.ledger import selectors as ledger
from foundation.worklist.models import WorkItem
from ops_platform import conserving
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories import rules as rule_factory

AT = people.NOON
LATER = AT + timedelta(seconds=60)


@pytest.fixture
def waiting(counter, teller):
    rule_factory.in_force(
        rule_factory.plain(amount_from_fen=1, centre_levels=2), valid_from=people.DAY
    )
    return factory.sent(teller, factory.withdrawal(counter))


@pytest.fixture
def first(waiting, authorizer):
    """Let the first level say yes."""
    return decided(services.open_next(authorizer=authorizer, at=AT), authorizer)


@pytest.fixture
def second(bank):
    """Hire another authorizer."""
    return people.staff(bank.centre, "authorizer", name="陈晨")


def decided(item, decider, step="approve", at=LATER, **more):
    return services.decide(
        number=item.number, step=step, shown=item.content_hash, fence=item.opened_fence,
        decider=decider, at=at, **more,
    )  # fmt: skip


def test_the_first_yes_posts_nothing_and_the_item_waits_again(first, counter):
    assert (first.state, first.level, first.levels_needed) == (rules.QUEUED, 2, 2)
    assert ledger.balance(number=counter.payer.number).fen == 90_000_000


def test_the_second_yes_posts(first, second, counter):
    posted = decided(services.open_next(authorizer=second, at=LATER), second)

    assert posted.state == rules.POSTED
    assert [made.level for made in Decision.objects.order_by("id")] == [1, 2]
    assert ledger.balance(number=counter.payer.number).fen == 90_000_000 - 6_000_000
    assert quality.last_decision(request=posted).decider == second


def test_the_queue_does_not_offer_it_to_the_first_again(first, authorizer):
    assert services.open_next(authorizer=authorizer, at=LATER) is None


def test_nor_to_the_same_human_under_another_number(first, authorizer, second):
    second.person = authorizer.person
    second.save(update_fields=["person"])

    assert services.open_next(authorizer=second, at=LATER) is None


def test_the_next_level_by_the_same_person_is_refused(first, second, authorizer):
    opened = services.open_next(authorizer=second, at=LATER)

    with pytest.raises(rules.SecondOfSamePerson):
        decided(opened, authorizer)


def test_and_by_a_second_login_of_the_same_person(first, second, authorizer):
    opened = services.open_next(authorizer=second, at=LATER)
    second.person = authorizer.person
    second.save(update_fields=["person"])

    with pytest.raises(rules.SecondOfSamePerson):
        decided(opened, second)


def insert(item, decider, **more):
    usual = {
        "institution_id": item.institution_id, "request": item, "seq": 1, "level": 2,
        "step": "approve", "decider": decider, "decider_label": decider.label,
        "decider_person": decider.person, "content_hash": item.content_hash, "at": AT,
        "queue_ms": 0, "view_ms": 0, "business_date": item.business_date,
    }  # fmt: skip
    with transaction.atomic():
        Decision.objects.create(**(usual | more))


def test_the_database_refuses_one_human_twice(first, second, authorizer):
    opened = services.open_next(authorizer=second, at=LATER)

    with pytest.raises(DatabaseError, match="two people"):
        insert(opened, authorizer)


def test_the_database_refuses_another_level(first, second):
    opened = services.open_next(authorizer=second, at=LATER)

    with pytest.raises(DatabaseError, match="not before level"):
        insert(opened, second, level=1)


def test_the_database_refuses_to_approve_by_one_alone(first, second):
    opened = services.open_next(authorizer=second, at=LATER)

    with pytest.raises(DatabaseError, match="too few people"), transaction.atomic():
        Request.objects.filter(id=opened.pk).update(state="approved")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"levels_needed": 1, "level": 1}, "measured when it is sent"),
        ({"call_needed": True}, "measured when it is sent"),
        ({"level": 1}, "only go up"),
        ({"attempt": 0}, "only go up"),
    ],
)
def test_the_database_keeps_what_an_item_needs(first, change, says):
    with pytest.raises(DatabaseError, match=says), transaction.atomic():
        Request.objects.filter(id=first.pk).update(**change)


@pytest.mark.parametrize(("step", "reason"), [("reject", "A08"), ("return", "A18")])
def test_a_no_at_the_second_level_ends_it(first, second, step, reason):
    opened = services.open_next(authorizer=second, at=LATER)

    ended = decided(opened, second, step, reasons=[reason])

    assert ended.state == {"reject": rules.REJECTED, "return": rules.RETURNED}[step]


def test_a_no_at_the_first_level_ends_it(waiting, authorizer):
    opened = services.open_next(authorizer=authorizer, at=AT)

    assert decided(opened, authorizer, "reject", reasons=["A08"]).state == rules.REJECTED


def test_what_is_sent_again_begins_at_the_first_level(first, second, counter, teller):
    opened = services.open_next(authorizer=second, at=LATER)
    decided(opened, second, "return", reasons=["A18"])

    again = services.resubmit(
        number=first.number, order=factory.withdrawal(counter, "55,000.00"), teller=teller, at=LATER
    )

    assert (again.level, again.levels_needed, again.attempt) == (1, 2, 2)


def test_a_new_image_at_the_second_level_makes_the_first_yes_void(first, second, teller):
    opened = services.open_next(authorizer=second, at=LATER)
    services.hold(
        number=opened.number, kind=rules.RESCAN, question="背面", fence=opened.opened_fence,
        authorizer=second, at=LATER,
    )  # fmt: skip
    services.attach(
        key=opened.key, teller=teller, data=factory.image(), name="b.png", image_class="voucher",
        at=LATER,
    )  # fmt: skip

    again = services.answer(number=opened.number, text="已补扫", by=teller, at=LATER)

    assert (again.level, again.attempt) == (1, 2)


def test_each_level_is_an_item_of_work_and_work_is_conserved(first, second):
    decided(services.open_next(authorizer=second, at=LATER), second)

    assert WorkItem.objects.filter(state="done").count() == 2
    assert not conserving.wrong()
    assert not conserving.uncounted()
