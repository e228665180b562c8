"""What nobody may do to the books, with SQL of their own or as their owner."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from foundation.kernel import scope
from foundation.ledger import selectors, services
from foundation.ledger.rules import Leg
from foundation.people import services as people
from ops_platform.env import env
from tests.factories import ledger as factory
from tests.factories.ledger import DAY, NOON, pay

BOOKS = ("ledger_journalline", "ledger_leg", "ledger_postingkey", "ledger_reversal",
         "ledger_journalnumber")  # fmt: skip
SCOPED = (*BOOKS, "ledger_account", "ledger_hold", "ledger_businessday")
SEEN = ({*SCOPED} - {"ledger_leg"}) | {"ledger_entry", "ledger_posting"}
LINE = (
    "INSERT INTO {} (id, institution_id, business_date, at, journal_no, key, trade_code, teller,"
    " account_number, side, amount_fen, currency, source, entry_id) VALUES (%s, %s, %s, now(),"
    " 'x', 'x', 'x', 'x', '1', 'debit', 5, 'CNY', 'own', %s)"
)
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


@pytest.mark.parametrize(
    "what",
    [
        "* FROM ledger_parts.journalline_202611",
        "* FROM ledger_leg",
        "* FROM ledger_every_leg",
        "* FROM ledger_line_leg",
        "second_after FROM ledger_journalline",
    ],
)
def test_the_application_sees_no_leg_past_the_scope_of_its_account(bank, what):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        run(f"SELECT {what}")


def test_a_leg_is_seen_where_its_account_is_whoever_posted_it(bank):
    pay(bank, bank.payer, bank.far_payee, 5)
    run("SELECT set_config('app.scope', %s, true)", str(bank.other.pk))

    assert run("SELECT amount_fen FROM ledger_posting") == [(-5,)]
    assert run("SELECT count(*) FROM ledger_entry") == [(0,)]
    assert run("SELECT count(*) FROM ledger_journalline") == [(0,)]


def test_the_books_are_not_looked_through_in_part(bank):
    run("SELECT set_config('app.scope', %s, true)", str(bank.other.pk))

    for look in ("ledger_differences(%s, %s)", "ledger_day_differences(%s, %s)"):
        with pytest.raises(ProgrammingError, match="as a whole"), transaction.atomic():
            run(f"SELECT * FROM {look}", DAY, DAY)
    with pytest.raises(ProgrammingError, match="as a whole"), transaction.atomic():
        run("SELECT * FROM ledger_recent_differences(%s)", DAY)


def test_the_application_does_not_spread_accounts(bank):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        run("SELECT ledger_spread(%s, 4::smallint)", bank.till.pk)


def test_only_an_internal_account_that_may_be_overdrawn_has_shards(books):
    bank, _entry, owner = books

    for account in (bank.payer, bank.till):
        with pytest.raises(Exception, match="ledger_account_shards"):
            owner.execute("UPDATE ledger_account SET shards = 2 WHERE id = %s", [account.pk])


@pytest.mark.parametrize("table", sorted(SEEN))
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


@pytest.mark.parametrize("table", SCOPED)
def test_the_scope_holds_who_reads_and_is_not_asked_of_the_owner(bank, table):
    assert run(
        "SELECT polroles::regrole[]::text[] FROM pg_policy WHERE polrelid = %s::regclass"
        " AND polname = %s",
        table,
        f"{table}_scope",
    ) == [([env.app_role],)]


def insert_line(owner, bank, serial=999, table="ledger_journalline"):
    identity = 261123_0000000000 + serial
    owner.execute(LINE.format(table), [identity, bank.outlet.pk, DAY, identity])
    return identity


def insert_pair(owner, bank, entry, *, fen=5, other=-5, currency="CNY", table="ledger_leg"):
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
    assert len(tables) == 6

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
        f"WITH e AS ({LINE.format('ledger_journalline')})"
        " INSERT INTO ledger_leg (account_id, seq, business_date, entry_id, line,"
        " institution_id, currency, amount_fen, balance_after) VALUES"
        " (%s, 901, %s, %s, 1, %s, 'CNY', %s, 0), (%s, 901, %s, %s, 2, %s, %s, %s, 0)",
        [identity, bank.outlet.pk, DAY, identity, bank.payer.pk, DAY, identity, bank.outlet.pk, fen,
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
            "WITH e AS (INSERT INTO ledger_journalline (id, institution_id, business_date, at,"
            " journal_no, trade_code, teller, account_number, side, amount_fen, currency, source,"
            " entry_id) SELECT id, %s, %s, now(), id, 'x', 'x', '1', 'debit', 5, 'CNY', 'own', id"
            " FROM unnest(%s::bigint[]) id) INSERT INTO ledger_leg (account_id, seq,"
            " business_date, entry_id, line, institution_id, currency, amount_fen, balance_after)"
            " SELECT %s, 900 + n, %s, id, line, %s, 'CNY', fen, 0 FROM (VALUES (1, %s, 1, 5),"
            " (2, %s, 2, -5), (3, %s, 1, 5), (4, %s, 2, -4)) v (n, id, line, fen)",
            [bank.outlet.pk, DAY, [first, second], bank.payer.pk, DAY, bank.outlet.pk, first, first,
             second, second],
        )  # fmt: skip


@pytest.mark.parametrize("table", ["ledger_journalline", "ledger_parts.journalline_202611"])
def test_an_entry_without_legs_is_refused_on_the_table_and_on_its_month(books, table):
    bank, _entry, owner = books

    with pytest.raises(Exception, match="has no legs"):
        insert_line(owner, bank, table=table)


def test_a_pair_is_not_slipped_into_an_old_entry_by_way_of_the_month(books):
    bank, entry, owner = books

    with pytest.raises(Exception, match="a leg is added only with its entry"):
        insert_pair(owner, bank, entry.pk, table="ledger_parts.leg_202611")


def test_an_entry_stands_only_where_its_id_says(books):
    bank, _entry, owner = books

    with pytest.raises(Exception, match=r"not on the day of its entry|is not sound"):
        insert_whole(owner, bank, serial=10**10)


@pytest.mark.parametrize(
    "change",
    [
        "'amount_fen', 0", "'amount_fen', -1", "'side', 'left'", "'source', 'import'",
        "'source', 'other'", "'entry_id', 7", "'id', j.id + 10000000000",
        "'second_account_id', j.first_account_id", "'second_account_id', NULL",
        "'first_account_id', NULL", "'first_seq', NULL", "'second_seq', 0", "'first_after', NULL",
        "'second_home', NULL", "'first_shard', -1",
    ],
)  # fmt: skip
def test_a_line_of_the_journal_is_sound(books, change):
    _bank, entry, owner = books

    with pytest.raises(Exception, match=r"not sound|no partition"):
        owner.execute(
            "INSERT INTO ledger_journalline SELECT (r).* FROM (SELECT jsonb_populate_record(j,"
            " jsonb_build_object('journal_no', 'x', 'id', j.id + 7, 'entry_id', j.id + 7,"
            f" {change})) r FROM ledger_journalline j WHERE j.id = {entry.pk}) x"
        )


def test_legs_are_not_added_to_a_line_that_has_them(books):
    bank, _entry, owner = books
    owner.execute("BEGIN")
    owner.execute("SELECT set_config('app.scope', '*', true)")
    owner.execute(
        "SELECT entry FROM ledger_post(%s, 'k', 'h', %s, now(), %s, %s::bigint[], '1', '1', '',"
        " '', '', '', NULL, false)",
        [bank.outlet.pk, DAY, [bank.payer.number, bank.payee.number], [5, -5]],
    )
    entry = owner.fetchone()[0]

    with pytest.raises(Exception, match="a leg is added only with its entry"):
        insert_pair(owner, bank, entry)
    owner.execute("ROLLBACK")


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
        ("UPDATE ledger_journalline SET amount_fen = 699 WHERE id = {entry}", "balance differs"),
        ("UPDATE ledger_journalline SET second_after = 1 WHERE id = {entry}", "statement broken"),
        ("UPDATE ledger_journalline SET account_number = '1' WHERE id = {entry}",
         "journal line differs"),
        ("UPDATE ledger_leg SET amount_fen = 699 WHERE line = 1", "unbalanced"),
        ("UPDATE ledger_leg SET amount_fen = 699 WHERE line = 1", "journal line differs"),
        ("UPDATE ledger_leg SET balance_after = 1 WHERE line = 2", "statement broken"),
        ("DELETE FROM ledger_leg", "entry without legs"),
        ("DELETE FROM ledger_journalline WHERE first_account_id IS NULL", "leg without entry"),
        ("DELETE FROM ledger_journalline WHERE id = {entry}", "journal number missing"),
    ],
)  # fmt: skip
def test_damage_done_past_the_guards_is_found(books, damage, kind):
    bank, entry, owner = books
    with people.acting_as_system(reason="test"), transaction.atomic():
        legs = [Leg(bank.payer.number, 3), Leg(bank.payee.number, -2), Leg(bank.till.number, -1)]
        services.post(key="three", institution_id=bank.outlet.pk, legs=legs, trade_code="1101",
                      teller="1", business_date=DAY, at=NOON)  # fmt: skip
    for table in ("ledger_leg", "ledger_journalline"):
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
