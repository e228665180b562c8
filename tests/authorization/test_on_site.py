"""On site: people of the outlet confirm its items before the centre, or instead of it."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from authorization import rules, selectors, services
from authorization.models import Decision, OnSite, Request
from authorization.rules import on_site
from foundation.ledger import selectors as ledger
from ops_platform import conserving
from tests.factories import aml, people
from tests.factories import authorization as factory
from tests.factories import fallback as emergency
from tests.factories import rules as rule_factory

AT = people.NOON
SEEN = AT + timedelta(seconds=30)
LATER = AT + timedelta(seconds=50)
FULL = 90_000_000


def in_force(outlet=1, centre=1, **more):
    """Put a rule in force that asks people of the outlet."""
    said = rule_factory.plain(amount_from_fen=1, outlet_levels=outlet, centre_levels=centre, **more)
    return rule_factory.in_force(said, valid_from=people.DAY)


@pytest.fixture
def supervisor(bank):
    return people.staff(bank.outlet, "outlet_supervisor", name="孙丽")


@pytest.fixture
def other(bank):
    """Hire another supervisor of the outlet."""
    return people.staff(bank.outlet, "outlet_supervisor", name="吴强")


@pytest.fixture
def send(counter, teller):
    """Return how to send a withdrawal under a rule that asks people of the outlet."""

    def sent(outlet=1, centre=1, **more):
        in_force(outlet, centre, **more)
        return factory.sent(teller, factory.withdrawal(counter))

    return sent


def said(item, by, step="approve", at=LATER, **more):
    services.look(number=item.number, by=by, at=SEEN)
    told = {"shown": item.content_hash} | more
    return services.decide_on_site(number=item.number, step=step, by=by, at=at, **told)


def decided(item, decider, step="approve", **more):
    return services.decide(
        number=item.number, step=step, shown=item.content_hash, fence=item.opened_fence,
        decider=decider, at=LATER, **more,
    )  # fmt: skip


def reread(item):
    return Request.objects.get(pk=item.pk)


def test_it_waits_at_the_outlet_and_not_at_the_centre(send, supervisor, authorizer):
    item = send()

    assert (item.state, item.outlet_needed, item.work_item) == (rules.ON_SITE, 1, None)
    assert (item.presented_at is not None, item.queued_at) == (True, None)
    assert selectors.on_site(staff=supervisor) == (item,)
    assert services.open_next(authorizer=authorizer, at=LATER) is None


def test_confirmed_it_goes_to_the_centre_and_is_posted_there(send, supervisor, authorizer, counter):
    item = said(send(), supervisor)

    assert (item.state, item.queued_at) == (rules.QUEUED, LATER)
    assert selectors.on_site(staff=supervisor) == ()
    assert ledger.balance(number=counter.payer.number).fen == FULL
    opened = services.open_next(authorizer=authorizer, at=LATER)
    assert decided(opened, authorizer).state == rules.POSTED
    assert not conserving.wrong()
    assert not conserving.uncounted()


def test_the_seconds_of_the_outlet_are_no_seconds_of_the_centre(send, supervisor, authorizer):
    item = send()
    Request.objects.filter(pk=item.pk).update(presented_at=AT)
    said(reread(item), supervisor)

    decided(services.open_next(authorizer=authorizer, at=LATER), authorizer)

    (seen,), (made,) = OnSite.objects.all(), Decision.objects.all()
    assert (seen.wait_ms, seen.view_ms) == (30_000, 20_000)
    assert (made.queue_ms, made.view_ms) == (0, 0)


def test_where_the_centre_is_not_asked_the_outlets_yes_posts(send, supervisor, counter):
    item = said(send(centre=0), supervisor)

    assert (item.state, item.decider_label) == (rules.POSTED, supervisor.label)
    assert ledger.balance(number=counter.payer.number).fen == FULL - 6_000_000
    assert not Decision.objects.exists()
    assert not conserving.wrong()
    assert not conserving.uncounted()


def test_two_people_of_the_outlet_confirm_where_the_rule_says_so(send, supervisor, other):
    item = send(outlet=2, centre=0)

    first = said(item, supervisor)
    assert first.state == rules.ON_SITE
    assert (selectors.on_site(staff=supervisor), selectors.on_site(staff=other)) == ((), (item,))
    assert said(item, other).state == rules.POSTED
    assert [row.level for row in OnSite.objects.order_by("id")] == [1, 2]


def test_nobody_says_it_twice(send, supervisor):
    item = send(outlet=2)
    said(item, supervisor)

    with pytest.raises(rules.SecondOfSamePerson):
        said(item, supervisor)


def test_nor_under_another_number(send, supervisor, other):
    item = send(outlet=2)
    said(item, supervisor)
    other.person = supervisor.person
    other.save(update_fields=["person"])

    with pytest.raises(rules.SecondOfSamePerson):
        said(item, other)


@pytest.mark.parametrize(("step", "reason"), [("reject", "A08"), ("return", "A18")])
@pytest.mark.parametrize("centre", [0, 1])
def test_a_no_on_site_ends_the_round(send, supervisor, step, reason, centre):
    item = said(send(centre=centre), supervisor, step, reasons=[reason])

    assert item.state == {"reject": rules.REJECTED, "return": rules.RETURNED}[step]
    assert (item.reasons, item.decider_label) == ([reason], supervisor.label)
    assert not conserving.wrong()
    assert not conserving.uncounted()


def test_a_no_has_a_reason(send, supervisor):
    with pytest.raises(rules.ReasonNeeded):
        said(send(), supervisor, "reject")


def test_what_was_sent_back_on_site_stands_there_again(send, supervisor, counter, teller):
    item = said(send(), supervisor, "return", reasons=["A18"])

    again = services.resubmit(
        number=item.number, order=factory.withdrawal(counter, "55,000.00"), teller=teller, at=LATER
    )

    assert (again.state, again.attempt) == (rules.ON_SITE, 2)
    assert said(reread(again), supervisor).state == rules.QUEUED
    assert not conserving.wrong()
    assert not conserving.uncounted()


def test_what_the_centre_sent_back_stands_on_site_again(
    send, supervisor, authorizer, counter, teller
):
    item = said(send(), supervisor)
    opened = services.open_next(authorizer=authorizer, at=LATER)
    decided(opened, authorizer, "return", reasons=["A18"])

    again = services.resubmit(
        number=item.number, order=factory.withdrawal(counter, "55,000.00"), teller=teller, at=LATER
    )

    assert (again.state, again.queued_at) == (rules.ON_SITE, None)
    assert not conserving.wrong()
    assert not conserving.uncounted()


def test_its_teller_takes_it_back(send, teller):
    item = services.withdraw(number=send().number, teller=teller, at=LATER)

    assert item.state == rules.WITHDRAWN
    assert not conserving.wrong()
    assert not conserving.uncounted()


def test_a_new_image_makes_what_was_said_on_site_void(send, supervisor, authorizer, teller):
    item = said(send(), supervisor)
    opened = services.open_next(authorizer=authorizer, at=LATER)
    services.hold(
        number=item.number, kind=rules.RESCAN, question="背面", fence=opened.opened_fence,
        authorizer=authorizer, at=LATER,
    )  # fmt: skip
    services.attach(
        key=item.key, teller=teller, data=factory.image(), name="b.png", image_class="voucher",
        at=LATER,
    )  # fmt: skip

    again = services.answer(number=item.number, text="已补扫", by=teller, at=LATER)

    assert (again.state, again.attempt) == (rules.ON_SITE, 2)
    assert not conserving.wrong()
    assert not conserving.uncounted()
    assert said(reread(again), supervisor).state == rules.QUEUED
    assert not conserving.wrong()
    assert not conserving.uncounted()


def test_nobody_confirms_what_they_have_not_opened(send, supervisor):
    item = send()

    with pytest.raises(on_site.LookFirst):
        services.decide_on_site(
            number=item.number, step="approve", shown=item.content_hash, by=supervisor, at=LATER
        )


def test_nor_another_content(send, supervisor):
    with pytest.raises(rules.ShownIsStale):
        said(send(), supervisor, shown="0" * 64)


def test_nor_the_teller_under_another_number(send, bank, teller):
    item = send()
    second = people.staff(bank.outlet, "teller", name="陈明")
    second.person = teller.person
    second.save(update_fields=["person"])

    assert selectors.on_site(staff=second) == ()
    with pytest.raises(rules.OwnItem):
        said(item, second)


def test_nor_somebody_of_another_outlet(send, bank):
    stranger = people.staff(bank.sibling, "outlet_supervisor", name="郑洁")

    with pytest.raises(on_site.NotOfThisOutlet):
        said(send(), stranger)


def test_nor_who_holds_the_account(send, supervisor, counter):
    item = send()
    counter.payer.holder_person = supervisor.person
    counter.payer.save(update_fields=["holder_person"])

    with pytest.raises(rules.OwnAccount):
        said(item, supervisor)
    assert code_of(lambda: look(item, supervisor)) == "OP097"


def test_nor_what_waits_no_more(send, supervisor):
    item = said(send(), supervisor)

    with pytest.raises(on_site.NotOnSite):
        said(item, supervisor)


def test_the_centre_decides_by_another_human(send, supervisor, authorizer):
    item = said(send(), supervisor)
    opened = services.open_next(authorizer=authorizer, at=LATER)
    authorizer.person = supervisor.person
    authorizer.save(update_fields=["person"])

    with pytest.raises(on_site.ConfirmedOnSite):
        decided(opened, authorizer)
    assert reread(item).state == rules.VIEWING


def test_and_is_not_offered_to_them(send, supervisor, authorizer):
    authorizer.person = supervisor.person
    authorizer.save(update_fields=["person"])
    said(send(), supervisor)

    assert services.open_next(authorizer=authorizer, at=LATER) is None


def test_nor_is_the_second_level(send, supervisor, authorizer, bank):
    said(send(centre=2), supervisor)
    decided(services.open_next(authorizer=authorizer, at=LATER), authorizer)
    second = people.staff(bank.centre, "authorizer", name="王芳")
    second.person = supervisor.person
    second.save(update_fields=["person"])

    assert services.open_next(authorizer=second, at=LATER) is None
    third = people.staff(bank.centre, "authorizer", name="赵志远")
    opened = services.open_next(authorizer=third, at=LATER)
    assert (opened.level, decided(opened, third).state) == (2, rules.POSTED)


def look(item, by, **more):
    usual = {
        "institution_id": item.institution_id, "request": item, "seq": 1, "decider": by,
        "decider_label": by.label, "decider_person": by.person, "content_hash": item.content_hash,
        "presented_at": AT, "opened_at": AT,
    }  # fmt: skip
    with transaction.atomic():
        return OnSite.objects.create(**(usual | more))


def code_of(act):
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        act()
    return caught.value.__cause__.pgcode


def test_the_database_refuses_who_may_not(send, supervisor, teller, bank, authorizer):
    item, stranger = send(), people.staff(bank.sibling, "outlet_supervisor", name="郑洁")

    for by in (teller, stranger, authorizer):
        assert code_of(lambda by=by: look(item, by)) == "OP097"
    assert code_of(lambda: look(item, supervisor, decider_person=teller.person)) == "OP097"


def test_the_database_refuses_another_content_or_round(send, supervisor):
    item = send()

    assert code_of(lambda: look(item, supervisor, content_hash="0" * 64)) == "OP098"
    assert code_of(lambda: look(item, supervisor, seq=2)) == "OP098"


def test_the_database_keeps_what_was_said(send, supervisor):
    said(send(outlet=2), supervisor)
    rows = OnSite.objects.all()

    assert code_of(rows.delete) == "OP098"
    assert code_of(lambda: rows.update(step="reject")) == "OP098"


def test_that_the_teller_saw_it_is_noted_once(send, supervisor, teller, bank):
    item, other = send(), people.staff(bank.outlet, "teller", name="赵敏")
    services.look(number=item.number, by=supervisor, at=SEEN)
    rows, seen = OnSite.objects.all(), {"numbers": [item.number], "at": LATER}

    assert services.seen_by_teller(teller=teller, **seen) == 0, "nothing was said yet"
    said(item, supervisor, "reject", reasons=["A08"])
    assert services.seen_by_teller(teller=other, **seen) == 0
    assert services.seen_by_teller(teller=teller, **seen) == 1
    assert services.seen_by_teller(teller=teller, **seen) == 0
    assert rows.get().seen_at == LATER
    assert code_of(lambda: rows.update(seen_at=SEEN)) == "OP098"


def test_nor_before_anything_was_said_nor_with_it(send, supervisor):
    item = send()
    assert code_of(lambda: look(item, supervisor, seen_at=AT)) == "OP098"
    look(item, supervisor)
    rows = OnSite.objects.all()

    assert code_of(lambda: rows.update(seen_at=AT)) == "OP098"
    assert code_of(lambda: rows.update(step="approve", at=AT, level=1, seen_at=AT)) == "OP098"


@pytest.mark.parametrize("centre", [0, 1])
def test_the_database_lets_nothing_past_the_outlet(send, centre):
    item = send(centre=centre)
    rows = Request.objects.filter(pk=item.pk)

    for state in ("queued", "viewing", "escalated", "approved"):
        assert code_of(lambda state=state: rows.update(state=state)) in {"OP098", "OP016", "23514"}
    assert reread(item).state == rules.ON_SITE
    assert code_of(lambda: rows.update(outlet_needed=0, levels_needed=1)) == "OP014"


def test_the_database_refuses_the_same_human_at_the_centre(send, supervisor, authorizer):
    said(send(), supervisor)
    opened = services.open_next(authorizer=authorizer, at=LATER)
    authorizer.person = supervisor.person
    authorizer.save(update_fields=["person"])

    def insert():
        Decision.objects.create(
            institution_id=opened.institution_id, request=opened, seq=1, level=1, step="approve",
            decider=authorizer, decider_label=authorizer.label, decider_person=authorizer.person,
            content_hash=opened.content_hash, at=AT, queue_ms=0, view_ms=0,
            business_date=opened.business_date,
        )  # fmt: skip

    assert code_of(insert) == "OP097"


def test_a_rule_from_before_asks_nobody_of_the_outlet(send, counter, teller):
    row = in_force()
    old = rule_factory.row(row.says, row.proposed_by, row.approved_by, valid_from=people.DAY)
    old.acts = False
    old.save(force_insert=True)

    assert factory.sent(teller, factory.withdrawal(counter)).state == rules.QUEUED


def test_who_is_called_back_is_called_by_the_centre(send):
    assert send(centre=0, call_back_from_fen=1).levels_needed == 1


def test_a_hit_of_a_list_goes_to_the_centre_whatever_the_rule_says(
    bank, counter, teller, supervisor, authorizer
):
    aml.in_force(aml.desk(bank))
    account = factory.account(bank.outlet, "2011", "Vladislav Korolenko")
    factory.fund(factory.Counter(bank.outlet, counter.till, account, account))
    in_force(outlet=1, centre=0)
    item = factory.sent(teller, factory.withdrawal(counter, payer_account=account.number))

    assert item.levels_needed == 1
    assert said(item, supervisor).state == rules.QUEUED
    assert services.open_next(authorizer=authorizer, at=LATER) is None, "it is for a lead"


def test_and_so_does_a_drawn_share_of_the_rest(send, monkeypatch):
    monkeypatch.setattr("authorization.services._screening._drawn", lambda _at: True)

    assert send(centre=0).levels_needed == 1


def test_in_an_emergency_another_human_of_the_outlet_decides(bank, send, supervisor):
    crew = emergency.crew(bank)
    first, _row = emergency.registered(crew, bank.outlet)
    second, _row = emergency.registered(crew, bank.outlet, name="吴强")
    said(send(), first)
    emergency.switched(crew, bank.branch)

    assert emergency.opened(first) is None
    opened = emergency.opened(second)
    assert emergency.decided(second, opened).state == rules.POSTED


def test_the_leads_are_told_of_what_waits_too_long(send, bank):
    item = send()
    Request.objects.filter(pk=item.pk).update(presented_at=AT)

    services.watch(at=AT + timedelta(seconds=179))
    assert reread(item).alarmed_at is None
    services.watch(at=AT + timedelta(seconds=180))
    assert reread(item).alarmed_at == AT + timedelta(seconds=180)
    assert item in selectors.alarmed(limit=10)
