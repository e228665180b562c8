"""Rights on the books: what is given is what is declared, on tables and on single columns."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from foundation.ledger import selectors
from tests.architecture import tidy

GRANTED = {
    "UPDATE (amount_fen) ON ledger_leg": "ledger_leg.amount_fen",
    "UPDATE (amount_fen, note) ON ledger_journalline": "ledger_journalline.amount_fen",
    "SELECT (amount_fen) ON ledger_leg": "ledger_leg.amount_fen",
    "SELECT (first_account_id) ON ledger_journalline": "ledger_journalline.first_account_id",
    "UPDATE (balance_fen) ON ledger_account": "ledger_account.balance_fen",
    "UPDATE ON ledger_account": "ledger_account",
    "UPDATE (asked_at) ON ledger_holdrequest": "ledger_holdrequest.asked_at",
    "INSERT (last_no) ON ledger_journalnumber": "ledger_journalnumber.last_no",
    "UPDATE (balance_fen) ON ledger_shard": "ledger_shard.balance_fen",
    "DELETE ON ledger_hold": "ledger_hold",
    "TRIGGER ON ledger_turnover": "ledger_turnover",
    "UPDATE ON SEQUENCE ledger_entry_serial": "ledger_entry_serial",
}


def test_a_right_beyond_the_declared_is_found_on_tables_and_on_columns(committed_db):
    assert selectors.guards_off() == ()
    missed = {}
    with committed_db.as_owner() as owner:
        for right, subject in GRANTED.items():
            owner.execute(f"GRANT {right} TO PUBLIC")
            found = [(one.kind, one.subject, one.found) for one in selectors.guards_off()]
            if ("right too many", subject, f"everybody {right.split()[0]}") not in found:
                missed[right] = found
            owner.execute(f"REVOKE {right} FROM PUBLIC")

    assert not missed
    assert selectors.guards_off() == ()


def test_a_right_on_one_column_of_one_month_is_found(committed_db):
    with committed_db.as_owner() as owner:
        owner.execute("SELECT ledger_month('2026-10-01')")
        assert selectors.guards_off() == ()
        owner.execute("GRANT UPDATE (amount_fen) ON ledger_parts.leg_202610 TO ops_app")

    (one,) = selectors.guards_off()
    assert (one.kind, one.subject) == ("right too many", "leg_202610.amount_fen")


@pytest.mark.parametrize("relation", ["ledger_account", "ledger_journalline"])
def test_what_is_declared_for_columns_is_given(db, relation):
    text = (tidy.ROOT / "foundation/ledger/sql/rights_beyond.sql").read_text()
    declared = re.findall(rf"\('{relation}', '(\w+)', ARRAY\[([^]]+)\]\)", text)

    assert declared
    for privilege, columns in declared:
        for column in re.findall(r"'(\w+)'", columns):
            with connection.cursor() as line:
                line.execute(
                    "SELECT has_column_privilege(%s, %s, %s)", [relation, column, privilege]
                )
                assert line.fetchone() == (True,), (relation, column, privilege)
