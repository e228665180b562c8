"""What nobody may do to the books, with SQL of their own or as their owner."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from foundation.kernel import scope
from foundation.ledger import selectors, services
from foundation.ledger.rules import Leg
from foundation.people import services as people
from tests.factories import ledger as factory
from tests.factories.ledger import DAY, NOON, pay

BOOKS = ("ledger_entry", "ledger_posting", "ledger_journalline", "ledger_postingkey",
         "ledger_reversal", "ledger_journalnumber")  # fmt: skip
SCOPED = (*BOOKS, "ledger_account", "ledger_hold", "ledger_businessday")
PARTS = """
    SELECT format('ledger_parts.%I', relname) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'ledger_parts'::regnamespace
"""


def run(statement: str, *values: object):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else cursor.rowcount


@pytest.mark.parametrize("table", BOOKS)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET institution_id = 1",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "INSERT INTO {} DEFAULT VALUES",
    ],
)
def test_the_application_writes_no_books_itself(bank, table, statement):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        run(statement.format(table))


@pytest.mark.parametrize(
    "column", ["balance_fen", "seq", "number", "currency", "overdraft_allowed"]
)
def test_the_application_does_not_write_what_is_counted(bank, column):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        run(f"UPDATE ledger_account SET {column} = {column}")


def test_the_application_does_not_reach_the_partitions_past_the_policies(bank):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        run("SELECT * FROM ledger_parts.entry_202611")


def test_the_application_does_not_spread_accounts(bank):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        run("SELECT ledger_spread(%s, 4::smallint)", bank.till.pk)


def test_only_an_internal_account_that_may_be_overdrawn_has_shards(books):
    bank, _entry, owner = books

    for account in (bank.payer, bank.till):
        with pytest.raises(Exception, match="ledger_account_shards"):
            owner.execute("UPDATE ledger_account SET shards = 2 WHERE id = %s", [account.pk])


@pytest.mark.parametrize("table", SCOPED)
def test_without_a_scope_nothing_is_seen(bank, table):
    services.place_hold(number=bank.payer.number, fen=1, reason="r", at=NOON, by="t")
    back = services.reverse
    entry = pay(bank, bank.payer, bank.payee, 1)
    back(entry_id=entry.pk, key="r", institution_id=bank.outlet.pk, trade_code="1401", teller="1",
         business_date=DAY, at=NOON, reason="r")  # fmt: skip
    assert run(f"SELECT count(*) FROM {table}")[0][0] > 0

    run("SELECT set_config('app.scope', '', true)")

    assert run(f"SELECT count(*) FROM {table}") == [(0,)]


@pytest.mark.parametrize("table", SCOPED)
def test_every_table_is_guarded_by_row(bank, table):
    assert run(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = %s", table
    ) == [(True, True)]


def insert_entry(owner, bank, serial=999, table="ledger_entry"):
    identity = 261123_0000000000 + serial
    owner.execute(
        f"INSERT INTO {table} (id, institution_id, business_date, posted_at, journal_no, key,"
        " trade_code, teller) VALUES (%s, %s, %s, now(), 'x', 'x', 'x', 'x')",
        [identity, bank.outlet.pk, DAY],
    )
    return identity


def insert_pair(owner, bank, entry, *, fen=5, other=-5, currency="CNY", table="ledger_posting"):
    owner.execute(
        f"INSERT INTO {table} (account_id, seq, business_date, entry_id, line,"
        " institution_id, currency, amount_fen, balance_after) VALUES"
        " (%s, 901, %s, %s, 8, %s, 'CNY', %s, 0), (%s, 901, %s, %s, 9, %s, %s, %s, 0)",
        [bank.payer.pk, DAY, entry, bank.outlet.pk, fen,
         bank.payee.pk, DAY, entry, bank.outlet.pk, currency, other],
    )  # fmt: skip


def test_not_even_the_owner_changes_what_is_posted(books):
    _bank, _entry, owner = books
    owner.execute(PARTS)
    tables = [*BOOKS[:-1], *(row[0] for row in owner.fetchall())]
    assert len(tables) == 8

    for table in tables:
        owner.execute(f"SELECT count(*) FROM {table}")
        if owner.fetchone()[0]:
            column = "original" if table == "ledger_reversal" else "institution_id"
            for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
                with pytest.raises(Exception, match="append-only"):
                    owner.execute(statement)
        with pytest.raises(Exception, match=r"append-only|cannot truncate a table referenced"):
            owner.execute(f"TRUNCATE {table}")


def test_the_guards_hold_where_a_replica_replays(books):
    _bank, _entry, owner = books
    owner.execute(
        "SELECT t.tgrelid::regclass::text || ' ' || t.tgname FROM pg_trigger t"
        " JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND t.tgenabled <> 'A'"
        " AND (c.relname LIKE 'ledger\\_%%' OR c.relnamespace = 'ledger_parts'::regnamespace)"
    )

    assert owner.fetchall() == []


def test_a_balanced_pair_is_not_slipped_into_an_old_entry(books):
    bank, entry, owner = books

    with pytest.raises(Exception, match="a leg is added only with its entry"):
        insert_pair(owner, bank, entry.pk)


def test_a_leg_without_an_entry_is_refused(books):
    bank, _entry, owner = books

    with pytest.raises(Exception, match="a leg is added only with its entry"):
        insert_pair(owner, bank, 261123_0000000998)


def insert_whole(owner, bank, *, serial=999, fen=5, other=-5, currency="CNY"):
    identity = 261123_0000000000 + serial
    owner.execute(
        "WITH e AS (INSERT INTO ledger_entry (id, institution_id, business_date, posted_at,"
        " journal_no, key, trade_code, teller) VALUES (%s, %s, %s, now(), 'x', 'x', 'x', 'x'))"
        " INSERT INTO ledger_posting (account_id, seq, business_date, entry_id, line,"
        " institution_id, currency, amount_fen, balance_after) VALUES"
        " (%s, 901, %s, %s, 1, %s, 'CNY', %s, 0), (%s, 901, %s, %s, 2, %s, %s, %s, 0)",
        [identity, bank.outlet.pk, DAY, bank.payer.pk, DAY, identity, bank.outlet.pk, fen,
         bank.payee.pk, DAY, identity, bank.outlet.pk, currency, other],
    )  # fmt: skip
    return identity


@pytest.mark.parametrize(
    ("fen", "other", "currency"), [(5, -4, "CNY"), (5, -5, "USD")], ids=["sum", "currencies"]
)
def test_an_unbalanced_entry_is_refused(books, fen, other, currency):
    bank, _entry, owner = books

    with pytest.raises(Exception, match="is not balanced"):
        insert_whole(owner, bank, fen=fen, other=other, currency=currency)


def test_many_entries_of_which_one_is_unbalanced_are_refused(books):
    bank, _entry, owner = books
    first, second = 261123_0000000901, 261123_0000000902

    with pytest.raises(Exception, match=f"{second} is not balanced"):
        owner.execute(
            "WITH e AS (INSERT INTO ledger_entry (id, institution_id, business_date, posted_at,"
            " journal_no, key, trade_code, teller) SELECT id, %s, %s, now(), 'x', 'x', 'x', 'x'"
            " FROM unnest(%s::bigint[]) id) INSERT INTO ledger_posting (account_id, seq,"
            " business_date, entry_id, line, institution_id, currency, amount_fen, balance_after)"
            " SELECT %s, 900 + n, %s, id, line, %s, 'CNY', fen, 0 FROM (VALUES (1, %s, 1, 5),"
            " (2, %s, 2, -5), (3, %s, 1, 5), (4, %s, 2, -4)) v (n, id, line, fen)",
            [bank.outlet.pk, DAY, [first, second], bank.payer.pk, DAY, bank.outlet.pk, first, first,
             second, second],
        )  # fmt: skip


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_parts.entry_202611"])
def test_an_entry_without_legs_is_refused_on_the_table_and_on_its_month(books, table):
    bank, _entry, owner = books

    with pytest.raises(Exception, match="has no legs"):
        insert_entry(owner, bank, table=table)


def test_a_pair_is_not_slipped_into_an_old_entry_by_way_of_the_month(books):
    bank, entry, owner = books

    with pytest.raises(Exception, match="a leg is added only with its entry"):
        insert_pair(owner, bank, entry.pk, table="ledger_parts.posting_202611")


def test_an_entry_stands_only_where_its_id_says(books):
    bank, _entry, owner = books

    with pytest.raises(Exception, match=r"does not say the day|not on the day of its entry"):
        insert_whole(owner, bank, serial=10**10)


def test_a_line_of_the_journal_is_sound(books):
    _bank, entry, owner = books

    for change in ("amount_fen = 0", "side = 'left'", "source = 'import'", "id = id + 10000000000"):
        column = change.split(" =", maxsplit=1)[0]
        with pytest.raises(Exception, match=r"ledger_line_sound|no partition"):
            owner.execute(
                "INSERT INTO ledger_journalline SELECT (r).* FROM (SELECT jsonb_populate_record(j,"
                f" jsonb_build_object('{column}', {change.split('= ')[1]},"
                f" 'journal_no', 'x')) r FROM ledger_journalline j WHERE j.id = {entry.pk}) x"
            )


def test_a_leg_of_nothing_is_refused(books):
    bank, entry, owner = books

    with pytest.raises(Exception, match="a leg of nothing"):
        insert_pair(owner, bank, entry.pk, fen=0, other=0)


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        ("UPDATE ledger_account SET balance_fen = balance_fen + 1 WHERE id = {payee}",
         "balance differs"),
        ("UPDATE ledger_account SET held_fen = 3 WHERE id = {payee}", "held differs"),
        ("UPDATE ledger_posting SET amount_fen = 699 WHERE entry_id = {entry} AND line = 1",
         "unbalanced"),
        ("UPDATE ledger_posting SET balance_after = 1 WHERE entry_id = {entry} AND line = 2",
         "statement broken"),
        ("DELETE FROM ledger_posting WHERE entry_id = {entry}", "entry without legs"),
        ("DELETE FROM ledger_entry WHERE id = {entry}", "leg without entry"),
        ("DELETE FROM ledger_journalline WHERE entry_id = {entry}", "entry without journal line"),
        ("DELETE FROM ledger_journalline WHERE entry_id = {entry}", "journal number missing"),
    ],
)  # fmt: skip
def test_damage_done_past_the_guards_is_found(books, damage, kind):
    bank, entry, owner = books
    for table in ("ledger_entry", "ledger_posting", "ledger_journalline"):
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    owner.execute(damage.format(payee=bank.payee.pk, entry=entry.pk))

    with people.acting_as_system(reason="test"):
        found = {difference.kind for difference in selectors.differences(first=DAY, last=DAY)}

    assert kind in found


def test_sound_books_have_no_differences(books):
    with people.acting_as_system(reason="test"):
        assert selectors.differences(first=DAY, last=DAY) == ()


def test_the_constraint_keeps_an_account_from_overdraft(books):
    bank, _entry, owner = books

    with pytest.raises(Exception, match="ledger_no_overdraft"):
        owner.execute("UPDATE ledger_account SET balance_fen = -1 WHERE id = %s", [bank.payer.pk])


def test_posting_outside_a_transaction_or_a_scope_is_a_fault(committed_db):
    bank = factory.bank()
    legs = [Leg(bank.payer.number, 5), Leg(bank.payee.number, -5)]
    with pytest.raises(AssertionError):
        services.post(key="k", institution_id=bank.outlet.pk, legs=legs, trade_code="1101",
                      teller="1", business_date=DAY, at=NOON)  # fmt: skip

    with pytest.raises(scope.NoScope):
        selectors.account(number=bank.payer.number)
