"""Accounts, their states and holds."""

from __future__ import annotations

import itertools
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from foundation.kernel import numbering, scope
from foundation.kernel.flow import StepNotAllowed
from foundation.ledger import rules, selectors, services, tasks
from foundation.ledger.models import Account
from foundation.trail import selectors as trail
from tests.factories.ledger import DAY, NOON, account, pay


def state(bank, step):
    return services.change_state(
        number=bank.payee.number, step=step, reason="r", on=DAY, at=NOON, by="t"
    )


def hold(account, fen):
    return services.place_hold(number=account.number, fen=fen, reason="押金", at=NOON, by="t")


def test_a_new_account_has_19_digits_with_a_check_digit_and_nothing_in_it(bank):
    assert numbering.parse_account_number(bank.payee.number) == bank.payee.number
    assert selectors.balance(number=bank.payee.number).fen == 0


def test_the_own_accounts_of_a_human_follow_when_numbers_join(bank):
    former, person, another = (uuid4() for _ in range(3))
    for number, holder in ((bank.payee.number, former), (bank.payer.number, another)):
        Account.objects.filter(number=number).update(holder_person=holder)

    for count in (1, 0):
        assert tasks.follow_person(former=str(former), person=str(person))() == count

    holders = dict(Account.objects.values_list("number", "holder_person"))
    assert holders[bank.payee.number] == person
    assert holders[bank.payer.number] == another


def test_an_account_takes_side_and_kind_from_its_subject(bank):
    found = Account.objects.get(pk=bank.payee.pk)

    assert (found.normal_side, found.kind) == ("credit", "customer")


def test_an_account_may_come_with_its_number_which_is_not_given_out_again(bank):
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM ledger_account_serial")
        serial = cursor.fetchone()[0]
    taken = rules.account_number(serial=serial + 1)

    given = account(bank.outlet, "2011", "赵", number=taken)
    following = account(bank.outlet, "2011", "钱")

    assert given.number == taken
    assert following.number == rules.account_number(serial=serial + 2)


def test_numbers_of_neighbours_differ_in_most_digits_and_come_once():
    numbers = [rules.account_number(serial=serial) for serial in range(1, 2001)]

    assert len(set(numbers)) == len(numbers)
    for one, following in itertools.pairwise(numbers):
        assert sum(a != b for a, b in zip(one, following, strict=True)) >= 8


def test_a_wrong_check_digit_is_refused(bank):
    with pytest.raises(numbering.NotAnAccountNumber):
        account(bank.outlet, "2011", "赵", number="1" * 19)


def test_an_unknown_subject_is_refused(bank):
    with pytest.raises(rules.NoSuchSubject):
        account(bank.outlet, "9999", "赵")


def test_a_step_out_of_turn_is_refused(bank):
    with pytest.raises(StepNotAllowed):
        state(bank, "allow")


def test_each_change_of_state_is_on_the_trail(bank):
    for step in ("stop", "allow", "freeze", "unfreeze"):
        state(bank, step)

    told = [event.action for event in trail.timeline(subject=bank.payee.subject)]
    assert told[:4] == ["ledger.unfreeze", "ledger.freeze", "ledger.allow", "ledger.stop"]


def test_an_account_with_money_or_a_hold_is_not_closed(bank):
    pay(bank, bank.payer, bank.payee, 10)

    with pytest.raises(rules.BalanceLeft):
        state(bank, "close")


def test_an_empty_account_is_closed_and_stays_closed(bank):
    assert state(bank, "close").closed_on == DAY

    with pytest.raises(StepNotAllowed):
        state(bank, "freeze")
    with pytest.raises(rules.AccountClosed):
        hold(bank.payee, 1)


def test_a_hold_is_not_available_until_it_is_released(bank):
    placed = hold(bank.payer, 60_000)
    assert selectors.balance(number=bank.payer.number).available_fen == 40_000

    services.release_hold(hold_id=placed.pk, at=NOON, by="t")

    assert selectors.balance(number=bank.payer.number).available_fen == 100_000
    assert selectors.differences(first=DAY, last=DAY) == ()


