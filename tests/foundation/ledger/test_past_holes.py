"""Each way in which money was once made up or changed in a ledger, by name, tried as its owner.

An entry without legs, a balanced pair added to an old entry (also by way of a month), sums that
differ, sums that agree only across currencies, and what is changed or removed are in test_guards.
"""

from __future__ import annotations

import pytest
from django.db import connection

from foundation.ledger import rules, services
from foundation.ledger.models import Entry, Posting
from tests.factories import ledger as factory
from tests.factories.ledger import DAY, NOON, pay

LEG = (
    "INSERT INTO {} (account_id, seq, business_date, entry_id, line, institution_id, currency,"
    " amount_fen, balance_after) VALUES (%s, 901, %s, %s, 9, %s, 'CNY', 5, 0)"
)


@pytest.mark.parametrize("table", ["ledger_leg", "ledger_parts.leg_202611"])
def test_a_single_leg_is_not_added_to_an_old_entry(books, table):
    bank, entry, owner = books

    with pytest.raises(Exception, match="is not balanced"):
        owner.execute(LEG.format(table), [bank.payer.pk, DAY, entry.pk, bank.outlet.pk])


def test_a_single_leg_is_not_added_in_the_transaction_of_its_entry(books):
    bank, _entry, owner = books
    owner.execute("BEGIN")
    owner.execute("SELECT set_config('app.scope', '*', true)")
    owner.execute(
        "SELECT entry FROM ledger_post(%s, 'k', 'h', %s, now(), %s, %s::bigint[], '1', '1', '',"
        " '', '', '', NULL, false)",
        [bank.outlet.pk, DAY, [bank.payer.number, bank.payee.number], [5, -5]],
    )
    entry = owner.fetchone()[0]
    assert entry is not None

    with pytest.raises(Exception, match="is not balanced"):
        owner.execute(LEG.format("ledger_leg"), [bank.payer.pk, DAY, entry, bank.outlet.pk])
    owner.execute("ROLLBACK")


def test_a_leg_of_an_entry_is_not_rewritten(books):
    _bank, entry, owner = books

    for change in ("amount_fen = amount_fen + 1", "first_account_id = first_account_id + 1"):
        with pytest.raises(Exception, match="append-only"):
            owner.execute(f"UPDATE ledger_journalline SET {change} WHERE id = %s", [entry.pk])


def test_a_repeated_key_posts_once(bank):
    first = pay(bank, bank.payer, bank.payee, 5, key="again")
    second = pay(bank, bank.payer, bank.payee, 5, key="again")

    assert first.pk == second.pk
    assert Posting.objects.filter(entry_id=first.pk).count() == 2


def test_a_repeated_key_with_another_content_is_refused(bank):
    pay(bank, bank.payer, bank.payee, 5, key="again")

    with pytest.raises(rules.KeyReused):
        pay(bank, bank.payer, bank.payee, 6, key="again")


def test_not_even_the_owner_gives_a_key_out_twice(books):
    _bank, _entry, owner = books

    with pytest.raises(Exception, match="duplicate key"):
        owner.execute("INSERT INTO ledger_postingkey SELECT * FROM ledger_postingkey LIMIT 1")


def test_a_spread_account_has_its_past_and_is_closed_only_when_all_of_it_is_empty(bank):
    hot = factory.account(bank.outlet, "1001", "待清算", overdraft_allowed=True)
    factory.spread(hot, 4)
    entry = pay(bank, hot, bank.payee, 700)
    assert Posting.objects.get(account=hot).shard > 0

    assert balance_on(hot) == 700
    with pytest.raises(rules.BalanceLeft):
        close(hot)
    services.reverse(
        entry_id=entry.pk, key="back", institution_id=bank.outlet.pk, trade_code="1401", teller="1",
        business_date=DAY, at=NOON, reason="r",
    )  # fmt: skip
    assert balance_on(hot) == 0
    assert close(hot).state == rules.CLOSED
    assert Entry.objects.count() == 3


def balance_on(account):
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_balance_on(%s, %s)", [account.pk, DAY])
        return cursor.fetchone()[0]


def close(account):
    return services.change_state(
        number=account.number, step="close", reason="r", on=DAY, at=NOON, by="t"
    )
