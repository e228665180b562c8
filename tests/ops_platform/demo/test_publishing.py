"""In the demo the tier is let decide once its days bear it out, and passes what comes then."""

from datetime import timedelta

import pytest

from authorization import rules
from authorization.models import Decision, Request, TierPublication
from foundation.people.services import acting_as_system
from ops_platform.demo.cases import WITHDRAWAL, Case
from ops_platform.demo.play import judged
from ops_platform.demo.publishing import Publishing
from tests.authorization import conftest as desk_of
from tests.authorization.desk import decided, minutes
from tests.factories import people
from tests.factories import tier as sets
from tests.factories.people import NOON

pytestmark = pytest.mark.usefixtures("lists")
counter, lists, send = desk_of.counter, desk_of.lists, desk_of.send


@pytest.fixture
def letting(bank):
    """Let the head office have a set in force, and two who could publish it."""
    by, second = people.staff(bank.head, "ops_manager"), people.staff(bank.head, "risk_manager")
    sets.in_force(by, second)
    return Publishing(by=by, second=second)


@pytest.fixture
def compared(send, authorizer):
    """Let people approve twice what the set would pass, as the numbers of tests want."""
    for place in (1, 2):
        send()
        decided(authorizer, "approve", at=minutes(place))


def case(ending="approve", **more):
    return Case(NOON, WITHDRAWAL, 0, 6_000_000, ending, **more)


def test_too_little_compared_is_told_and_tried_again(letting, send, authorizer):
    letting.attempt(minutes(1))
    assert letting.row is None
    assert "1002" in letting.told()

    for place in (2, 3):
        send()
        decided(authorizer, "approve", at=minutes(place))
    letting.attempt(minutes(5))

    assert TierPublication.objects.get().state == "active"


@pytest.mark.usefixtures("compared")
def test_it_is_published_once_by_two_and_passes_what_comes(letting, send):
    letting.attempt(minutes(5))
    letting.attempt(minutes(6))

    item = judged(case(), send())

    made = Decision.objects.latest("id")
    row = TierPublication.objects.get()
    assert row.proposed_by.person != row.decided_by.person
    assert (item.state, made.decider, made.tier_verdict.publication) == (rules.POSTED, None, row)
    assert made.at - item.queued_at == timedelta(milliseconds=2_600)
    with acting_as_system(reason="test"):
        assert "1" in letting.told()


@pytest.mark.usefixtures("compared")
@pytest.mark.parametrize("left", [case("wait"), case(plant="own_item")], ids=["waits", "own"])
def test_what_is_for_people_is_left_to_them(letting, send, left):
    letting.attempt(minutes(5))

    item = judged(left, send())

    assert Request.objects.get(pk=item.pk).state == rules.QUEUED


def test_before_it_is_published_nothing_is_passed(letting, send):
    assert letting.row is None

    assert judged(case(), send()).state == rules.QUEUED
