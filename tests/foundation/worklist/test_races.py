"""Many at once: no item goes to two people, none is lost, none starves."""

import threading
from collections import Counter

import pytest
from django.db import connections

from foundation.people import services as people_services
from foundation.worklist import rules
from foundation.worklist import services as worklist
from foundation.worklist.models import Holding, WorkItem
from tests.factories import people

ITEMS, PEOPLE = 120, 50


def at_once(works):
    """Run all at the same time; return what went wrong in any of them."""
    start, wrong = threading.Barrier(len(works)), []

    def begun(work):
        try:
            start.wait(20)
            work()
        except Exception as error:  # noqa: BLE001
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=begun, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return wrong


@pytest.fixture
def centre(committed_db):
    """A branch that really is in the database, its business numbers, and a full queue."""
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.branch, "ops_manager")
        people.numbers(manager, people.staff(bank.branch, "risk_manager"))
    return bank


def fill(bank, count):
    with people_services.acting_as_system(reason="test"):
        for number in range(count):
            worklist.enqueue(
                queue="authorization",
                subject=f"test:{number}",
                institution_id=bank.outlet.pk,
                at=people.NOON,
            )


def hired(bank, count):
    with people_services.acting_as_system(reason="test"):
        return [people.staff(bank.centre, "authorizer") for _ in range(count)]


def test_fifty_people_share_a_queue_and_every_item_is_done_once(centre):
    fill(centre, ITEMS)
    done = []

    def clear(authorizer):
        def work():
            while True:
                with people_services.acting(staff=authorizer):
                    item = worklist.claim_next(
                        queue="authorization", staff=authorizer, at=people.NOON
                    )
                    if item is None:
                        return
                with people_services.acting(staff=authorizer):
                    worklist.finish(item_id=item.pk, fence=item.fence, staff=authorizer)
                done.append(item.pk)

        return work

    wrong = at_once([clear(person) for person in hired(centre, PEOPLE)])

    assert not wrong
    assert Counter(done).most_common(1)[0][1] == 1
    assert len(done) == ITEMS
    with people_services.acting_as_system(reason="test"):
        assert WorkItem.objects.filter(state=rules.DONE).count() == ITEMS
        assert Holding.objects.filter(ended_by="finished").count() == ITEMS


def test_a_double_click_claims_one_item(centre):
    fill(centre, 4)
    (authorizer,) = hired(centre, 1)
    claimed = []

    def click():
        with people_services.acting(staff=authorizer):
            claimed.append(
                worklist.claim_next(queue="authorization", staff=authorizer, at=people.NOON).pk
            )

    assert not at_once([click] * 4)
    assert len(claimed) == 4
    assert len(set(claimed)) == 1


def test_of_two_who_finish_under_one_fence_one_is_refused(centre):
    fill(centre, 1)
    (authorizer,) = hired(centre, 1)
    with people_services.acting(staff=authorizer):
        item = worklist.claim_next(queue="authorization", staff=authorizer, at=people.NOON)

    def finish():
        with people_services.acting(staff=authorizer):
            worklist.finish(item_id=item.pk, fence=item.fence, staff=authorizer)

    wrong = at_once([finish] * 6)

    assert [type(error) for error in wrong] == [rules.LeaseLost] * 5
    with people_services.acting_as_system(reason="test"):
        assert Holding.objects.count() == 1


def test_taking_back_and_finishing_at_once_leaves_one_end(centre):
    (authorizer, dispatcher) = hired(centre, 2)
    for number in range(10):
        with people_services.acting_as_system(reason="test"):
            worklist.enqueue(
                queue="authorization",
                subject=f"test:both:{number}",
                institution_id=centre.outlet.pk,
                at=people.NOON,
            )
        with people_services.acting(staff=authorizer):
            item = worklist.claim_next(queue="authorization", staff=authorizer, at=people.NOON)

        def finish(held=item):
            with people_services.acting(staff=authorizer):
                worklist.finish(item_id=held.pk, fence=held.fence, staff=authorizer)

        def take_back(held=item):
            with people_services.acting(staff=dispatcher):
                worklist.take_back(item_id=held.pk, reason="小休", by=dispatcher, at=people.NOON)

        wrong = at_once([finish, take_back])

        assert len(wrong) == 1, wrong
        with people_services.acting_as_system(reason="test"):
            assert Holding.objects.filter(item=item).count() == 1
            left = WorkItem.objects.get(pk=item.pk)
            if left.state == rules.WAITING:
                worklist.withdraw(item_id=item.pk, at=people.NOON)
