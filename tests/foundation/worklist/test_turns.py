"""Whose turn it is, where the time went, and what a person cannot hold."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from foundation.people import services as people_services
from foundation.people.models import Qualification
from foundation.worklist import rules, selectors, tasks
from foundation.worklist import services as worklist
from foundation.worklist.models import Holding, Suspension, WorkItem
from tests.factories import people


def claim(staff):
    return worklist.claim_next(queue="authorization", staff=staff, at=people.NOON)


def came_earlier(item, minutes):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE worklist_workitem SET enqueued_at = enqueued_at"
            " - make_interval(mins => %(ago)s), turn_at = turn_at - make_interval(mins => %(ago)s)"
            " WHERE id = %(id)s",
            {"ago": minutes, "id": item.pk},
        )


def test_an_item_that_weighs_more_goes_ahead_by_that_and_never_falls_back(put, authorizer):
    put(priority=10)
    item = put(priority=10)
    turn = item.turn_at

    for priority in (20, 5):
        assert worklist.weigh_more(
            item_id=item.pk, priority=priority, conflicted=[], at=people.NOON
        )

    risen = WorkItem.objects.get(pk=item.pk)
    assert (risen.priority, risen.turn_at < turn) == (20, True)
    assert claim(authorizer) == item


def test_an_item_that_weighs_more_is_kept_from_more_people_until_it_ends(put, authorizer):
    item = put()
    given = {"item_id": item.pk, "priority": 10, "at": people.NOON}

    assert worklist.weigh_more(conflicted=[authorizer.person], **given)

    assert claim(authorizer) is None
    worklist.withdraw(item_id=item.pk, at=people.NOON)
    assert not worklist.weigh_more(conflicted=[], **given)


def test_an_item_of_low_priority_does_not_wait_for_ever(put, authorizer):
    old, _more_important = put(priority=10), put(priority=50)
    came_earlier(old, 41)

    assert claim(authorizer).pk == old.pk


def test_until_then_the_more_important_goes_first(put, authorizer):
    old, more_important = put(priority=10), put(priority=50)
    came_earlier(old, 39)

    assert claim(authorizer).pk == more_important.pk


def test_an_urgent_item_goes_before_all_that_came_within_its_hours_before(
    put, authorizer, dispatcher
):
    old, urgent = put(), put()
    came_earlier(old, 239)
    worklist.mark_urgent(item_id=urgent.pk, reason="客户等待", by=dispatcher, at=people.NOON)

    assert claim(authorizer).pk == urgent.pk


def test_an_item_older_than_that_goes_before_an_urgent_one(put, authorizer, dispatcher):
    old, urgent = put(), put()
    came_earlier(old, 241)
    worklist.mark_urgent(item_id=urgent.pk, reason="客户等待", by=dispatcher, at=people.NOON)

    assert claim(authorizer).pk == old.pk


def test_an_item_marked_urgent_twice_is_put_forward_once(put, dispatcher):
    item = put()
    for reason in ("客户等待", "再催"):
        worklist.mark_urgent(item_id=item.pk, reason=reason, by=dispatcher, at=people.NOON)

    marked = selectors.item(item_id=item.pk)
    assert item.turn_at - marked.turn_at == timedelta(hours=4)
    assert marked.urgent_reason == "再催"


def test_an_item_held_by_a_stalled_person_keeps_its_turn(put, authorizer, bank, let_the_lease_end):
    first, _second = put(), put()
    stalled = claim(authorizer)
    let_the_lease_end(stalled)

    assert claim(people.staff(bank.centre, "authorizer")).pk == first.pk
    ended = Holding.objects.get(item=first)
    assert (ended.staff, ended.ended_by) == (authorizer, "expired")


def test_a_person_who_comes_back_too_late_begins_anew(put, authorizer, let_the_lease_end):
    put()
    item = claim(authorizer)
    let_the_lease_end(item)

    again = claim(authorizer)

    assert (again.pk, again.fence) == (item.pk, item.fence + 1)


def test_an_item_that_needs_a_skill_is_not_for_everybody(put, authorizer):
    put(skill="seal")

    assert claim(authorizer) is None


def certified(staff, skill, grade):
    Qualification.objects.create(
        staff=staff,
        skill=skill,
        grade=grade,
        valid_from=people.DAY,
        valid_until=people.DAY,
    )


def test_an_item_that_needs_a_skill_goes_to_who_is_certified(put, authorizer):
    item = put(skill="seal", grade_needed=2)
    certified(authorizer, "seal", 2)

    assert claim(authorizer).pk == item.pk


def test_the_grade_of_the_skill_counts_not_that_of_the_person(put, authorizer, dispatcher):
    item = put(skill="seal", grade_needed=3)
    certified(authorizer, "seal", 2)

    assert claim(authorizer) is None
    with pytest.raises(rules.NotQualified):
        worklist.assign(
            item_id=item.pk, to=authorizer, reason="专长", by=dispatcher, at=people.NOON
        )


def test_an_item_of_the_own_house_may_be_for_its_staff(put, bank):
    item = put(outsiders_only=False)

    assert claim(people.staff(bank.outlet, "authorizer")).pk == item.pk


def test_items_left_lying_wait_again(put, authorizer, let_the_lease_end):
    put()
    item = claim(authorizer)
    let_the_lease_end(item)

    assert [tasks.expire_leases()(), tasks.expire_leases()()] == [1, 0]

    item.refresh_from_db()
    assert (item.state, item.holder) == (rules.WAITING, None)


def test_what_was_set_aside_waits_again_in_time(put, dispatcher):
    item = put()
    worklist.suspend(
        item_id=item.pk,
        reason="等资料",
        until=people.NOON + timedelta(hours=1),
        by=dispatcher,
        at=people.NOON,
    )

    assert worklist.resume_due(at=people.NOON) == 0
    assert worklist.resume_due(at=people.NOON + timedelta(hours=2)) == 1
    item.refresh_from_db()
    assert item.state == rules.WAITING
    assert Suspension.objects.get().ended_by_label == "system"


def test_a_held_item_that_is_set_aside_ends_its_holding(put, authorizer, dispatcher):
    put()
    item = claim(authorizer)

    worklist.suspend(item_id=item.pk, reason="等资料", until=None, by=dispatcher, at=people.NOON)

    assert Holding.objects.get().ended_by == "suspended"
    with pytest.raises(rules.LeaseLost):
        worklist.finish(item_id=item.pk, fence=item.fence, staff=authorizer)


def test_an_item_taken_from_one_is_given_to_another(put, authorizer, dispatcher, bank):
    put()
    item = claim(authorizer)
    other = people.staff(bank.centre, "authorizer", name="陈晨")

    worklist.assign(item_id=item.pk, to=other, reason="专长", by=dispatcher, at=people.NOON)

    assert Holding.objects.get().ended_by == "transferred"
    assert claim(other).pk == item.pk
    with pytest.raises(rules.LeaseLost):
        worklist.finish(item_id=item.pk, fence=item.fence, staff=authorizer)


def test_an_item_is_not_given_beyond_a_persons_institutions(put, dispatcher, bank):
    item = put(institution_id=bank.elsewhere.pk)
    near = people.staff(bank.sub_branch, "authorizer")

    with pytest.raises(rules.NotQualified):
        worklist.assign(item_id=item.pk, to=near, reason="专长", by=dispatcher, at=people.NOON)


def test_a_held_item_is_not_marked_urgent(put, authorizer, dispatcher):
    put()
    item = claim(authorizer)

    with pytest.raises(rules.NotWaiting):
        worklist.mark_urgent(item_id=item.pk, reason="急", by=dispatcher, at=people.NOON)


def test_the_seconds_of_each_person_are_summed_from_rows(put, authorizer):
    put()
    item = claim(authorizer)
    Holding.objects.create(
        institution_id=item.institution_id,
        item=item,
        staff=authorizer,
        fence=90,
        began_at=people.NOON,
        ended_at=people.NOON + timedelta(seconds=25),
        ended_by="finished",
    )

    (person,) = selectors.seconds_by_person(
        queue="authorization",
        since=people.NOON,
        until=people.NOON + timedelta(hours=1),
    )

    assert (person.label, person.ended, person.finished, person.seconds) == (
        authorizer.label, 1, 1, 25,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "truth"),
    [
        ("state = 'lost'", "worklist_state_known"),
        ("state = 'held'", "worklist_held_has_lease"),
        ("lease_until = clock_timestamp()", "worklist_held_has_lease"),
        ("holder_id = (SELECT min(id) FROM people_staff)", "worklist_waiting_is_nobodys"),
        ("state = 'done'", "worklist_ended_when"),
        ("urgent = true", "worklist_urgent_has_reason"),
    ],
)
def test_the_database_keeps_the_truth_about_an_item(put, change, truth):
    put()

    with (
        pytest.raises(IntegrityError, match=truth),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE worklist_workitem SET {change}")


def test_another_branch_sees_no_items(put, bank):
    put()
    stranger = people.staff(bank.elsewhere, "outlet_supervisor")

    with people_services.acting(staff=stranger):
        assert WorkItem.objects.count() == 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM worklist_workitem")
            assert cursor.fetchone() == (0,)
