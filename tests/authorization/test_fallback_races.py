"""The centre comes back while outlets decide, both reach for one item, two switch at once."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import IntegrityError, connections
from django.utils import timezone

from authorization import services
from authorization.models import Decision, Fallback, Request, Review
from authorization.services import fallback
from foundation.kernel.errors import Refused
from foundation.people import services as people_services
from tests.factories import authorization as factory
from tests.factories import fallback as emergency
from tests.factories import people

ROUNDS = 8


@pytest.fixture
def world(committed_db, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        crew = emergency.crew(bank)
        people.numbers(crew.manager, crew.risk)
        counter = factory.counter(bank)
        teller = people.staff(bank.outlet, "teller")
        supervisor, _row = emergency.registered(crew, bank.outlet)
        authorizer = people.staff(bank.centre, "authorizer", grade=5)
    return bank, crew, counter, teller, supervisor, authorizer


def together(*acts):
    """Let all begin at one moment, each in a connection of its own; return what came of each."""
    barrier, came = threading.Barrier(len(acts)), {}

    def run(place, act):
        barrier.wait()
        try:
            came[place] = act()
        except (Refused, IntegrityError) as refusal:
            came[place] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came) == len(acts), "one failed in another way than by a refusal"
    return [came[place] for place in range(len(acts))]


def later(milliseconds, act):
    """Begin so much later, so that now the one is first and now the other."""

    def run():
        time.sleep(milliseconds / 1000)
        return act()

    return run


def by(staff, act):
    def run():
        with people_services.acting(staff=staff):
            return act()

    return run


def test_the_end_of_an_emergency_and_a_decision_in_it_come_one_after_the_other(world):
    bank, crew, counter, teller, supervisor, _authorizer = world
    outcomes = set()
    for turn in range(ROUNDS):
        with people_services.acting_as_system(reason="test"):
            factory.sent(teller, factory.withdrawal(counter))
            switch = emergency.switched(crew, bank.branch)
        with people_services.acting(staff=supervisor):
            item = emergency.opened(supervisor)
        # The end comes first in the first round, last in the last; between them they race.
        waits = 500 if turn == 0 else 0, 800 if turn == ROUNDS - 1 else max(0, turn - 3) * 15
        decided, ended = together(
            later(waits[0], by(supervisor, lambda one=item: emergency.decided(supervisor, one))),
            later(waits[1], by(crew.manager, lambda one=switch: emergency.ended(crew, one))),
        )
        assert isinstance(ended, Fallback)
        with people_services.acting_as_system(reason="test"):
            made = Decision.objects.filter(request=item).first()
            item = Request.objects.get(pk=item.pk)
            assert (made is not None) == isinstance(decided, Request)
            if made is not None:
                assert (made.epoch, item.state) == (switch.epoch, "posted")
                assert Review.objects.filter(decision=made).count() == 1
            else:
                services.let_go(number=item.number)
                services.withdraw(number=item.number, teller=teller, at=timezone.now())
        outcomes.add(type(decided))
    assert len(outcomes) == 2, "the end came always first, or never"


def test_outlet_and_centre_never_have_one_item(world):
    bank, crew, counter, teller, supervisor, authorizer = world
    with people_services.acting_as_system(reason="test"):
        emergency.switched(crew, bank.branch)
    for _ in range(ROUNDS):
        with people_services.acting_as_system(reason="test"):
            item = factory.sent(teller, factory.withdrawal(counter))
        at_home, central = together(
            by(supervisor, lambda: emergency.opened(supervisor)),
            by(
                authorizer,
                lambda: services.open_next(authorizer=authorizer, at=timezone.now()),
            ),
        )
        holders = [
            (person, opened)
            for person, opened in ((supervisor, at_home), (authorizer, central))
            if isinstance(opened, Request)
        ]
        assert len(holders) == 1
        person, opened = holders[0]
        with people_services.acting(staff=person):
            emergency.decided(person, opened)
        with people_services.acting_as_system(reason="test"):
            assert Decision.objects.filter(request=item).count() == 1


def test_opening_at_home_and_the_end_leave_no_item_on_a_dead_desk(world):
    bank, crew, counter, teller, supervisor, _authorizer = world
    for _ in range(ROUNDS):
        with people_services.acting_as_system(reason="test"):
            item = factory.sent(teller, factory.withdrawal(counter))
            switch = emergency.switched(crew, bank.branch)
        together(
            by(supervisor, lambda: emergency.opened(supervisor)),
            by(crew.manager, lambda switch=switch: emergency.ended(crew, switch)),
        )
        with people_services.acting_as_system(reason="test"):
            item.work_item.refresh_from_db()
            assert item.work_item.state == "waiting"
            services.let_go(number=item.number)
            services.withdraw(number=item.number, teller=teller, at=timezone.now())


def test_two_switches_over_one_place_never_both_hold(world):
    bank, crew, *_rest = world
    for _ in range(ROUNDS):
        with people_services.acting_as_system(reason="test"):
            rows = [emergency.proposed(crew, place) for place in (bank.branch, bank.outlet)]
        came = together(
            *(
                by(
                    crew.risk,
                    lambda row=row: fallback.approve(
                        switch_id=row.pk, by=crew.risk, at=timezone.now()
                    ),
                )
                for row in rows
            )
        )
        with people_services.acting_as_system(reason="test"):
            active = list(Fallback.objects.filter(state="active"))
            assert len(active) == sum(isinstance(one, Fallback) for one in came) == 1
            emergency.ended(crew, active[0])
            Fallback.objects.filter(state="proposed").update(
                state="declined", decided_by=crew.risk, decided_at=timezone.now()
            )
