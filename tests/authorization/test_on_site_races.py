"""Two of an outlet confirm at once, or its teller takes it back meanwhile: one of them is heard."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from authorization import rules, services
from authorization.models import OnSite, Request
from authorization.rules.on_site import NotOnSite
from foundation.kernel.flow import StepNotAllowed
from foundation.ledger.models import Entry
from foundation.people import services as people_services
from tests.authorization.test_fallback_races import together
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories import rules as rule_factory

ROUNDS = 3


@pytest.fixture
def world(committed_db):
    """Let items wait on site at an outlet with two supervisors, without the centre."""
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        people.numbers(*(people.staff(bank.branch, one) for one in ("ops_manager", "risk_manager")))
        said = rule_factory.plain(amount_from_fen=1, outlet_levels=1, centre_levels=0)
        rule_factory.in_force(said, valid_from=people.DAY)
        counter, teller = factory.counter(bank), people.staff(bank.outlet, "teller")
        items = [
            factory.sent(teller, factory.withdrawal(counter, voucher_no=f"07447190{place:02}"))
            for place in range(ROUNDS)
        ]
        hired = partial(people.staff, bank.outlet, "outlet_supervisor")
        return items, teller, [hired(name=name) for name in ("孙丽", "吴强")]


def confirmed(item, by):
    with people_services.acting_as_system(reason="test"):
        try:
            return services.decide_on_site(
                number=item.number, step="approve", shown=item.content_hash, by=by,
                at=timezone.now(),
            )  # fmt: skip
        except NotOnSite as refusal:
            return refusal


def withdrawn(item, teller):
    with people_services.acting_as_system(reason="test"):
        try:
            return services.withdraw(number=item.number, teller=teller, at=timezone.now())
        except StepNotAllowed as refusal:
            return refusal


def opened(item, *who):
    with people_services.acting_as_system(reason="test"):
        for by in who:
            services.look(number=item.number, by=by, at=timezone.now())


def test_two_who_confirm_at_once_post_it_once(world):
    items, _teller, both = world
    entries = count(Entry)
    for item in items:
        opened(item, *both)

        came = together(*(partial(confirmed, item, by) for by in both))

        assert sorted(isinstance(one, Request) for one in came) == [False, True]
    assert count(Entry) == entries + ROUNDS
    assert count(OnSite, step="approve") == ROUNDS


def test_confirmed_and_taken_back_at_once_is_one_of_both(world):
    items, teller, (by, _other) = world
    for item in items:
        opened(item, by)

        came = together(partial(confirmed, item, by), partial(withdrawn, item, teller))

        (heard,) = [one for one in came if isinstance(one, Request)]
        with people_services.acting_as_system(reason="test"):
            assert Request.objects.get(pk=item.pk).state == heard.state
            assert heard.state in {rules.POSTED, rules.WITHDRAWN}


def count(model, **chosen):
    with people_services.acting_as_system(reason="test"):
        return model.objects.filter(**chosen).count()
