"""Posting: what is written, what is refused, and that the same key posts once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from foundation.kernel import scope
from foundation.ledger import rules, selectors, services
from foundation.ledger.models import Account, Entry, JournalLine, Posting
from foundation.ledger.rules import Leg
from tests.factories import ledger as factory
from tests.factories.ledger import DAY, NOON, Bank, account, pay


def facts(bank: Bank, **more):
    return {
        "key": "k1",
        "institution_id": bank.outlet.pk,
        "legs": [Leg(bank.payer.number, 30_000), Leg(bank.payee.number, -30_000)],
        "trade_code": "1101",
        "teller": "110001",
        "business_date": DAY,
        "at": NOON,
        "voucher_no": "V0001",
        "subject": "authorization.request:1",
        **more,
    }


def fen(account: Account) -> int:
    return selectors.balance(number=account.number).fen


def test_a_transfer_moves_money_from_payer_to_payee(bank):
    services.post(**facts(bank))

    assert (fen(bank.payer), fen(bank.payee)) == (70_000, 30_000)


def test_the_journal_line_says_what_the_slip_says(bank):
    entry = services.post(**facts(bank))

    line = JournalLine.objects.get(entry_id=entry.pk)
    assert (line.journal_no, line.teller, line.trade_code) == ("00000002", "110001", "1101")
    assert (line.account_number, line.counter_account) == (bank.payer.number, bank.payee.number)
    assert (line.side, line.amount_fen, line.voucher_no) == ("debit", 30_000, "V0001")
    assert entry.journal_no == line.journal_no


def test_each_leg_keeps_the_balance_after_it(bank):
    entry = services.post(**facts(bank))

    legs = Posting.objects.filter(entry_id=entry.pk).order_by("line")
    assert [(leg.amount_fen, leg.balance_after) for leg in legs] == [
        (30_000, 70_000),
        (-30_000, 30_000),
    ]


def test_an_account_may_stand_in_an_entry_twice(bank):
    legs = [Leg(bank.payer.number, 10), Leg(bank.payer.number, 20), Leg(bank.payee.number, -30)]

    services.post(**facts(bank, legs=legs))

    assert fen(bank.payer) == 100_000 - 30
    assert selectors.differences(first=DAY, last=DAY) == ()


def test_the_payee_may_be_at_another_outlet(bank):
    legs = [Leg(bank.payer.number, 500), Leg(bank.far_payee.number, -500)]
    with scope.entered((bank.outlet.pk,)), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.scope', %s, true)", [str(bank.outlet.pk)])
        services.post(**facts(bank, legs=legs))
        cursor.execute("SELECT set_config('app.scope', '*', true)")

    assert fen(bank.far_payee) == 500


def test_the_same_key_again_answers_the_first_entry(bank):
    first = services.post(**facts(bank))

    again = services.post(**facts(bank, at=NOON + timedelta(minutes=5)))

    assert (again.pk, again.journal_no, again.posted_at) == (first.pk, first.journal_no, NOON)
    assert fen(bank.payer) == 70_000


def test_a_retry_is_answered_even_when_the_money_is_gone_or_the_day_closed(bank):
    legs = [Leg(bank.payer.number, 100_000), Leg(bank.payee.number, -100_000)]
    first = services.post(**facts(bank, legs=legs))
    factory.close_day(bank.outlet)

    assert services.post(**facts(bank, legs=legs)).pk == first.pk


def test_the_same_key_with_another_content_is_refused(bank):
    services.post(**facts(bank))

    with pytest.raises(rules.KeyReused):
        services.post(**facts(bank, voucher_no="V0002"))


def test_two_outlets_may_use_the_same_key(bank):
    legs = [Leg(bank.other_till.number, 100), Leg(bank.far_payee.number, -100)]
    first = services.post(**facts(bank))

    second = services.post(**facts(bank, institution_id=bank.other.pk, legs=legs))

    assert first.pk != second.pk


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"business_date": DAY + timedelta(days=1)}, rules.DayNotOpened),
        ({"institution_id": 999_999}, rules.DayNotOpened),
        ({"legs": [Leg("1" * 19, 5), Leg("2" * 19, -5)]}, rules.NoSuchAccount),
    ],
)
def test_what_is_not_there_is_refused(bank, change, refusal):
    with pytest.raises(refusal):
        services.post(**facts(bank, **change))


@pytest.mark.parametrize("amounts", [(), (5,), (5, 0), (10**18, -(10**18)), (1,) * 201])
def test_legs_of_nothing_too_few_and_too_many_are_refused(bank, amounts):
    with pytest.raises(rules.BadLegs):
        services.post(**facts(bank, legs=[Leg(bank.payer.number, fen) for fen in amounts]))


def test_what_is_not_balanced_is_refused(bank):
    legs = [Leg(bank.payer.number, 500), Leg(bank.payee.number, -499)]

    with pytest.raises(rules.NotBalanced):
        services.post(**facts(bank, legs=legs))


def test_what_is_balanced_only_across_currencies_is_refused(bank):
    dollars = account(bank.outlet, "2011", "李静", currency="USD")
    legs = [Leg(bank.payer.number, 500), Leg(dollars.number, -500)]

    with pytest.raises(rules.NotBalanced):
        services.post(**facts(bank, legs=legs))


def test_more_than_is_available_is_refused_and_nothing_is_written(bank):
    services.place_hold(number=bank.payer.number, fen=80_000, reason="r", at=NOON, by="t")
    before = Entry.objects.count()

    with pytest.raises(rules.NotEnough):
        services.post(**facts(bank))

    assert Entry.objects.count() == before
    assert fen(bank.payer) == 100_000


def test_an_account_with_overdraft_may_go_below_nothing(bank):
    clearing = account(bank.outlet, "1001", "待清算", overdraft_allowed=True)

    pay(bank, bank.till, clearing, 700)

    assert fen(clearing) == -700


@pytest.mark.parametrize(
    ("step", "refusal"),
    [("freeze", rules.AccountFrozen), ("stop", rules.PaymentStopped)],
)
def test_payment_out_of_a_stopped_or_frozen_account_is_refused(bank, step, refusal):
    services.change_state(number=bank.payer.number, step=step, reason="r", on=DAY, at=NOON, by="t")

    with pytest.raises(refusal):
        services.post(**facts(bank))


def test_a_stopped_account_receives_and_a_frozen_or_closed_one_does_not(bank):
    for step, refusal in (("stop", None), ("freeze", rules.AccountFrozen)):
        services.change_state(
            number=bank.payee.number, step=step, reason="r", on=DAY, at=NOON, by="t"
        )
        legs = [Leg(bank.till.number, 500), Leg(bank.payee.number, -500)]
        if refusal is None:
            services.post(**facts(bank, key=step, legs=legs))
        else:
            with pytest.raises(refusal):
                services.post(**facts(bank, key=step, legs=legs))


def test_a_closed_account_is_refused(bank):
    services.change_state(
        number=bank.payee.number, step="close", reason="r", on=DAY, at=NOON, by="t"
    )

    with pytest.raises(rules.AccountClosed):
        services.post(**facts(bank))


def test_a_closed_day_is_refused(bank):
    factory.close_day(bank.outlet)

    with pytest.raises(rules.DayClosed):
        services.post(**facts(bank))


def test_posting_for_a_foreign_institution_is_refused(bank):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.scope', %s, true)", [str(bank.other.pk)])
        with pytest.raises(rules.OtherInstitution):
            services.post(**facts(bank))
        cursor.execute("SELECT set_config('app.scope', '', true)")
        with pytest.raises(rules.OtherInstitution):
            services.post(**facts(bank))


def test_a_refusal_leaves_the_transaction_usable(bank):
    with pytest.raises(rules.NoSuchAccount):
        services.post(**facts(bank, legs=[Leg("1" * 19, 5), Leg("2" * 19, -5)]))

    assert services.post(**facts(bank)).journal_no == "00000002"


def test_a_dry_run_refuses_the_same_and_writes_nothing(bank):
    given = facts(bank)
    for name in ("voucher_no", "subject"):
        given.pop(name)
    before = Entry.objects.count()

    services.dry_run(**given)

    assert Entry.objects.count() == before
    assert fen(bank.payer) == 100_000
    given["legs"] = [Leg(bank.payer.number, 100_001), Leg(bank.payee.number, -100_001)]
    with pytest.raises(rules.NotEnough):
        services.dry_run(**given)


def test_journal_numbers_are_counted_for_each_institution_and_day_without_a_gap(bank):
    numbers = [pay(bank, bank.till, bank.payer, 1).journal_no for _ in range(3)]

    assert numbers == ["00000002", "00000003", "00000004"]
    far = pay(bank, bank.other_till, bank.far_payee, 1, institution_id=bank.other.pk)
    assert far.journal_no == "00000001"


def test_the_value_date_stands_beside_the_business_date(bank):
    entry = services.post(**facts(bank, value_date=DAY))
    earlier = services.post(**facts(bank, key="k2", value_date=DAY + timedelta(days=3)))

    assert Entry.objects.get(pk=entry.pk).value_date is None
    assert Entry.objects.get(pk=earlier.pk).value_date == DAY + timedelta(days=3)
    assert services.post(**facts(bank, value_date=None)).pk == entry.pk


def test_a_value_date_before_an_account_was_opened_is_refused(bank):
    with pytest.raises(rules.NotYetOpen):
        services.post(**facts(bank, value_date=DAY - timedelta(days=1)))

    assert fen(bank.payer) == 100_000
