"""The tables of the months: made ahead, and keyed so that the books can be spread over machines."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.urls import reverse

from foundation.ledger import rules, selectors, services
from tests.factories.ledger import DAY

# Unique keys without the institution, each with the reason; the list may only shrink (0143).
WITHOUT_INSTITUTION = {
    "ledger_account (id)": "an account is known by its id; ids are given out once",
    "ledger_account (number)": "an account's number is the bank's, whoever keeps the account",
    "ledger_journalline (id)": "the id begins with the date and is given out once",
    "ledger_leg (account_id, shard, seq, business_date)": "an account has one institution",
    "ledger_reversal (original)": "once in the whole bank; the entry's id is given out once",
    "ledger_reversal (entry)": "once in the whole bank; the entry's id is given out once",
    "ledger_shard (account_id, shard)": "an account has one institution",
    "ledger_mark (account_id, shard, business_date, seq)": "an account has one institution",
    "ledger_closingbalance (account_id, business_date, round)": "an account has one institution",
    "ledger_turnover (account_id, business_date, closing_id)": "a closing has one institution",
    "ledger_hold (id)": "a hold is known by its id",
    "trail_event (id)": "an event is known by its id",
    "worklist_workitem (queue, subject)": "an item stands in a queue once, whoever works there",
    "worklist_workitem (id)": "an item is known by its id",
}
BIG = (
    "ledger_account", "ledger_journalline", "ledger_leg", "ledger_postingkey",
    "ledger_reversal", "ledger_shard", "ledger_mark", "ledger_closingbalance",
    "ledger_subjectbalance", "ledger_turnover", "ledger_hold", "ledger_journalnumber",
    "trail_event", "worklist_workitem",
)  # fmt: skip
KEYS = """
SELECT c.relname || ' (' || string_agg(a.attname, ', ' ORDER BY k.place) || ')'
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid,
  unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, place), pg_attribute a
WHERE i.indisunique AND a.attrelid = c.oid AND a.attnum = k.attnum
  AND c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%s)
GROUP BY c.relname, i.indexrelid HAVING NOT bool_or(a.attname = 'institution_id')
"""


def asked(text, *values):
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return [row[0] for row in cursor.fetchall()]


def test_the_coming_months_are_made_ahead_and_once(bank):
    on = date(2027, 11, 30)

    assert services.make_months(on=on) == 3
    assert services.make_months(on=on) == 0

    assert selectors.months()[-3:] == (date(2027, 11, 1), date(2027, 12, 1), date(2028, 1, 1))
    assert selectors.months()[0] == DAY.replace(day=1)


def test_a_month_made_ahead_has_every_guard(bank):
    services.make_months(on=date(2027, 11, 30))

    assert selectors.guards_off() == ()


def test_making_months_does_not_wait_for_long(bank):
    services.make_months(on=DAY)

    assert asked("SELECT current_setting('lock_timeout')") == ["0"]


@pytest.mark.parametrize(
    ("on", "months"),
    [
        (date(2026, 12, 31), [date(2026, 12, 1), date(2027, 1, 1)]),
        (DAY, [date(2026, 11, 1), date(2026, 12, 1)]),
    ],
)
def test_months_are_counted_over_the_end_of_a_year(on, months):
    assert rules.months_from(on, 2) == months


def test_the_page_of_the_days_says_which_months_there_are(bank, desk):
    page = desk(bank.outlet).get(reverse("ledger:days"))

    assert "2026-11" in page.content.decode()


@pytest.mark.parametrize("table", BIG)
def test_every_big_table_knows_its_institution(bank, table):
    assert asked(
        "SELECT attnotnull FROM pg_attribute WHERE attrelid = %s::regclass"
        " AND attname = 'institution_id'", table,
    ) == [True]  # fmt: skip


def test_unique_keys_without_the_institution_are_those_named_here(bank):
    assert set(asked(KEYS, list(BIG))) == set(WITHOUT_INSTITUTION)
