"""What the clock does: alarms once, time-outs that go up to the leads, and the moments kept."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from authorization import rules, selectors, services, tasks
from authorization.models import Decision, Request
from foundation.trail.models import Event
from foundation.worklist import services as worklist
from foundation.worklist.models import Holding, WorkItem
from foundation.worklist.rules import LeaseLost
from tests.factories import people

AT = people.NOON


def after(seconds):
    return AT + timedelta(seconds=seconds)


@pytest.fixture
def lead(bank):
    """Hire a lead."""
    return people.staff(bank.centre, "auth_lead", grade=5, name="王敏")


@pytest.fixture
def opened(waiting, authorizer):
    return services.open_next(authorizer=authorizer, at=AT)


def decided(item, decider, at, step="approve"):
    return services.decide(
        number=item.number, step=step, shown=item.content_hash, fence=item.opened_fence,
        decider=decider, at=at,
    )  # fmt: skip


class TestAlarm:
    def test_it_is_raised_once(self, waiting):
        for moment in (59, 60, 75, 90):
            services.watch(at=after(moment))

        waiting.refresh_from_db()
        assert waiting.alarmed_at == after(60)
        assert Event.objects.filter(action="authorization.alarm").count() == 1
        assert selectors.alarmed(limit=20) == (waiting,)

    def test_an_item_on_a_desk_alarms_nobody(self, opened):
        services.watch(at=after(61))

        opened.refresh_from_db()
        assert opened.alarmed_at is None


class TestTimeOut:
    def test_an_item_undecided_too_long_leaves_its_desk_for_the_leads(
        self, opened, authorizer, lead
    ):
        services.watch(at=after(180))

        opened.refresh_from_db()
        assert (opened.state, opened.escalated_why) == (rules.ESCALATED, rules.UNDECIDED)
        assert Holding.objects.get().ended_by == "timed out"
        with pytest.raises(LeaseLost):
            worklist.finish(
                item_id=opened.work_item_id, fence=opened.opened_fence, staff=authorizer
            )
        assert services.open_next(authorizer=authorizer, at=after(181)) is None
        assert services.open_next(authorizer=lead, at=after(181)) == opened

    def test_an_item_that_nobody_takes_goes_up(self, waiting, authorizer, lead):
        services.watch(at=after(179))
        waiting.refresh_from_db()
        assert waiting.state == rules.QUEUED

        services.watch(at=after(180))

        waiting.refresh_from_db()
        assert (waiting.state, waiting.escalated_why) == (rules.ESCALATED, rules.WAITED)
        assert services.open_next(authorizer=authorizer, at=after(181)) is None
        taken = services.open_next(authorizer=lead, at=after(181))
        assert decided(taken, lead, after(190)).state == rules.POSTED

    def test_it_goes_up_once_and_twice_run_is_once(self, opened):
        for _run in range(2):
            services.watch(at=after(180))
        tasks.watch()

        assert Event.objects.filter(action="authorization.time_out").count() == 1

    def test_what_a_lead_hands_back_stays_with_the_leads(self, opened, authorizer, lead):
        services.watch(at=after(180))
        taken = services.open_next(authorizer=lead, at=after(181))
        services.hand_back(
            number=taken.number, fence=taken.opened_fence, authorizer=lead, at=after(182)
        )

        opened.refresh_from_db()
        assert opened.state == rules.ESCALATED
        assert services.open_next(authorizer=authorizer, at=after(183)) is None

    def test_its_teller_takes_it_back(self, opened, teller):
        services.watch(at=after(180))

        gone = services.withdraw(number=opened.number, teller=teller, at=after(181))

        assert gone.state == rules.WITHDRAWN

    def test_one_that_was_set_aside_by_a_dispatcher_stays(self, waiting, bank):
        worklist.suspend(
            item_id=waiting.work_item_id, reason="系统核对", until=None,
            by=people.staff(bank.centre, "dispatcher"), at=AT,
        )  # fmt: skip

        services.watch(at=after(200))

        waiting.refresh_from_db()
        assert waiting.state == rules.QUEUED

    def test_the_time_of_the_desk_counts_as_viewing(self, opened, lead):
        services.watch(at=after(180))
        taken = services.open_next(authorizer=lead, at=after(200))
        decided(taken, lead, after(210))

        made = Decision.objects.get()
        assert (made.queue_ms, made.view_ms) == (20_000, 190_000)

    @pytest.mark.parametrize(
        ("change", "truth"),
        [
            ({"state": "escalated"}, "escalated_has_moment"),
            ({"escalated_why": "waited"}, "escalated_when_and_why"),
            ({"escalated_at": AT, "escalated_why": "whim"}, "escalated_when_and_why"),
            ({"viewed_ms": -1}, "time_passes"),
            ({"level": 2}, "level_of_those_needed"),
        ],
    )
    def test_the_database_keeps_the_truth(self, waiting, change, truth):
        with pytest.raises(IntegrityError, match=truth), transaction.atomic():
            Request.objects.update(**change)

    def test_work_goes_up_only_once_it_is_free(self, waiting):
        assert worklist.escalate(item_id=waiting.work_item_id, at=AT)
        assert WorkItem.objects.get().leads_only
        assert not worklist.escalate(item_id=0, at=AT)


class TestMoments:
    def test_the_figures_of_an_item_stand_apart(self, waiting, authorizer, teller):
        opened = services.open_next(authorizer=authorizer, at=after(4))
        services.shown_on_screen(number=opened.number, fence=opened.opened_fence, at=after(5))
        services.shown_on_screen(number=opened.number, fence=opened.opened_fence, at=after(9))
        decided(opened, authorizer, after(24))
        for moment in (26, 40):
            services.seen_by_teller(teller=teller, numbers=[opened.number], at=after(moment))

        made = Decision.objects.get()
        assert (made.queue_ms, made.show_ms, made.decide_ms) == (4_000, 1_000, 19_000)
        assert (made.view_ms, made.hold_ms, made.feedback_ms) == (20_000, 0, 2_000)

    def test_a_desk_that_does_not_say_when_it_showed_leaves_it_open(self, opened, authorizer):
        decided(opened, authorizer, after(20))

        made = Decision.objects.get()
        assert (made.show_ms, made.decide_ms, made.feedback_ms) == (None, None, None)

    def test_a_lost_desk_says_nothing(self, opened):
        services.shown_on_screen(number=opened.number, fence=99, at=after(5))

        opened.refresh_from_db()
        assert opened.shown_at is None

    def test_only_the_own_teller_has_seen_it(self, opened, authorizer, bank):
        decided(opened, authorizer, after(20))
        other = people.staff(bank.outlet, "teller")

        assert services.seen_by_teller(teller=other, numbers=[opened.number], at=after(30)) == 0

    def test_that_it_was_seen_is_never_rewritten(self, opened, authorizer, teller):
        decided(opened, authorizer, after(20))
        services.seen_by_teller(teller=teller, numbers=[opened.number], at=after(21))

        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            Decision.objects.update(seen_at=after(50))
