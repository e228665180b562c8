"""The move of the two limits, on rows: out of the business numbers into rules."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from authorization import selectors
from authorization.models import AuthRule, Request
from foundation.people import services
from foundation.policy.models import Policy
from tests.database import _connected_to as connected_to
from tests.database import migrate
from tests.factories import authorization as factory
from tests.factories import people

BEFORE, MOVED = "0007_rules", "0008_limits_become_rules"
SINCE, LATER = date(2024, 1, 1), date(2025, 1, 1)
LIMITS = "authorization.limit_fen."


@dataclass(frozen=True)
class Moved:
    """What there was before the move."""

    bank: people.Branch
    held: Request
    passed: Request
    number: Policy


@pytest.fixture(scope="module")
def moved(shared_db):
    """Open a bank with an item held and one passed, whose limits are moved afterwards.

    The limits are business numbers: approved, of a branch, waiting, declined.
    """
    with services.acting_as_system(reason="test"):
        opened = people.branch()
        manager = people.staff(opened.branch, "ops_manager")
        risk = people.staff(opened.branch, "risk_manager")
        people.numbers(manager, risk)
        counter = factory.counter(opened)
        teller = people.staff(opened.outlet, "teller")
        held = factory.sent(teller, factory.withdrawal(counter))
        Request.objects.filter(pk=held.pk).update(why=[])
        passed = factory.sent(teller, factory.withdrawal(counter, "1.00"))
        approved = {"approved_by": risk, "approved_at": people.NOON}
        for code, value, more in (
            ("1002", "5000000", approved | {"valid_from": SINCE}),
            ("1002", "6000000", approved | {"valid_from": LATER}),
            ("1002", "3000000", approved | {"institution": opened.branch}),
            ("1101", "20000000", approved),
            ("1101", "1", {}),
            ("1101", "2", {"declined_by": risk, "declined_at": people.NOON}),
        ):
            Policy.objects.create(
                code=f"{LIMITS}{code}", value=value, reason="年度调整",
                proposed_by=manager, proposed_at=people.NOON - timedelta(days=1),
                **{"valid_from": SINCE, **more},
            )  # fmt: skip
        first_number = Policy.objects.filter(code__startswith=LIMITS).order_by("id")[0]
    with connected_to(shared_db, "owner"):
        migrate("authorization", BEFORE)
        migrate("authorization")
    return Moved(opened, held, passed, first_number)


def test_what_was_approved_is_a_rule_with_its_people_days_and_places(moved):
    with services.acting_as_system(reason="test"):
        # Those of the catalogue are in force since before.
        moved_ones = AuthRule.objects.filter(valid_from__gte=SINCE)
        rules = moved_ones.select_related("institution").order_by("id")
        assert [
            (row.trade_code, row.amount_from_fen, row.institution, row.valid_from) for row in rules
        ] == [
            ("1002", 5_000_000, None, SINCE),
            ("1002", 6_000_000, None, LATER),
            ("1002", 3_000_000, moved.bank.branch, SINCE),
            ("1101", 20_000_000, None, SINCE),
        ]
        assert {row.grade for row in rules} == {2}
        assert {row.reason for row in rules} == {"年度调整"}
        first, number = rules[0], moved.number
        for name in ("proposed_by", "proposed_at", "approved_by", "approved_at"):
            assert getattr(first, name) == getattr(number, name)
        transfer = rules[3]
        assert (transfer.group, transfer.cash, transfer.transfer) == ("XFER", "none", True)


def test_the_moved_rules_are_in_force(moved):
    bank = moved.bank
    with services.acting_as_system(reason="test"):
        found = [
            selectors.rule_in_force(
                trade_code="1002", on=on, institution_id=place.pk
            ).amount_from_fen
            for place, on in ((bank.outlet, LATER), (bank.head, LATER), (bank.head, SINCE))
        ]
    assert found == [3_000_000, 6_000_000, 5_000_000]


def test_an_item_that_was_held_was_held_for_its_amount(moved):
    with services.acting_as_system(reason="test"):
        found = dict(Request.objects.order_by("id").values_list("pk", "why"))
    assert found == {moved.held.pk: ["amount"], moved.passed.pk: []}
