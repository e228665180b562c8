"""Outlets decide in an emergency that two people switched, and never otherwise."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from authorization import rules, services
from authorization.models import Decision, Fallback, LocalAuthorizer, Request, Review
from authorization.rules import fallback as refused
from authorization.selectors import fallback as selectors
from authorization.services import fallback, quality
from foundation.kernel.flow import StepNotAllowed
from foundation.people import services as people_services
from foundation.people.models import Staff
from foundation.worklist.models import WorkItem
from tests.factories import authorization as factory
from tests.factories import fallback as emergency
from tests.factories import people
from tests.factories import quality as looks

HOUR = timedelta(hours=1)


@pytest.fixture
def crew(bank):
    return emergency.crew(bank)


@pytest.fixture
def supervisor(crew, bank):
    return emergency.registered(crew, bank.outlet)[0]


@pytest.fixture
def switch(crew, bank):
    return emergency.switched(crew, bank.branch)


def decisions():
    return list(Decision.objects.order_by("id"))


def test_a_local_person_decides_in_an_emergency_and_it_is_posted(waiting, supervisor, switch):
    item = emergency.opened(supervisor)
    assert item.pk == waiting.pk
    done = emergency.decided(supervisor, item)

    (made,) = decisions()
    assert done.state == "posted"
    assert (made.fallback, made.epoch, made.decider) == (switch, switch.epoch, supervisor)
    (review,) = Review.objects.all()
    assert (review.decision, review.state) == (made, "waiting")


def test_while_the_centre_decides_nobody_does_at_the_outlet(waiting, supervisor):
    with pytest.raises(refused.NotLocal):
        emergency.opened(supervisor)


@pytest.mark.parametrize("state", ["proposed", "declined", "ended"])
def test_an_emergency_that_is_not_in_force_lets_nobody_decide(
    waiting, supervisor, crew, bank, state
):
    row = emergency.proposed(crew, bank.branch)
    at = timezone.now()
    if state == "declined":
        fallback.decline(switch_id=row.pk, by=crew.risk, at=at)
    if state == "ended":
        fallback.approve(switch_id=row.pk, by=crew.risk, at=at)
        emergency.ended(crew, row)

    with pytest.raises(refused.NotLocal):
        emergency.opened(supervisor)


def test_who_is_not_registered_does_not_decide(waiting, crew, bank, switch):
    for person in (
        people.staff(bank.outlet, "outlet_supervisor"),
        emergency.registered(crew, bank.sibling)[0],
    ):
        with people_services.acting(staff=person):
            if person.institution == bank.outlet:
                with pytest.raises(refused.NotLocal):
                    emergency.opened(person)
            else:
                assert emergency.opened(person) is None


def test_only_the_outlets_below_the_switch_decide(waiting, supervisor, crew, bank):
    emergency.switched(crew, bank.elsewhere)

    with pytest.raises(refused.NotLocal):
        emergency.opened(supervisor)


def test_the_outlet_sees_no_branch_and_is_bound_by_its_emergency(waiting, supervisor, switch):
    with people_services.acting(staff=supervisor):
        assert selectors.switch(switch_id=switch.pk) is None
        item = emergency.opened(supervisor)
        assert emergency.decided(supervisor, item).state == "posted"


def test_more_than_the_own_limit_waits_for_the_centre(counter, teller, crew, bank, switch):
    person, _row = emergency.registered(crew, bank.outlet, most_fen=5_000_000)
    factory.sent(teller, factory.withdrawal(counter, "60,000.00"))

    assert emergency.opened(person) is None


def test_the_database_keeps_the_limit_the_register_the_time_and_the_epoch(
    waiting, supervisor, switch, bank, crew
):
    item = emergency.opened(supervisor)
    item.refresh_from_db()
    stranger = people.staff(bank.outlet, "outlet_supervisor")
    good = {"decider": supervisor, "epoch": switch.epoch, "fallback": switch}
    wrong = [
        good | {"decider": stranger},
        good | {"epoch": switch.epoch + 1},
        good | {"fallback": row_that_waits(crew, bank.outlet)},
    ]
    for one in wrong:
        with pytest.raises(DatabaseError, match="no emergency lets the outlet"):
            insert(item, **one)
    with pytest.raises(DatabaseError, match="does not decide its own"):
        insert(item, **good | {"fallback": None, "epoch": 0})
    LocalAuthorizer.objects.filter(staff=supervisor).update(
        state="ended", ended_by=crew.risk, ended_at=timezone.now()
    )
    with pytest.raises(DatabaseError, match="no emergency lets the outlet"):
        insert(item, **good)


def row_that_waits(crew, place):
    return Fallback.objects.create(
        institution=place, minutes=5, reason="x", proposed_by=crew.manager,
        proposed_at=timezone.now(),
    )  # fmt: skip


def test_the_database_keeps_the_time_box(waiting, supervisor, crew, bank):
    long_ago = timezone.now() - 2 * HOUR
    row = emergency.switched(crew, bank.branch, minutes=60, at=long_ago)
    with pytest.raises(refused.NotLocal):
        emergency.opened(supervisor)
    services.open_next(
        authorizer=people.staff(bank.centre, "authorizer", grade=5), at=timezone.now()
    )
    Request.objects.filter(pk=waiting.pk).update(opened_epoch=row.epoch)
    item = Request.objects.get(pk=waiting.pk)

    with pytest.raises(DatabaseError, match="no emergency lets the outlet"):
        insert(item, decider=supervisor, epoch=row.epoch, fallback=row)


def insert(item, *, decider, epoch, fallback):
    with transaction.atomic():
        Decision.objects.create(
            institution_id=item.institution_id, request=item, seq=1, step="approve",
            decider=decider, decider_label=decider.label, decider_person=decider.person,
            content_hash=item.content_hash, business_date=item.business_date, at=timezone.now(),
            queue_ms=0, view_ms=0, fallback=fallback, epoch=epoch,
        )  # fmt: skip


def test_the_teller_never_decides_even_under_a_number_that_is_registered(
    counter, teller, supervisor, switch, crew
):
    outlet, at = supervisor.institution, timezone.now()
    number = people.staff(outlet)
    Staff.objects.filter(pk=number.pk).update(person=teller.person)
    number.refresh_from_db()
    row = LocalAuthorizer.objects.create(
        institution=outlet, staff=number, most_fen=10**9, reason="x",
        proposed_by=crew.manager, proposed_at=at,
    )  # fmt: skip
    fallback.decide_local(local_id=row.pk, approve=True, by=crew.risk, at=at)
    factory.sent(teller, factory.withdrawal(counter))

    assert emergency.opened(number) is None
    item = emergency.opened(supervisor)
    item.refresh_from_db()
    with pytest.raises(DatabaseError, match="own item"):
        insert(item, decider=number, epoch=switch.epoch, fallback=switch)


def test_the_centres_decisions_bear_the_epoch_too(counter, teller, crew, bank, authorizer):
    def centre_decides():
        factory.sent(teller, factory.withdrawal(counter))
        at = timezone.now()
        item = services.open_next(authorizer=authorizer, at=at)
        emergency.decided(authorizer, item)
        return Decision.objects.order_by("-id").values_list("epoch", flat=True).first()

    first = centre_decides()
    row = emergency.switched(crew, bank.branch)
    during = centre_decides()
    row = emergency.ended(crew, row)
    after = centre_decides()

    assert (first, during, after) == (0, row.epoch, row.ended_epoch)
    assert 0 < during < after


def test_an_item_on_a_desk_of_the_centre_is_not_given_to_the_outlet_nor_the_other_way(
    waiting, supervisor, switch, authorizer
):
    at = timezone.now()
    taken = services.open_next(authorizer=authorizer, at=at)
    assert emergency.opened(supervisor) is None
    services.hand_back(number=taken.number, fence=taken.opened_fence, authorizer=authorizer, at=at)

    assert emergency.opened(supervisor).number == waiting.number
    assert services.open_next(authorizer=authorizer, at=at) is None


def test_when_the_centre_is_back_the_desk_of_the_outlet_is_cleared_at_once(
    waiting, supervisor, switch, crew, authorizer
):
    item = emergency.opened(supervisor)
    emergency.ended(crew, switch)

    with pytest.raises(refused.EpochOver):
        emergency.decided(supervisor, item)
    work = WorkItem.objects.get(pk=item.work_item_id)
    assert (work.state, work.holder) == ("waiting", None)
    services.let_go(number=item.number)
    again = services.open_next(authorizer=authorizer, at=timezone.now())
    assert emergency.decided(authorizer, again).state == "posted"
    assert decisions()[0].fallback is None


def test_what_was_opened_in_one_emergency_is_not_decided_in_the_next(
    waiting, supervisor, switch, crew, bank
):
    item = emergency.opened(supervisor)
    emergency.ended(crew, switch)
    emergency.switched(crew, bank.outlet)

    with pytest.raises(refused.EpochOver):
        emergency.decided(supervisor, item)


def test_the_clock_ends_an_emergency(waiting, supervisor, crew, bank):
    row = emergency.switched(crew, bank.branch, minutes=30)
    assert fallback.watch(at=timezone.now()) == 0
    assert fallback.watch(at=timezone.now() + timedelta(minutes=31)) == 1

    row.refresh_from_db()
    assert (row.state, row.ended_how, row.ended_by) == ("ended", "lapse", None)
    assert fallback.watch(at=timezone.now() + HOUR) == 0


def test_a_registration_is_ended_at_once(waiting, supervisor, switch, crew):
    item = emergency.opened(supervisor)
    row = LocalAuthorizer.objects.get(staff=supervisor)
    fallback.end_local(local_id=row.pk, by=crew.risk, at=timezone.now())

    with pytest.raises(refused.EpochOver):
        emergency.decided(supervisor, item)
    assert WorkItem.objects.get(pk=item.work_item_id).state == "waiting"


def test_two_of_an_outlet_decide_what_needs_two(counter, teller, crew, bank, switch):
    item = factory.sent(teller, factory.withdrawal(counter))
    first, _ = emergency.registered(crew, bank.outlet, name="钱红")
    second, _ = emergency.registered(crew, bank.outlet, name="马丽")
    needs_two(item)
    one = emergency.opened(first)
    assert emergency.decided(first, one).state == "queued"
    assert not Review.objects.exists()
    assert emergency.opened(first) is None

    two = emergency.opened(second)
    assert emergency.decided(second, two).state == "posted"
    assert [made.level for made in decisions()] == [1, 2]
    assert Review.objects.get().decision == decisions()[1]


def needs_two(item):
    """Send the item again as one of two levels: what it needs is measured only then."""
    Request.objects.filter(pk=item.pk).update(state="viewing")
    Request.objects.filter(pk=item.pk).update(state="returned")
    Request.objects.filter(pk=item.pk).update(state="queued", levels_needed=2)


@pytest.mark.parametrize(
    ("said", "seen"), [(["approve"], 1), (["reject", "A07"], 1), (["return", "A01"], 0)]
)
def test_all_that_ended_is_seen_again_and_what_was_sent_back_is_not(
    waiting, supervisor, switch, said, seen
):
    emergency.decided(supervisor, emergency.opened(supervisor), *said)

    assert Review.objects.count() == seen
    figures = selectors.figures_of(row=switch)
    assert (figures.approved + figures.rejected + figures.returned) == 1
    assert (figures.to_see, figures.seen, figures.left) == (seen, 0, seen)


def test_no_item_of_an_outlet_ends_without_a_review(waiting, supervisor, switch, monkeypatch):
    monkeypatch.setattr("authorization.services._effect.see_again", lambda **_more: None)
    item = emergency.opened(supervisor)

    with pytest.raises(IntegrityError, match="seen again"), transaction.atomic():
        emergency.decided(supervisor, item)
    assert not decisions()


def test_a_reviewer_of_the_centre_sees_it_again(waiting, supervisor, switch, authorizer):
    emergency.decided(supervisor, emergency.opened(supervisor))
    row = quality.open_review(reviewer=authorizer, at=timezone.now())
    quality.review(
        review_id=row.pk, step="approve", fence=row.work_item.fence, reviewer=authorizer,
        at=timezone.now(),
    )  # fmt: skip

    figures = selectors.figures_of(row=switch)
    assert (figures.to_see, figures.seen, figures.left) == (1, 1, 0)


def test_another_look_at_a_decision_is_no_other_decision(
    waiting, supervisor, switch, authorizer, bank
):
    test_a_reviewer_of_the_centre_sees_it_again(waiting, supervisor, switch, authorizer)
    looks.planted(bank, decisions()[0], at=timezone.now())

    figures = selectors.figures_of(row=switch)
    ((made,), _more) = selectors.made_in(row=switch)

    assert (figures.approved, figures.to_see, figures.seen, figures.left) == (1, 1, 1, 0)
    assert made.review.kind == "sample"
    later = timezone.localdate() + timedelta(days=400)
    assert selectors.unseen(institution_id=waiting.institution_id, before=later) == 0


def test_the_nightly_draw_goes_on_beside_it(counter, teller, supervisor, switch, authorizer):
    factory.sent(teller, factory.withdrawal(counter))
    emergency.decided(supervisor, emergency.opened(supervisor))
    for _ in range(2):
        factory.sent(teller, factory.withdrawal(counter))
        item = services.open_next(authorizer=authorizer, at=timezone.now())
        emergency.decided(authorizer, item)

    assert quality.draw_reviews(at=people.NOON + timedelta(days=1)) >= 1
    assert quality.draw_reviews(at=people.NOON + timedelta(days=1)) == 0


def test_two_people_switch_and_neither_twice(crew, bank):
    row = emergency.proposed(crew, bank.branch)
    twin = people.staff(bank.branch)
    Staff.objects.filter(pk=twin.pk).update(person=crew.manager.person)
    twin.refresh_from_db()
    for step in (fallback.approve, fallback.decline):
        with pytest.raises(refused.NotApart):
            step(switch_id=row.pk, by=twin, at=timezone.now())
    change = {"state": "active", "decided_by": twin, "decided_at": timezone.now()}
    change |= {"epoch": 99, "until": timezone.now() + HOUR}
    with pytest.raises(IntegrityError, match="two people"), transaction.atomic():
        Fallback.objects.filter(pk=row.pk).update(**change)


def test_a_switch_is_decided_once_and_ended_once(crew, bank):
    row = emergency.switched(crew, bank.branch)
    for step in (fallback.approve, fallback.decline):
        with pytest.raises(StepNotAllowed):
            step(switch_id=row.pk, by=crew.risk, at=timezone.now())
    emergency.ended(crew, row)
    with pytest.raises(StepNotAllowed):
        emergency.ended(crew, row)
    for change in ({"state": "active"}, {"reason": "x"}, {"epoch": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Fallback.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()


@pytest.mark.parametrize(("first", "second"), [("branch", "outlet"), ("outlet", "branch")])
def test_no_two_emergencies_over_one_place(crew, bank, first, second):
    waiting = emergency.proposed(crew, getattr(bank, second))
    emergency.switched(crew, getattr(bank, first))

    with pytest.raises(refused.SwitchOverlaps):
        fallback.approve(switch_id=waiting.pk, by=crew.risk, at=timezone.now())
    with pytest.raises(refused.SwitchOverlaps):
        emergency.proposed(crew, getattr(bank, second))
    change = {"state": "active", "decided_by": crew.risk, "decided_at": timezone.now()}
    change |= {"epoch": 99, "until": timezone.now() + HOUR}
    with pytest.raises(IntegrityError, match="in force there already"), transaction.atomic():
        Fallback.objects.filter(pk=waiting.pk).update(**change)


def test_the_time_is_what_the_bank_allows(crew, bank):
    for minutes in (0, 121):
        with pytest.raises(refused.MinutesOut):
            emergency.proposed(crew, bank.branch, minutes=minutes)


def test_a_place_of_others_is_not_there(crew, bank):
    stranger = people.staff(bank.sibling, "outlet_supervisor")
    row = emergency.switched(crew, bank.branch)
    at = timezone.now()
    with people_services.acting(staff=stranger):
        for step in (
            lambda: fallback.give_back(switch_id=row.pk, reason="x", by=stranger, at=at),
            lambda: fallback.approve(switch_id=row.pk, by=stranger, at=at),
            lambda: fallback.propose(
                institution=bank.branch, drill=False, minutes=5, reason="x", by=stranger, at=at
            ),
            lambda: fallback.end_local(local_id=1, by=stranger, at=at),
        ):
            with pytest.raises(refused.NoSuchRow):
                step()


def test_who_is_registered_is_fit_for_it(crew, bank, supervisor):
    at = timezone.now()
    centre = people.staff(bank.centre, "authorizer")
    fresh = people.staff(bank.outlet, "outlet_supervisor")
    for person, most in ((centre, 100), (supervisor, 100), (fresh, 20_000_001), (fresh, 0)):
        with pytest.raises(refused.RegistrationUnfit):
            fallback.propose_local(staff=person, most_fen=most, reason="x", by=crew.manager, at=at)
    row = fallback.propose_local(staff=fresh, most_fen=100, reason="x", by=crew.manager, at=at)
    for person in (crew.manager, fresh):
        with pytest.raises(refused.NotApart):
            fallback.decide_local(local_id=row.pk, approve=True, by=person, at=at)
    with pytest.raises(IntegrityError, match="different people"), transaction.atomic():
        LocalAuthorizer.objects.filter(pk=row.pk).update(
            state="active", decided_by=fresh, decided_at=at
        )
    assert (
        fallback.decide_local(local_id=row.pk, approve=False, by=crew.risk, at=at).state
        == "declined"
    )


def test_a_centre_that_takes_nothing_is_noticed_and_nothing_is_switched(
    waiting, authorizer, crew, bank
):
    assert selectors.suggestion(at=timezone.now()) is None
    WorkItem.objects.update(enqueued_at=timezone.now() - HOUR)
    signs = selectors.suggestion(at=timezone.now())
    assert (signs.after_seconds, signs.claim_seconds) == (300, None)
    assert signs.waits_seconds >= 3600
    assert not Fallback.objects.exists()

    item = services.open_next(authorizer=authorizer, at=timezone.now())
    services.hand_back(
        number=item.number, fence=item.opened_fence, authorizer=authorizer, at=timezone.now()
    )
    assert selectors.suggestion(at=timezone.now()) is None


def test_what_an_outlet_takes_itself_says_nothing_of_the_centre(waiting, supervisor, switch, crew):
    WorkItem.objects.update(enqueued_at=timezone.now() - HOUR)
    item = emergency.opened(supervisor)
    services.hand_back(
        number=item.number, fence=item.opened_fence, authorizer=supervisor, at=timezone.now()
    )
    emergency.ended(crew, switch)

    assert selectors.suggestion(at=timezone.now()) is not None


def test_an_outlet_never_decides_without_an_emergency(waiting, supervisor, authorizer):
    item = services.open_next(authorizer=authorizer, at=timezone.now())

    with pytest.raises(rules.OwnOutlet):
        emergency.decided(supervisor, item)
