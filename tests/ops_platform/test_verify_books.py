"""The command that proves the books."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from tests.factories import ledger as factory
from tests.factories.trail import seal_all


@pytest.fixture(autouse=True)
def own_anchor(settings, tmp_path):
    settings.OPS_VAR = tmp_path


def verify() -> str:
    said = StringIO()
    call_command("verify_books", stdout=said, stderr=said)
    return said.getvalue()


@pytest.mark.django_db
def test_sound_books_are_counted():
    factory.bank()

    assert (
        verify()
        == "1 entries, 2 legs, 1 journal lines, 5 accounts: 0 differences; trail: 0 breaks\n"
    )


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


def test_a_trail_changed_past_its_guards_is_told_and_ends_with_one(committed_db):
    bank = factory.bank()
    assert bank.outlet.pk in seal_all(at=factory.NOON)
    with committed_db.as_owner() as owner:
        owner.execute("ALTER TABLE trail_event NO FORCE ROW LEVEL SECURITY")
        owner.execute("ALTER TABLE trail_event DISABLE TRIGGER USER")
        owner.execute(
            "UPDATE trail_event SET actor = 'x' WHERE institution_id = %s", [bank.outlet.pk]
        )
    said = StringIO()

    with pytest.raises(SystemExit) as left:
        call_command("verify_books", stdout=said, stderr=said)

    assert left.value.code == 1
    assert f"institution {bank.outlet.pk} seal 1" in said.getvalue()
