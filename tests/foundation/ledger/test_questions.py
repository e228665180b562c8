"""What the ledger answers: statements, the journal, entries with their legs, totals."""

from __future__ import annotations

from datetime import timedelta

import pytest

from foundation.ledger import rules, selectors
from foundation.ledger.selectors import JournalQuery
from tests.factories.ledger import DAY, pay


def query(**more) -> JournalQuery:
    return JournalQuery(**({"first": DAY, "last": DAY} | more))


def test_a_statement_is_newest_first_and_goes_on_page_by_page(bank):
    for fen in (1, 2, 3):
        pay(bank, bank.payer, bank.payee, fen)

    first = selectors.statement(account_id=bank.payee.pk, limit=2)
    second = selectors.statement(account_id=bank.payee.pk, limit=2, before=first[-1].place)

    assert [(row.amount_fen, row.balance_after) for row in (*first, *second)] == [
        (-3, 6),
        (-2, 3),
        (-1, 1),
    ]


def test_a_statement_may_be_of_some_days_only(bank):
    pay(bank, bank.payer, bank.payee, 1)
    later = DAY + timedelta(days=1)

    assert len(selectors.statement(account_id=bank.payee.pk, first=DAY, last=DAY)) == 1
    assert selectors.statement(account_id=bank.payee.pk, first=later) == ()


@pytest.mark.parametrize(
    "fits",
    [
        {"journal_no": "00000002"},
        {"journal_no": "2"},
        {"teller": "110001"},
        {"trade_code": "1101"},
        {"voucher_no": "V7"},
        {"amount_fen": 77},
    ],
)
def test_the_journal_is_searched_by_any_of_its_fields(bank, fits):
    entry = pay(bank, bank.payer, bank.payee, 77, trade_code="1101", voucher_no="V7")

    found = selectors.journal(query=query(**fits))
    assert entry.pk in [line.entry_id for line in found]


def test_the_journal_is_searched_by_account_and_institution(bank):
    entry = pay(bank, bank.payer, bank.payee, 77)

    by_account = selectors.journal(query=query(account_number=bank.payer.number))
    assert [line.entry_id for line in by_account] == [entry.pk]
    assert selectors.journal(query=query(institution_id=bank.other.pk)) == ()
    assert selectors.journal(query=query(teller="999")) == ()
    assert selectors.journal(query=query(first=DAY + timedelta(days=1), last=DAY)) == ()


def test_the_journal_goes_on_page_by_page(bank):
    for _ in range(3):
        pay(bank, bank.payer, bank.payee, 1)

    first = selectors.journal(query=query(), limit=2)
    second = selectors.journal(query=query(), limit=2, before=first[-1].pk)

    numbers = [line.journal_no for line in (*first, *second)]
    assert numbers == ["00000004", "00000003", "00000002", "00000001"]


def test_the_lines_of_a_day_come_in_the_order_of_the_journal(bank):
    entry = pay(bank, bank.payer, bank.payee, 1)

    lines = list(selectors.journal_lines(institution_id=bank.outlet.pk, on=DAY))

    assert [line.journal_no for line in lines] == ["00000001", "00000002"]
    assert selectors.journal_line(line_id=lines[1].pk).entry_id == entry.pk
    assert selectors.journal_line(line_id=1) is None


def test_who_sees_one_leg_sees_the_entry_with_the_other_side_masked(bank, seen_from):
    entry = pay(bank, bank.payer, bank.far_payee, 5)

    with seen_from(bank.other):
        seen = selectors.entry(entry_id=entry.pk)

    assert [(leg.name, leg.own, leg.side) for leg in seen.legs] == [
        ("李*", False, "debit"),
        ("北京远方商贸有限公司", True, "credit"),
    ]


def test_who_sees_no_leg_sees_no_entry(bank, seen_from):
    entry = pay(bank, bank.payer, bank.payee, 5)

    with seen_from(bank.other), pytest.raises(rules.NoSuchEntry):
        selectors.entry(entry_id=entry.pk)


def test_trial_totals_are_even_and_count_what_is_in_sight(bank):
    pay(bank, bank.payer, bank.payee, 5)

    (totals,) = selectors.trial_totals(on=DAY)

    assert (totals.currency, totals.legs) == ("CNY", 4)
    assert totals.debit_fen == totals.credit_fen == 100_005
