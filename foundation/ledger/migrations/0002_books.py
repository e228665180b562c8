"""The books themselves: partitioned tables, the functions that write them, and their guards."""

from pathlib import Path

from django.db import migrations

from foundation.kernel.scope import rls_sql, rls_undo_sql

SQL = Path(__file__).resolve().parent.parent / "sql"
SCOPED = [
    "ledger_account",
    "ledger_entry",
    "ledger_posting",
    "ledger_journalline",
    "ledger_postingkey",
    "ledger_reversal",
    "ledger_hold",
    "ledger_businessday",
    "ledger_journalnumber",
]


def load(name, undo):
    """Return the operation that runs one file."""
    return migrations.RunSQL((SQL / f"{name}.sql").read_text(), undo)


def drop(function):
    """Return the statement that takes a function away, and its triggers with it."""
    return f"DROP FUNCTION {function} CASCADE"


def seen_by_owner(table):
    """Return the policy that lets the functions, which run as the owner, see every institution."""
    return f"CREATE POLICY {table}_books ON {table} FOR ALL TO CURRENT_USER USING (true)"


def unseen(table):
    """Return the way back."""
    return f"DROP POLICY {table}_books ON {table}"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        load("day_prefix", drop("ledger_day_prefix")),
        load("tables", (SQL / "tables_undo.sql").read_text()),
        load("append_only", drop("ledger_append_only")),
        load("sealed", drop("ledger_sealed")),
        load("balanced", drop("ledger_balanced")),
        load("account_opened", drop("ledger_account_opened")),
        *(migrations.RunSQL(rls_sql(table), rls_undo_sql(table)) for table in SCOPED),
        # The functions run as the owner, who for these tables is not bound to a scope.
        *(migrations.RunSQL(seen_by_owner(table), unseen(table)) for table in SCOPED),
        load("month", drop("ledger_month")),
        load("day_ready", drop("ledger_day_ready")),
        load("replay", drop("ledger_replay")),
        load("post", drop("ledger_post")),
        load("reverse", drop("ledger_reverse")),
        load("payee", drop("ledger_payee")),
        load("entry_seen", drop("ledger_entry_seen")),
        load("differences", drop("ledger_differences")),
        load("rights", migrations.RunSQL.noop),
        migrations.RunSQL(
            "ALTER TABLE ledger_account SET (fillfactor = 70);"
            "ALTER TABLE ledger_journalnumber SET (fillfactor = 50)",
            migrations.RunSQL.noop,
        ),
    ]
