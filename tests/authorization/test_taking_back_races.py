"""Two tellers take one posting back at once: one item does, the other is refused."""

from __future__ import annotations

from functools import partial

import pytest

from authorization.models import Request
from authorization.rules import correcting
from foundation.people import services as people_services
from tests.authorization.test_fallback_races import together
from tests.authorization.test_taking_back import order
from tests.factories import authorization as factory
from tests.factories import people

ROUNDS = 3


@pytest.fixture
def world(committed_db, tmp_path, settings):
    """Post items at an outlet with two tellers."""
    settings.MEDIA_ROOT = tmp_path
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        people.numbers(*(people.staff(bank.branch, one) for one in ("ops_manager", "risk_manager")))
        counter, tellers = factory.counter(bank), [
            people.staff(bank.outlet, "teller", name=name) for name in ("王晓雯", "吴强")
        ]  # fmt: skip
        items = [
            factory.sent(
                tellers[0], factory.withdrawal(counter, "100.00", voucher_no=f"07447190{place:02}")
            )
            for place in range(ROUNDS)
        ]
        return items, tellers


def taken_back(item, by):
    with people_services.acting_as_system(reason="test"):
        try:
            return factory.sent(by, order(item))
        except correcting.AlreadyTakenBack as refusal:
            return refusal


def test_two_who_take_one_back_make_one_item(world):
    items, both = world
    for item in items:
        came = together(*(partial(taken_back, item, by) for by in both))

        assert sorted(isinstance(one, Request) for one in came) == [False, True]
    with people_services.acting_as_system(reason="test"):
        assert Request.objects.filter(corrects__in=items).count() == ROUNDS