@pytest.mark.parametrize(
    ("fen", "refusal"),
    [(0, rules.NotPositive), (-1, rules.NotPositive), (100_001, rules.NotEnough)],
)
def test_a_hold_of_nothing_or_more_than_is_available_is_refused(bank, fen, refusal):
    with pytest.raises(refusal):
        hold(bank.payer, fen)


def test_a_hold_is_released_once(bank):
    placed = hold(bank.payer, 1)
    services.release_hold(hold_id=placed.pk, at=NOON, by="t")

    for number in (placed.pk, 10**9):
        with pytest.raises(rules.NoSuchHold):
            services.release_hold(hold_id=number, at=NOON, by="t")


def test_a_hold_on_an_unknown_account_is_refused(bank):
    with pytest.raises(rules.NoSuchAccount):
        services.place_hold(number="1" * 19, fen=1, reason="r", at=NOON, by="t")


@pytest.mark.parametrize(
    ("name", "shown"),
    [("李静", "李*"), ("王小明", "王**"), ("北京远方商贸有限公司", "北京******公司"), ("赵", "赵")],
)
def test_anyone_may_learn_the_masked_name_of_a_payee(bank, name, shown):
    made = account(bank.other, "2011", name)
    with scope.entered((bank.outlet.pk,)), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.scope', %s, true)", [str(bank.outlet.pk)])
        payee = selectors.payee_name(number=made.number)
        with pytest.raises(rules.NoSuchAccount):
            selectors.account(number=made.number)

    assert (payee.name, payee.state) == (shown, "active")


def test_an_unknown_payee_is_refused(bank):
    with pytest.raises(rules.NoSuchAccount):
        selectors.payee_name(number="1" * 19)


def test_accounts_are_found_by_number_customer_and_name(bank):
    account(bank.outlet, "2011", "孙悦", customer_number="80001")

    assert [row.name for row in selectors.accounts(text="80001")] == ["孙悦"]
    assert [row.name for row in selectors.accounts(text="悦")] == ["孙悦"]
    assert [row.pk for row in selectors.accounts(text=bank.payer.number)] == [bank.payer.pk]
    assert len(selectors.accounts()) == 6
    first = selectors.accounts(limit=1)[0]
    assert first.number < selectors.accounts(after=first.number, limit=1)[0].number


@pytest.mark.parametrize(
    ("column", "value"),
    [("state", "asleep"), ("held_fen", -1), ("held_fen", 100_001), ("state", "closed")],
)
def test_the_database_keeps_accounts_right(bank, column, value):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE ledger_account SET {column} = %s WHERE id = %s", [value, bank.payer.pk]
        )


@pytest.mark.parametrize("wrong", [{"number": "12"}, {"currency": "rmb"}, {"own_fen": 5}])
def test_the_database_keeps_new_accounts_right(bank, wrong):
    right = {
        "institution": bank.outlet,
        "number": numbering.account_number(prefix="99", serial=1),
        "name": "x",
        "chart": bank.payer.chart,
        "opened_on": DAY,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.create(**{**right, **wrong})

    assert Account.objects.create(**right).normal_side == ""


def test_standings_say_what_holder_and_balance_say(bank):
    state(bank, "stop")
    hold(bank.payer, 1)
    numbers = [bank.payer.number, bank.payee.number]

    found = selectors.standings(numbers=numbers)

    for number in numbers:
        assert found[number].state == selectors.holder(number=number).state
        assert found[number].available_fen == selectors.balance(number=number).available_fen
    assert found[bank.payer.number].state == "held"


def test_of_an_account_out_of_sight_only_the_state_is_known_and_an_unknown_one_is_refused(
    bank, seen_from
):
    with seen_from(bank.other):
        (found,) = selectors.standings(numbers=[bank.payee.number]).values()
        assert found == selectors.Standing("active")
        with pytest.raises(rules.NoSuchAccount):
            selectors.standings(numbers=["6217000000000000000"])
