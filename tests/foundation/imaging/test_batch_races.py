"""Two at once at one batch: one file, one reading-through, whoever is last."""

import threading

import pytest
from django.db import connection

from foundation.imaging import events
from foundation.imaging import services as imaging
from foundation.imaging.models import Batch, BatchFile, Frame
from foundation.imaging.services import batches as services
from foundation.kernel import bus
from foundation.people import services as people_services
from tests.factories import batches as factory
from tests.factories import people
from tests.factories.people import NOON


@pytest.fixture
def world(committed_db):
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.branch, "ops_manager")
        people.numbers(manager, people.staff(bank.branch, "risk_manager"))
        clerk = people.staff(bank.centre, "audit_lead")
        one, other = (
            factory.handed_over(bank.outlet, people.staff(bank.outlet, "outlet_supervisor"))
            for _batch in range(2)
        )
    return clerk, one, other


def at_once(*actions):
    """Let each act in a thread of its own, all beginning together; return what they came to."""
    together, results = threading.Barrier(len(actions)), []

    def act(action):
        try:
            with people_services.acting_as_system(reason="test"):
                together.wait()
                results.append(action())
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=[action]) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_one_file_brought_twice_at_once_is_one_file(world):
    clerk, one, other = world

    def bring(batch):
        return services.receive(batch_id=batch.pk, data=b"same", name="a", by=clerk, at=NOON)[1]

    results = at_once(lambda: bring(one), lambda: bring(one), lambda: bring(other))

    assert sorted(results) == [False, False, True]
    with people_services.acting_as_system(reason="test"):
        assert BatchFile.objects.count() == 1


def test_one_file_is_taken_apart_once_by_two_workers(world):
    clerk, one, _other = world
    with people_services.acting_as_system(reason="test"):
        file, _new = services.receive(batch_id=one.pk, data=b"x", name="a", by=clerk, at=NOON)
    pieces = [factory.piece(0), factory.piece(1)]

    def apart():
        return services.take_apart(file_id=file.pk, pieces=pieces, refusal="", at=NOON) is None

    assert sorted(at_once(apart, apart)) == [False, True]
    with people_services.acting_as_system(reason="test"):
        assert Frame.objects.count() == 2


def test_the_last_two_pages_at_once_tell_once_that_the_batch_is_read(world, monkeypatch):
    clerk, one, _other = world
    heard = []
    monkeypatch.setitem(bus._handlers, events.BatchRead, [heard.append])  # noqa: SLF001
    with people_services.acting_as_system(reason="test"):
        frames = factory.scanned(one, clerk, (), ())
        services.end_scan(batch_id=one.pk, note="", by=clerk, at=NOON)

    def read(frame):
        imaging.record_reading(page_id=frame.page_id, text=None, failure="x", at=NOON)

    at_once(*(lambda frame=frame: read(frame) for frame in frames))

    assert len(heard) == 1
    with people_services.acting_as_system(reason="test"):
        assert Batch.objects.get(pk=one.pk).read_at is not None
