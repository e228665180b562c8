"""What the system knows about an item is shown beside it: accounts, sums, repetitions."""

from dataclasses import replace

import pytest

from authorization import selectors
from foundation.ledger import services as ledger
from foundation.people.services import acting
from tests.factories import authorization as factory
from tests.factories import people


def found(item):
    return {
        check.text: (check.word or check.found, check.good)
        for check in selectors.checks(request=item)
    }


def test_accounts_in_order_with_enough_in_them(counter, teller):
    shown = found(factory.sent(teller, factory.transfer(counter, "300,000.00")))

    assert shown["State of the payer's account"] == ("Account in order", True)
    assert shown["State of the payee's account"] == ("Account in order", True)
    assert shown["Available for the amount"] == ("enough", True)


def test_what_nobody_asked_for_is_neither_good_nor_bad(counter, teller, waiting):
    looks = {check.text: check.look for check in selectors.checks(request=waiting)}

    assert looks["Identity check"] == looks["Paid out of the account today"] == (
        "muted", "info-circle",
    )  # fmt: skip
    assert looks["State of the payer's account"] == ("ok", "circle-check")
    by_hand = replace(factory.withdrawal(counter, voucher_no="0744719055"), manual_id=True)
    (identity, *_rest) = selectors.checks(request=factory.sent(teller, by_hand))
    assert identity.look == ("warn", "alert-triangle")


def test_a_withdrawal_has_no_payee(waiting):
    assert "State of the payee's account" not in found(waiting)


def test_what_happened_to_the_account_since_is_told(counter, waiting):
    ledger.change_state(
        number=counter.payer.number, step="stop", reason="挂失", on=people.DAY, at=people.NOON,
        by=factory.BY,
    )  # fmt: skip

    assert found(waiting)["State of the payer's account"] == ("Payment stopped", False)


def test_an_amount_beyond_what_is_left_is_told(counter, teller):
    held = factory.sent(teller, factory.withdrawal(counter, "600,000.00"))
    for number in range(5):
        order = factory.transfer(counter, "100,000.00", voucher_no=f"074471903{number}")
        factory.sent(teller, order)

    assert found(held)["Available for the amount"] == ("not enough", False)


@pytest.mark.parametrize(
    "text", ["Voucher number used before", "Same amount from the account today"]
)
def test_a_repetition_is_told(waiting, counter, teller, text):
    factory.sent(teller, factory.withdrawal(counter))

    assert found(waiting)[text] == ("1", False)


def test_an_account_out_of_sight_tells_its_state_alone(waiting, bank):
    with acting(staff=people.staff(bank.sibling, "teller")):
        shown = found(waiting)

    assert shown["State of the payer's account"] == ("Account in order", True)
    assert "Available for the amount" not in shown
