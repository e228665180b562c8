"""Who is offered what: rings of skill, limits, outlets, pairs, what is kept, leads, and the lot."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from foundation.people import services as people_services
from foundation.people.models import Qualification, Staff
from foundation.policy.models import Policy
from foundation.trail.models import Event
from foundation.worklist import rules, selectors
from foundation.worklist import services as worklist
from foundation.worklist.models import DayLoad, Holding, WorkItem
from tests.factories import people

QUEUE = "authorization"


def claim(staff):
    return worklist.claim_next(queue=QUEUE, staff=staff, at=people.NOON)


def lacking(item, staff):
    return selectors.lacking(item=item, staff=staff, on=people.DAY)


def counted(staff):
    return selectors.waiting_for(queue=QUEUE, staff=staff, on=people.DAY)


def told(item, staff):
    found = selectors.lacking_of(queue=QUEUE, staff=staff, on=people.DAY, ids=[item.pk])
    return found[item.pk]


def waited(item, seconds):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE worklist_workitem SET enqueued_at = enqueued_at - make_interval(secs => %s)"
            " WHERE id = %s",
            [seconds, item.pk],
        )


def certified(staff, skill, grade=3):
    Qualification.objects.create(
        staff=staff, skill=skill, grade=grade, valid_from=people.DAY, valid_until=people.DAY
    )


def says(code, value):
    """Put another value of a number in force on the day."""
    first = Policy.objects.filter(code=f"authorization.{code}").earliest("id")
    Policy.objects.create(
        code=first.code, value=value, valid_from=people.DAY, reason="试行",
        proposed_by=first.proposed_by, proposed_at=people.NOON,
        approved_by=first.approved_by, approved_at=people.NOON,
    )  # fmt: skip


@pytest.fixture
def lead(bank):
    """Hire a lead."""
    return people.staff(bank.centre, "auth_lead", grade=5, name="王敏")


@pytest.fixture
def done(put):
    """Let a person finish an item that came from somebody."""

    def finish(staff, origin):
        put(origin=origin)
        item = claim(staff)
        assert item is not None
        worklist.finish(item_id=item.pk, fence=item.fence, staff=staff)

    return finish


class TestRings:
    def test_the_skill_goes_first(self, put, authorizer):
        item = put(skill="seal", grade_needed=2)
        assert claim(authorizer) is None
        certified(authorizer, "seal")

        assert claim(authorizer).pk == item.pk

    @pytest.mark.parametrize(("seconds", "taken"), [(8, False), (11, True)])
    def test_another_skill_of_the_grade_takes_it_after_ten_seconds(
        self, put, authorizer, seconds, taken
    ):
        item = put(skill="seal", grade_needed=2)
        certified(authorizer, "cash")
        waited(item, seconds)

        assert (claim(authorizer) is not None) == taken

    def test_never_below_the_grade(self, put, authorizer):
        item = put(skill="seal", grade_needed=4)
        certified(authorizer, "cash", 3)
        waited(item, 9_000)

        assert claim(authorizer) is None
        assert lacking(item, authorizer) == ("skill",)

    @pytest.mark.parametrize(("seconds", "taken"), [(28, False), (31, True)])
    def test_a_lead_takes_it_without_skill_after_thirty(self, put, lead, seconds, taken):
        item = put(skill="seal", grade_needed=4)
        waited(item, seconds)

        assert (claim(lead) is not None) == taken

    def test_nobody_else_does(self, put, authorizer):
        item = put(skill="seal", grade_needed=2)
        waited(item, 9_000)

        assert claim(authorizer) is None


class TestLimits:
    @pytest.mark.parametrize(("grade", "most"), [(2, 100_000_000), (3, 500_000_000)])
    def test_an_amount_above_the_limit_is_not_offered(self, put, bank, grade, most):
        person = people.staff(bank.centre, "authorizer", grade=grade)
        above = put(amount_fen=most + 1)

        assert claim(person) is None
        assert lacking(above, person) == ("amount",)
        assert claim(people.staff(bank.centre, "authorizer", grade=grade + 1)).pk == above.pk

    def test_the_limit_itself_is(self, put, authorizer):
        assert claim(authorizer) is None
        put(amount_fen=500_000_000)

        assert claim(authorizer) is not None

    def test_nor_given_by_hand(self, put, authorizer, dispatcher):
        item = put(amount_fen=500_000_001)

        with pytest.raises(rules.NotQualified):
            worklist.assign(
                item_id=item.pk, to=authorizer, reason="专长", by=dispatcher, at=people.NOON
            )


class TestOutlets:
    def worked(self, authorizer, bank, days_ago):
        people.post(authorizer, bank.outlet, until=people.DAY - timedelta(days=days_ago))

    @pytest.mark.parametrize(("days_ago", "taken"), [(1, False), (180, False), (190, True)])
    def test_an_outlet_of_the_last_six_months_is_ones_own(
        self, put, authorizer, bank, days_ago, taken
    ):
        self.worked(authorizer, bank, days_ago)
        item = put()

        assert (claim(authorizer) is not None) == taken
        assert taken or lacking(item, authorizer) == ("place",)

    def test_under_whatever_number(self, put, authorizer, bank):
        second = people.staff(bank.outlet)
        self.worked(second, bank, 30)
        Staff.objects.filter(id=second.pk).update(person=authorizer.person)
        put()

        assert claim(authorizer) is None

    def test_another_outlet_is_not(self, put, authorizer, bank):
        people.post(authorizer, bank.sibling, until=people.DAY)
        put()

        assert claim(authorizer) is not None


class TestPairs:
    @pytest.fixture(autouse=True)
    def three_an_hour(self, bank):
        old = Policy.objects.get(code="authorization.pair_hour_most", institution=None)
        Policy.objects.create(
            code=old.code, value="3", valid_from=date(2020, 1, 2), reason="试",
            proposed_by=old.proposed_by, proposed_at=people.NOON, approved_by=old.approved_by,
            approved_at=people.NOON,
        )  # fmt: skip

    def test_a_fourth_within_the_hour_goes_to_another(self, put, done, authorizer, bank):
        teller = uuid4()
        for _time in range(3):
            done(authorizer, teller)
        fourth = put(origin=teller)

        assert claim(authorizer) is None
        assert lacking(fourth, authorizer) == ("pair_hour",)
        assert claim(people.staff(bank.centre, "authorizer")).pk == fourth.pk

    def test_what_is_an_hour_ago_counts_no_more(self, put, done, authorizer):
        teller = uuid4()
        for _time in range(2):
            done(authorizer, teller)
        long_ago = timezone.now() - timedelta(minutes=61)
        Holding.objects.create(
            institution_id=WorkItem.objects.order_by("id").first().institution_id,
            item=WorkItem.objects.order_by("id").first(), staff=authorizer, fence=99,
            began_at=long_ago, ended_at=long_ago, ended_by="finished",
        )  # fmt: skip
        put(origin=teller)

        assert claim(authorizer) is not None

    def test_what_went_up_is_not_held_back_by_it(self, put, done, lead):
        teller = uuid4()
        for _time in range(3):
            done(lead, teller)
        item = put(origin=teller)
        worklist.escalate(item_id=item.pk, at=people.NOON)

        assert claim(lead).pk == item.pk

    def present(self, staff):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE people_staff SET seen_at = clock_timestamp() WHERE id = %s", [staff.pk]
            )

    def test_not_twice_in_a_row_while_another_is_free(self, put, done, authorizer, bank):
        teller, other = uuid4(), people.staff(bank.centre, "authorizer")
        done(authorizer, teller)
        self.present(other)
        item = put(origin=teller)

        assert claim(authorizer) is None
        assert lacking(item, authorizer) == ("pair_row",)
        waited(item, 11)
        assert claim(authorizer).pk == item.pk

    def test_twice_in_a_row_where_nobody_else_is_there(self, put, done, authorizer, bank):
        teller, _away = uuid4(), people.staff(bank.centre, "authorizer")
        done(authorizer, teller)
        put(origin=teller)

        assert claim(authorizer) is not None

    def test_whoever_is_busy_is_not_free(self, put, done, authorizer, bank):
        teller, other = uuid4(), people.staff(bank.centre, "authorizer")
        done(authorizer, teller)
        put()
        claim(other)
        self.present(other)
        put(origin=teller)

        assert claim(authorizer) is not None

    def test_another_tellers_item_is_offered_meanwhile(self, put, done, authorizer, bank):
        teller, other = uuid4(), people.staff(bank.centre, "authorizer")
        done(authorizer, teller)
        self.present(other)
        put(origin=teller)
        second = put(origin=uuid4())

        assert claim(authorizer).pk == second.pk


class TestKept:
    def test_it_is_first_for_whom_it_is_kept_and_for_nobody_else(self, put, authorizer, bank):
        older = put()
        mine = put(keep_for=authorizer, kept_seconds=60)
        other = people.staff(bank.centre, "authorizer")

        assert claim(authorizer).pk == mine.pk
        assert claim(other).pk == older.pk
        assert claim(people.staff(bank.centre, "authorizer")) is None

    def test_the_caps_of_a_pair_do_not_keep_it_from_who_knows_it(self, put, done, authorizer):
        teller = uuid4()
        for _time in range(3):
            done(authorizer, teller)
        mine = put(origin=teller, keep_for=authorizer, kept_seconds=60)

        assert claim(authorizer).pk == mine.pk

    def test_it_is_counted_for_whom_it_is_kept_whatever_the_caps_say(
        self, put, done, authorizer, bank
    ):
        teller = uuid4()
        for _time in range(3):
            done(authorizer, teller)
        mine = put(origin=teller, keep_for=authorizer, kept_seconds=60)
        other = people.staff(bank.centre, "authorizer")

        assert [counted(authorizer), counted(other)] == [1, 0]
        assert told(mine, authorizer) == ()
        assert told(mine, other) == ("kept",)

    def test_afterwards_it_is_for_all(self, put, authorizer, bank):
        item = put(keep_for=authorizer, kept_seconds=0)

        assert claim(people.staff(bank.centre, "authorizer")).pk == item.pk

    def test_until_and_for_whom_stand_together(self, put):
        put()

        with pytest.raises(IntegrityError, match="kept_for_and_until"), transaction.atomic():
            WorkItem.objects.update(kept_until=people.NOON)


class TestLot:
    """The one queue of old, for comparison."""

    def test_it_asks_for_grade_and_no_skill(self, put, authorizer):
        says("strategy", "2")
        item = put(skill="seal", grade_needed=3)

        assert claim(authorizer).pk == item.pk

    def test_it_draws_among_those_that_wait(self, put, bank):
        says("strategy", "2")
        in_turn = [put().pk for _place in range(12)]

        drawn = [claim(people.staff(bank.centre, "authorizer")).pk for _place in range(12)]

        assert sorted(drawn) == in_turn
        assert drawn != in_turn

    def test_it_is_counted_as_it_is_drawn(self, put, authorizer):
        item = put(skill="seal", grade_needed=3)
        before = counted(authorizer), told(item, authorizer)
        says("strategy", "2")

        assert before == (0, ("skill",))
        assert (counted(authorizer), told(item, authorizer)) == (1, ())

    @pytest.mark.parametrize("more", [{"grade_needed": 4}, {"amount_fen": 500_000_001}])
    def test_it_passes_nobodys_limits(self, put, authorizer, more):
        says("strategy", "2")
        put(**more)

        assert claim(authorizer) is None

    def test_nor_an_own_part(self, put, authorizer):
        says("strategy", "2")
        put(conflicted=[authorizer.person])

        assert claim(authorizer) is None

    def test_what_one_holds_comes_first_all_the_same(self, put, authorizer):
        says("strategy", "2")
        for _place in range(5):
            put()

        assert claim(authorizer).pk == claim(authorizer).pk


class TestLetGo:
    def test_who_signs_out_gives_back_at_once(self, put, authorizer, bank):
        put()
        item = claim(authorizer)

        people_services.sign_out(staff=authorizer, at=people.NOON, where="")

        item.refresh_from_db()
        assert (item.state, item.holder) == (rules.WAITING, None)
        assert Holding.objects.get().ended_by == "signed out"
        assert Event.objects.filter(action="worklist.let_go", subject=item.subject).count() == 1
        assert claim(people.staff(bank.centre, "authorizer")).pk == item.pk

    @pytest.mark.parametrize("how", ["ended", "closed", "elsewhere", "locked", "reset"])
    def test_so_does_whose_session_ends_in_any_other_way(self, put, authorizer, bank, how):
        administrator = people.staff(bank.centre, "sysadmin")
        put()
        item = claim(authorizer)
        given = {"staff_id": authorizer.pk, "by": administrator, "at": people.NOON}

        # The administrator does not see the outlet of the item.
        with people_services.acting(staff=administrator):
            if how == "ended":
                people_services.end_sessions(**given, reason="离岗")
            elif how == "closed":
                people_services.close_sign_in(**given, reason="离职")
            elif how == "elsewhere":
                people_services.start_session(staff=authorizer, at=people.NOON, where="")
            elif how == "locked":
                people_services.lock(staff=authorizer, at=people.NOON, where="")
            else:
                people_services.open_reset(**given, where="")

        item.refresh_from_db()
        assert (item.state, item.holder) == (rules.WAITING, None)
        assert Event.objects.filter(action="worklist.let_go", subject=item.subject).count() == 1


class TestFair:
    """Who worked fewer seconds today, and is free, is left an item for some seconds."""

    @pytest.fixture
    def second(self, bank):
        return people.staff(bank.centre, "authorizer", name="赵志远")

    @pytest.fixture
    def worked(self, put, authorizer, second):
        """Let the first have worked since this morning, and both be there."""
        says("fair_seconds", "5")
        put()
        item = claim(authorizer)
        worklist.finish(item_id=item.pk, fence=item.fence, staff=authorizer)
        people_services.seen(staff=authorizer, at=timezone.now())
        people_services.seen(staff=second, at=timezone.now())
        return item

    def test_who_worked_less_is_given_it_at_once(self, worked, put, authorizer, second):
        item = put()

        assert claim(authorizer) is None
        assert lacking(item, authorizer) == ("fair",)
        assert claim(second).pk == item.pk

    @pytest.mark.parametrize(("seconds", "taken"), [(3, False), (6, True)])
    def test_others_take_it_after_the_seconds(self, worked, put, authorizer, seconds, taken):
        item = put()
        waited(item, seconds)

        assert (claim(authorizer) is not None) == taken

    def test_who_waits_for_it_is_told_when_to_ask_again(self, worked, put, authorizer, second):
        asked = {"queue": QUEUE, "staff": authorizer, "on": people.DAY}
        assert selectors.left_for_seconds(**asked) == 0
        put()

        assert selectors.left_for_seconds(**asked) == 5
        assert selectors.left_for_seconds(**(asked | {"staff": second})) == 0

    def test_nobody_waits_for_who_is_away_or_busy(self, worked, put, authorizer, second):
        put()
        first = claim(second)
        put()

        assert first is not None
        assert claim(authorizer) is not None

    def test_nor_for_who_has_not_been_seen(self, worked, put, authorizer, second):
        Staff.objects.filter(pk=second.pk).update(seen_at=None)
        put()

        assert claim(authorizer) is not None

    def test_nor_for_whom_the_grade_does_not_reach(self, worked, put, authorizer, second):
        Staff.objects.filter(pk=second.pk).update(grade=1)
        put(grade_needed=3)

        assert claim(authorizer) is not None

    def test_the_days_load_is_the_sum_of_what_was_held(self, worked, put, authorizer):
        put()
        says("fair_seconds", "0")
        item = claim(authorizer)
        worklist.release(item_id=item.pk, fence=item.fence, staff=authorizer)

        held = [one.ended_at - one.began_at for one in Holding.objects.filter(staff=authorizer)]
        load = DayLoad.objects.get(staff=authorizer, queue=QUEUE)
        assert (len(held), load.finished) == (2, 1)
        assert load.institution_id == authorizer.institution_id
        assert abs(load.held_ms - sum(held, timedelta()) / timedelta(milliseconds=1)) <= 1
        assert load.finished_ms <= load.held_ms

    def test_who_ends_a_holding_need_not_see_the_holders_house(self, put, authorizer, bank):
        item = put()
        claim(authorizer)
        with people_services.acting(staff=people.staff(bank.outlet, "outlet_supervisor")):
            Holding.objects.create(
                institution=bank.outlet, item=item, staff=authorizer, fence=9,
                began_at=timezone.now(), ended_at=timezone.now(), ended_by="expired",
            )  # fmt: skip
            assert not DayLoad.objects.exists()

        assert DayLoad.objects.get().finished == 0

    def test_only_the_trigger_adds_it_up(self, worked):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            DayLoad.objects.update(held_ms=0)

    def test_without_the_number_nobody_waits(self, worked, put, authorizer, second):
        says("fair_seconds", "0")
        put()

        assert claim(authorizer) is not None


class TestWhyNot:
    def ask(self, desk, item, number):
        return desk.get(reverse("worklist:item", args=[item.pk]), {"number": number})

    def test_a_page_says_why_somebody_is_not_offered_it(self, desk, put, authorizer):
        item = put(grade_needed=5, amount_fen=500_000_001)

        page = self.ask(desk, item, authorizer.number).content.decode()

        assert "技能或级别暂不符合" in page
        assert "金额超过该级别限额" in page

    def test_or_that_it_comes_in_its_turn(self, desk, put, authorizer):
        assert "轮到时可派给该人" in self.ask(desk, put(), authorizer.number).content.decode()

    def test_a_role_is_asked_for_too(self, desk, put, teller, dispatcher):
        assert "没有该队列的角色" in self.ask(desk, put(), dispatcher.number).content.decode()

    @pytest.mark.parametrize("number", ["9", "x" * 5])
    def test_nobody_is_said_to_be_nobody(self, desk, put, number):
        assert number in self.ask(desk, put(), number).content.decode()

    def test_every_condition_has_its_words(self):
        names = {"role", *selectors.CONDITIONS}

        assert names == set(rules.NOT_OFFERED)
