"""The same numbers given to two outlets in the same moment: one of them gets them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from foundation.kernel.flow import StepNotAllowed
from foundation.people import services as people_services
from monitoring.models import BlankRange
from monitoring.rules import blanks as rules
from monitoring.services import blanks
from tests.factories import people
from tests.factories.people import NOON


@pytest.fixture
def bank(committed_db):
    with people_services.acting_as_system(reason="test"):
        return people.branch()


@pytest.fixture
def managers(bank):
    with people_services.acting_as_system(reason="test"):
        return [people.staff(bank.branch, "ops_manager") for _ in range(2)]


def at_once(*said):
    together = Barrier(len(said))

    def alone(one):
        by, action = one
        try:
            with people_services.acting(staff=by):
                together.wait()
                return action(by).state
        except (rules.GivenAlready, StepNotAllowed) as refused:
            return type(refused).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(said)) as threads:
        return list(threads.map(alone, said))


def send(number):
    draft = blanks.Draft("slip", "00001001", "00001100", outlet=number)
    return lambda by: blanks.issue(draft=draft, by=by, at=NOON)


def test_numbers_are_given_out_once(bank, managers):
    first, second = managers

    ended = at_once((first, send(bank.outlet.number)), (second, send(bank.sibling.number)))

    assert sorted(ended) == ["GivenAlready", rules.PROPOSED]
    with people_services.acting_as_system(reason="test"):
        assert BlankRange.objects.count() == 1


def test_an_entry_is_answered_once(bank, managers):
    by, keepers = managers[0], []
    with people_services.acting_as_system(reason="test"):
        keepers = [people.staff(bank.outlet, "outlet_supervisor") for _ in range(2)]
    with people_services.acting(staff=by):
        row = send(bank.outlet.number)(by)

    def answer(keeper):
        said = {"accept": keeper == keepers[0], "issues": False, "at": NOON}
        return lambda by: blanks.decide(range_id=row.pk, by=by, **said)

    ended = at_once(*((one, answer(one)) for one in keepers))

    assert "StepNotAllowed" in ended
    with people_services.acting_as_system(reason="test"):
        row.refresh_from_db()
        assert {row.state, "StepNotAllowed"} == set(ended)
