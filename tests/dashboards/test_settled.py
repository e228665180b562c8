"""What is kept of a day is what the lists count, whoever decides meanwhile and whoever asks."""

from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connections

from dashboards import selectors
from dashboards.rules import Cut
from dashboards.selectors import _decided, _settled
from foundation.people import services as acting
from tests.dashboards.conftest import begun
from tests.factories import people
from tests.factories.people import DAY, NOON

LATE = NOON + timedelta(hours=3)


@pytest.fixture(autouse=True)
def nothing_kept():
    _settled.forget()
    yield
    _settled.forget()


@pytest.fixture
def day(committed_db):
    """A morning whose decisions are committed, each in a transaction of its own."""
    with acting.acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.branch, "ops_manager")
        people.numbers(manager, people.staff(bank.branch, "risk_manager"))
        morning = begun(bank)
    morning.bank = bank
    with acting.acting_as_system(reason="test"):
        morning.decide("approve", minutes=1, took=10)
        morning.decide("reject", minutes=16, took=40)
        morning.decide("return", minutes=17, took=30, far=True)
    return morning


def asked(staff, *, until=LATE, **narrower):
    """Ask for the sums, hold them against the lists, and return how many were decided."""
    cut = Cut(on=DAY, until=until, **narrower)
    with acting.acting(staff=staff):
        found = _decided.decided(cut=cut, before=None, target_seconds=25)
        assert found.in_all.decided == count("decided", cut)
        assert found.in_all.within == count("within", cut)
        for code, times in found.reasons.items():
            assert times == count("refused", cut, reason=code)
        assert sum(sums.decided for sums in found.people.values()) == found.in_all.decided
        assert sum(sums.decided for sums in found.places.values()) == found.in_all.decided
    return found.in_all.decided


def count(figure, cut, **narrower):
    narrowed = Cut(on=cut.on, until=cut.until, under=cut.under, **narrower)
    return selectors.listed(figure=figure, cut=narrowed).total


def settled():
    """Return how many decisions are kept, at the places of who asked last."""
    sums = _settled.kept_sums[next(reversed(_settled.kept_sums))].settled.quarters.values()
    return sum(one.decided for one in sums)


@contextmanager
def deciding(day, step, *, minutes):
    """Decide in another transaction, which goes on until the block ends."""
    decided, end = Event(), Event()

    def decide():
        with acting.acting_as_system(reason="test"):
            day.decide(step, minutes=minutes, took=15)
            decided.set()
            end.wait(30)
        connections.close_all()

    thread = Thread(target=decide)
    thread.start()
    assert decided.wait(30)
    try:
        yield
    finally:
        end.set()
        thread.join(30)


def test_what_was_seen_is_kept_once_its_time_is_over(day):
    assert asked(day.supervisor) == 3
    assert settled() == 0

    assert asked(day.supervisor) == 3
    assert settled() == 3


def test_a_decision_after_it_is_added(day):
    asked(day.supervisor), asked(day.supervisor)
    with acting.acting_as_system(reason="test"):
        day.decide("reject", minutes=18, took=20, far=True)

    assert asked(day.supervisor) == 4
    assert settled() == 3


def test_a_lower_number_that_is_committed_later_is_never_lost(day):
    with deciding(day, "approve", minutes=20):
        with acting.acting_as_system(reason="test"):
            day.decide("approve", minutes=19, took=20, by=day.second, far=True)
        for _ in range(3):
            assert asked(day.supervisor) == 4
            assert settled() == 0

    assert asked(day.supervisor) == 5
    assert settled() == 5


def test_an_earlier_moment_is_counted_from_the_rows(day):
    asked(day.supervisor), asked(day.supervisor)

    assert asked(day.supervisor, until=NOON + timedelta(minutes=5)) == 1
    assert asked(day.supervisor) == 3


def test_nobody_is_told_what_others_may_see(day):
    outsider = people.staff(day.bank.elsewhere, "ops_manager")
    asked(day.supervisor), asked(day.supervisor)

    assert asked(outsider) == 1
    assert asked(outsider, under=day.place.outlet.pk) == 0
    assert asked(day.supervisor, under=day.place.outlet.pk) == 2


def test_days_and_places_that_nobody_asks_for_are_forgotten(day, monkeypatch):
    monkeypatch.setattr(_settled, "MOST_KEPT", 2)
    for under in (None, day.place.outlet.pk, day.bank.elsewhere.pk):
        asked(day.supervisor, under=under)

    assert len(_settled.kept_sums) == 2
