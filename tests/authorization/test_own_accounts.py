"""Nobody decides about an account of their own, at a desk, at the outlet, on paper or again."""

import pytest
from django.db import DatabaseError, connection, transaction

from authorization import rules, selectors, services
from authorization.models import Decision, Request, Review
from authorization.services import quality
from foundation.people.services import acting
from foundation.worklist.models import WorkItem
from tests.authorization.desk import minutes
from tests.factories import authorization as factory
from tests.factories import people

AT = people.NOON


def held_by(account, person):
    account.holder_person = person.person
    account.save(update_fields=["holder_person"])


def decide(item, by):
    return services.decide(
        number=item.number, step="approve", shown=item.content_hash, fence=item.opened_fence,
        decider=by, at=minutes(1),
    )  # fmt: skip


@pytest.mark.parametrize("side", ["payer", "payee"])
def test_it_is_not_offered_to_who_holds_an_account(side, bank, counter, teller, authorizer):
    held_by(getattr(counter, side), authorizer)
    item = factory.sent(teller, factory.transfer(counter, "300,000.00"))

    assert services.open_next(authorizer=authorizer, at=AT) is None
    opened = services.open_next(authorizer=people.staff(bank.centre, "authorizer"), at=AT)
    assert opened.number == item.number


def test_nor_when_it_is_kept_where_the_teller_sees_nothing(bank, counter, teller, authorizer):
    factory.open_day(bank.elsewhere)
    account = factory.account(bank.elsewhere, "2011", "赵强")
    held_by(account, authorizer)
    order = factory.transfer(
        counter, "300,000.00", payee_account=account.number, payee_name=account.name
    )
    with acting(staff=teller):
        item = factory.sent(teller, order)

    assert authorizer.person in WorkItem.objects.get(pk=item.work_item_id).conflicted
    assert services.open_next(authorizer=authorizer, at=AT) is None


def test_it_is_refused_where_the_account_became_theirs_meanwhile(waiting, counter, authorizer):
    opened = services.open_next(authorizer=authorizer, at=AT)
    held_by(counter.payer, authorizer)

    with pytest.raises(rules.OwnAccount):
        decide(opened, authorizer)

    assert not Decision.objects.exists()
    assert Request.objects.get().state == rules.VIEWING


def test_the_database_refuses_it_whatever_the_application_says(
    waiting, counter, authorizer, monkeypatch
):
    opened = services.open_next(authorizer=authorizer, at=AT)
    held_by(counter.payer, authorizer)
    monkeypatch.setattr("authorization.services._deciding._check", lambda *_, **_more: None)

    with pytest.raises(DatabaseError, match="own account"), transaction.atomic():
        decide(opened, authorizer)


def test_nor_is_it_seen_again_by_them(bank, waiting, counter, authorizer):
    other = people.staff(bank.centre, "authorizer", name="陈晨")
    held_by(counter.payer, other)
    decide(services.open_next(authorizer=authorizer, at=AT), authorizer)

    quality.see_again(made=Decision.objects.get(), at=minutes(2))

    assert other.person in Review.objects.get().work_item.conflicted


def test_the_desk_tells_when_it_is_the_tellers_own(waiting, counter, teller, authorizer):
    opened = services.open_next(authorizer=authorizer, at=AT)
    before = own(opened)
    held_by(counter.payer, teller)

    assert (before.word, before.good) == ("not involved", True)
    assert (own(opened).word, own(opened).good) == ("involved", False)


def own(item):
    return next(one for one in selectors.checks(request=item) if "own account" in one.text)


def test_an_empty_number_is_nobodys(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT authorization_account_holders('', '')")
        assert cursor.fetchone() == ([],)
