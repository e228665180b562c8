"""One item, one holder: claiming, keeping, finishing and losing it."""

import pytest
from django.db import connection, transaction

from foundation.worklist import rules
from foundation.worklist import services as worklist
from foundation.worklist.models import Holding, WorkItem
from tests.factories import people


def claim(staff):
    return worklist.claim_next(queue="authorization", staff=staff, at=people.NOON)


def test_the_oldest_item_comes_first(put, authorizer):
    first, _later = put(), put()

    assert claim(authorizer).pk == first.pk


def test_priority_goes_before_age(put, authorizer):
    _first, urgent = put(), put(priority=90)

    assert claim(authorizer).pk == urgent.pk


def test_an_item_already_held_comes_back_under_the_same_fence(put, authorizer):
    put(), put()
    held = claim(authorizer)

    again = claim(authorizer)

    assert (again.pk, again.fence) == (held.pk, held.fence)


def test_nobody_gets_an_item_that_somebody_holds(put, bank, authorizer):
    put()
    claim(authorizer)

    assert claim(people.staff(bank.centre, "authorizer")) is None


def test_whoever_entered_an_item_never_gets_it(put, authorizer):
    put(conflicted=[authorizer.person])

    assert claim(authorizer) is None


def test_a_low_grade_does_not_get_a_high_item(put, bank):
    put(grade_needed=4)

    assert claim(people.staff(bank.centre, "authorizer", grade=3)) is None


def test_nobody_gets_an_item_of_the_own_institution(put, bank):
    put()

    assert claim(people.staff(bank.outlet, "authorizer")) is None


def test_a_finished_item_keeps_who_held_it(put, authorizer):
    put()
    item = claim(authorizer)

    worklist.finish(item_id=item.pk, fence=item.fence, staff=authorizer)

    item.refresh_from_db()
    assert (item.state, item.holder) == (rules.DONE, authorizer)
    assert Holding.objects.get(item=item).ended_by == "finished"


def test_a_released_item_waits_at_its_old_place(put, authorizer, bank):
    first, _later = put(), put()
    item = claim(authorizer)

    worklist.release(item_id=item.pk, fence=item.fence, staff=authorizer)

    assert claim(people.staff(bank.centre, "authorizer")).pk == first.pk


def test_an_item_beyond_its_lease_goes_to_the_next(put, authorizer, bank, let_the_lease_end):
    put()
    item = claim(authorizer)
    let_the_lease_end(item)

    other = claim(people.staff(bank.centre, "authorizer"))

    assert other.pk == item.pk
    assert other.fence == item.fence + 1


def test_a_holder_whose_lease_ended_changes_nothing(put, authorizer, let_the_lease_end):
    put()
    item = claim(authorizer)
    let_the_lease_end(item)

    for late in (worklist.finish, worklist.release):
        with pytest.raises(rules.LeaseLost), transaction.atomic():
            late(item_id=item.pk, fence=item.fence, staff=authorizer)
    with pytest.raises(rules.LeaseLost):
        worklist.heartbeat(item_id=item.pk, fence=item.fence, staff=authorizer, at=people.NOON)


def test_an_old_fence_changes_nothing(put, authorizer):
    put()
    item = claim(authorizer)

    with pytest.raises(rules.LeaseLost):
        worklist.finish(item_id=item.pk, fence=item.fence - 1, staff=authorizer)


def test_a_heartbeat_keeps_the_item(put, authorizer):
    put()
    item = claim(authorizer)

    until = worklist.heartbeat(item_id=item.pk, fence=item.fence, staff=authorizer, at=people.NOON)

    assert until >= item.lease_until


def test_a_subject_waits_in_a_queue_once(put):
    put(subject="test:1")

    with pytest.raises(Exception, match="worklist_open_once"), transaction.atomic():
        put(subject="test:1")


def test_who_held_an_item_is_never_changed(put, authorizer):
    put()
    item = claim(authorizer)
    worklist.finish(item_id=item.pk, fence=item.fence, staff=authorizer)

    with pytest.raises(Exception, match="never changed"), transaction.atomic():
        Holding.objects.filter(item=item).update(ended_by="x")


def test_items_are_hidden_without_a_scope(put):
    put()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.scope', '', true)")
        cursor.execute("SELECT count(*) FROM worklist_workitem")
        assert cursor.fetchone()[0] == 0


class TestDispatching:
    def test_an_urgent_item_goes_first(self, put, authorizer, bank):
        dispatcher = people.staff(bank.centre, "dispatcher")
        _first, second = put(), put()

        worklist.mark_urgent(item_id=second.pk, reason="客户等待", by=dispatcher, at=people.NOON)

        assert claim(authorizer).pk == second.pk

    def test_an_item_taken_back_is_lost_to_its_holder(self, put, authorizer, bank):
        put()
        item = claim(authorizer)
        dispatcher = people.staff(bank.centre, "dispatcher")

        worklist.take_back(item_id=item.pk, reason="小休", by=dispatcher, at=people.NOON)

        with pytest.raises(rules.LeaseLost):
            worklist.finish(item_id=item.pk, fence=item.fence, staff=authorizer)

    def test_an_item_is_assigned_only_to_the_qualified(self, put, bank):
        item = put(grade_needed=4)
        low = people.staff(bank.centre, "authorizer", grade=3)
        dispatcher = people.staff(bank.centre, "dispatcher")

        with pytest.raises(rules.NotQualified):
            worklist.assign(item_id=item.pk, to=low, reason="专长", by=dispatcher, at=people.NOON)

    def test_an_assigned_item_is_the_next_of_that_person(self, put, bank, authorizer):
        _first, second = put(), put()
        dispatcher = people.staff(bank.centre, "dispatcher")

        worklist.assign(
            item_id=second.pk, to=authorizer, reason="专长", by=dispatcher, at=people.NOON
        )

        assert claim(authorizer).pk == second.pk

    def test_a_suspended_item_waits_for_nobody_until_resumed(self, put, bank, authorizer):
        item = put()
        by = people.staff(bank.centre, "dispatcher")
        worklist.suspend(item_id=item.pk, reason="等待资料", until=None, by=by, at=people.NOON)

        assert claim(authorizer) is None
        worklist.resume(item_id=item.pk, by=by, at=people.NOON)
        assert claim(authorizer).pk == item.pk

    def test_a_held_item_is_not_withdrawn(self, put, authorizer):
        put()
        item = claim(authorizer)

        with pytest.raises(Exception, match="withdraw"):
            worklist.withdraw(item_id=item.pk, at=people.NOON)

    @pytest.mark.usefixtures("bank")
    def test_an_item_out_of_sight_is_no_item(self):
        with pytest.raises(rules.NoSuchItem):
            worklist.withdraw(item_id=999999, at=people.NOON)

    def test_a_withdrawn_item_reaches_nobody(self, put, authorizer):
        worklist.withdraw(item_id=put().pk, at=people.NOON)

        assert claim(authorizer) is None
        assert WorkItem.objects.get().state == rules.WITHDRAWN
