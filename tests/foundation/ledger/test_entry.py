"""The page of one entry."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from foundation.ledger import services
from foundation.people import services as acting
from foundation.trail import services as trail
from tests.factories.ledger import DAY, NOON, pay


def address(entry_id: int) -> str:
    return reverse("ledger:entry", args=[entry_id])


def test_an_entry_is_shown_with_its_legs_and_what_reverses_it(bank, desk):
    entry = pay(bank, bank.payer, bank.payee, 4_200, note="货款")
    back = services.reverse(
        entry_id=entry.pk, key="r", institution_id=bank.outlet.pk, trade_code="1401", teller="1",
        business_date=DAY, at=NOON, reason="录错",
    )  # fmt: skip

    page = desk(bank.outlet).get(address(entry.pk)).content.decode()

    for shown in ("42.00", "货款", "李静", "王小明", address(back.pk)):
        assert shown in page


def test_what_happened_to_the_item_of_an_entry_is_told(bank, desk):
    entry = pay(bank, bank.payer, bank.payee, 4_200, subject="test:1")
    with acting.acting_as_system(reason="test"):
        trail.record(
            institution_id=bank.outlet.pk, actor="110037 李静", action="authorization.approve",
            subject="test:1", at=NOON,
        )  # fmt: skip

    shown = desk(bank.outlet).get(address(entry.pk)).context["timeline"]

    assert [(event.actor, event.action) for event in shown] == [
        ("110037 李静", "authorization.approve")
    ]


def test_the_other_side_at_another_outlet_is_masked(bank, desk):
    entry = pay(bank, bank.payer, bank.far_payee, 1)

    page = desk(bank.outlet).get(address(entry.pk)).content.decode()

    assert "北京******公司" in page
    assert bank.far_payee.name not in page
    assert bank.far_payee.number not in page


def test_a_value_date_other_than_the_business_date_is_marked(bank, desk):
    same = pay(bank, bank.payer, bank.payee, 1)
    other = pay(bank, bank.payer, bank.payee, 1, value_date=DAY + timedelta(days=1))
    seat = desk(bank.outlet)

    assert "与会计日期不同" in seat.get(address(other.pk)).content.decode()
    assert "与会计日期不同" not in seat.get(address(same.pk)).content.decode()


@pytest.mark.parametrize("entry_id", [1, 10**30, 261_123_9999999999])
def test_an_unknown_entry_is_refused(bank, desk, entry_id):
    page = desk(bank.outlet).get(address(entry_id))

    assert page.status_code == 404
