"""The command that proves the books."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from tests.factories import ledger as factory


def verify() -> str:
    said = StringIO()
    call_command("verify_books", stdout=said, stderr=said)
    return said.getvalue()


@pytest.mark.django_db
def test_sound_books_are_counted():
    factory.bank()

    assert verify() == "1 entries, 2 legs, 1 journal lines, 5 accounts: 0 differences\n"


def test_a_difference_is_told_and_ends_with_one(committed_db):
    bank = factory.bank()
    with committed_db.as_owner() as owner:
        owner.execute(
            "UPDATE ledger_account SET balance_fen = 99999 WHERE id = %s", [bank.payer.pk]
        )
    said = StringIO()

    with pytest.raises(SystemExit) as left:
        call_command("verify_books", stdout=said, stderr=said)

    assert left.value.code == 1
    assert f"balance differs: account {bank.payer.number} 99999 is not 100000" in said.getvalue()
