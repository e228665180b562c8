"""Reversing: the exact opposite, once, linked both ways."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from foundation.ledger import rules, selectors, services
from tests.factories import ledger as factory
from tests.factories.ledger import DAY, NOON, Bank, pay


def reverse(bank: Bank, entry_id: int, key: str = "r1", **more):
    return services.reverse(
        entry_id=entry_id,
        key=key,
        institution_id=more.pop("institution_id", bank.outlet.pk),
        trade_code="1401",
        teller="110001",
        business_date=more.pop("business_date", DAY),
        at=NOON,
        reason="金额录入错误",
        **more,
    )


def fen(account) -> int:
    return selectors.balance(number=account.number).fen


def test_a_reversal_takes_everything_back_and_is_linked_both_ways(bank):
    entry = pay(bank, bank.payer, bank.payee, 500)

    back = reverse(bank, entry.pk)

    assert (fen(bank.payer), fen(bank.payee)) == (100_000, 0)
    assert selectors.entry(entry_id=entry.pk).reversed_by == back.pk
    assert selectors.entry(entry_id=back.pk).reverses_id == entry.pk
    assert selectors.differences(first=DAY, last=DAY) == ()


def test_the_same_key_again_answers_the_first_reversal(bank):
    entry = pay(bank, bank.payer, bank.payee, 500)

    assert reverse(bank, entry.pk).pk == reverse(bank, entry.pk).pk


def test_an_entry_is_reversed_once(bank):
    entry = pay(bank, bank.payer, bank.payee, 500)
    reverse(bank, entry.pk)

    with pytest.raises(rules.AlreadyReversed):
        reverse(bank, entry.pk, "r2")


def test_a_reversal_is_not_reversed(bank):
    back = reverse(bank, pay(bank, bank.payer, bank.payee, 500).pk)

    with pytest.raises(rules.IsReversal):
        reverse(bank, back.pk, "r2")


@pytest.mark.parametrize("entry_id", [1, 261_123_0000000099, 999_999_0000000001])
def test_an_unknown_entry_is_refused(bank, entry_id):
    with pytest.raises(rules.NoSuchEntry):
        reverse(bank, entry_id)


def test_another_outlet_does_not_reverse_the_entry(bank):
    entry = pay(bank, bank.payer, bank.payee, 500)

    with pytest.raises(rules.NoSuchEntry):
        reverse(bank, entry.pk, institution_id=bank.other.pk)


def test_a_foreign_outlet_does_not_learn_of_the_entry(bank):
    entry = pay(bank, bank.payer, bank.payee, 500)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.scope', %s, true)", [str(bank.other.pk)])

    with pytest.raises(rules.OtherInstitution):
        reverse(bank, entry.pk)


def test_money_already_gone_cannot_be_taken_back(bank):
    entry = pay(bank, bank.payer, bank.payee, 500)
    pay(bank, bank.payee, bank.far_payee, 1)

    with pytest.raises(rules.NotEnough):
        reverse(bank, entry.pk)


def test_a_reversal_on_a_later_day_stands_on_that_day(bank):
    entry = pay(bank, bank.payer, bank.payee, 500)
    tomorrow = DAY + timedelta(days=1)
    factory.close_day(bank.outlet)
    services.open_day(institution_id=bank.outlet.pk, on=tomorrow, at=NOON, by="t")

    back = reverse(bank, entry.pk, business_date=tomorrow)

    assert (rules.day_of(back.pk), back.journal_no) == (tomorrow, "00000001")
