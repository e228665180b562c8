"""Turnover, seal and signatures of a day: the functions that write them and their guards."""

from pathlib import Path

from django.db import migrations

from foundation.kernel.scope import rls_sql, rls_undo_sql

SQL = Path(__file__).resolve().parent.parent / "sql"
SCOPED = [
    "ledger_dayclosing",
    "ledger_turnover",
    "ledger_daysignature",
    "ledger_daycarry",
    "ledger_reopening",
]
UNGUARDED = """
DROP FUNCTION ledger_day_guard() CASCADE;
DROP FUNCTION ledger_signature_guard() CASCADE;
DROP FUNCTION ledger_carry_guard() CASCADE;
DROP FUNCTION ledger_reopening_guard() CASCADE;
DROP FUNCTION ledger_closing_in_force(bigint);
DROP FUNCTION ledger_refuse(text, text);
DROP TRIGGER ledger_append_only ON ledger_reopening;
DROP TRIGGER ledger_append_only ON ledger_daycarry;
DROP TRIGGER ledger_no_truncate ON ledger_daycarry;
DROP TRIGGER ledger_append_only ON ledger_daysignature;
DROP TRIGGER ledger_no_truncate ON ledger_daysignature;
DROP TRIGGER ledger_append_only ON ledger_turnover;
DROP TRIGGER ledger_no_truncate ON ledger_turnover;
DROP TRIGGER ledger_append_only ON ledger_dayclosing;
DROP TRIGGER ledger_no_truncate ON ledger_dayclosing;
"""


def load(name, undo):
    """Return the operation that runs one file."""
    return migrations.RunSQL((SQL / f"{name}.sql").read_text(), undo)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0010_days")]

    operations = [
        *(
            migrations.RunSQL(rls_sql(table), rls_undo_sql(table))
            for table in [*SCOPED, "ledger_dayrun"]
        ),
        # The functions run as the owner, who for these tables is not bound to a scope.
        *(
            migrations.RunSQL(
                f"CREATE POLICY {table}_books ON {table} FOR ALL TO CURRENT_USER USING (true)",
                f"DROP POLICY {table}_books ON {table}",
            )
            for table in SCOPED
        ),
        load("day_content", "DROP FUNCTION ledger_day_content"),
        load("seal_digest", "DROP FUNCTION ledger_seal_digest"),
        load("seal_day", "DROP FUNCTION ledger_seal_day"),
        load("day_guard", UNGUARDED),
        load("day_rights", migrations.RunSQL.noop),
    ]
