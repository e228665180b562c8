"""Lines that are written together are the same lines, by one statement."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from foundation.people import services as people
from foundation.trail import services
from foundation.trail.models import Event
from tests.factories.people import NOON


@pytest.fixture
def say(everything, bank):
    def told(action):
        services.record(
            institution_id=bank.outlet.pk, actor="x", action=action, subject="thing:1", at=NOON
        )

    return told


def broken(act):
    act()
    raise ZeroDivisionError


def actions():
    return [
        *Event.objects.filter(subject="thing:1").order_by("id").values_list("action", flat=True)
    ]


def test_they_are_written_once_in_their_order_by_one_statement(say):
    with CaptureQueriesContext(connection) as queries, services.together():
        for action in ("a", "b", "c"):
            say(action)
        assert actions() == []

    assert actions() == ["a", "b", "c"]
    assert sum("INSERT" in one["sql"] for one in queries) == 1


def test_each_belongs_to_the_transaction_and_is_sealed_like_any_other(say):
    with services.together():
        say("a")
    say("b")

    assert len({*Event.objects.filter(subject="thing:1").values_list("tx", flat=True)}) == 1


def test_what_a_savepoint_takes_back_is_not_written(say):
    with services.together():
        say("before")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            broken(lambda: say("taken back"))
        say("after")

    assert actions() == ["before", "after"]


def test_within_one_another_the_outer_one_writes(say):
    with services.together():
        say("a")
        with services.together():
            say("b")
        assert actions() == []
    assert actions() == ["a", "b"]


def test_a_fault_writes_nothing_and_leaves_nothing_behind(say):
    with (
        pytest.raises(ZeroDivisionError),
        people.acting_as_system(reason="test"),
        services.together(),
    ):
        broken(lambda: say("a"))

    with services.together():
        say("b")
    assert actions() == ["b"]
