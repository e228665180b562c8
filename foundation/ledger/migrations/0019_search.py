"""Indexes for what the journal is searched by, made beside whoever is posting."""

from django.db import migrations

# Single columns: equal values share one entry of the index, which keeps it small.
INDEXES = {
    "ledger_line_by_number": "(journal_no)",
    "ledger_line_by_teller": "(teller)",
    "ledger_line_by_trade": "(trade_code)",
    "ledger_line_by_amount": "(amount_fen)",
    "ledger_line_by_counter": "(counter_account) WHERE counter_account <> ''",
    "ledger_line_by_voucher": "(voucher_no) WHERE voucher_no <> ''",
    "ledger_line_by_item": "(subject) WHERE subject <> ''",
}
MONTHS = """
SELECT inhrelid::regclass::text FROM pg_inherits
WHERE inhparent = 'ledger_journalline'::regclass ORDER BY 1
"""


def make(_apps, schema_editor):
    """Make each index month by month without a lock, then let the whole table have it."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(MONTHS)
        months = [row[0] for row in cursor.fetchall()]
        for name, columns in INDEXES.items():
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON ONLY ledger_journalline {columns}")
            for month in months:
                part = f"{month.rsplit('.', 1)[-1]}_{name.removeprefix('ledger_line_')}"
                # One that broke off half-made is made anew.
                cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS ledger_parts.{part}")
                cursor.execute(f"CREATE INDEX CONCURRENTLY {part} ON {month} {columns}")
                cursor.execute(f"ALTER INDEX {name} ATTACH PARTITION ledger_parts.{part}")


def drop(_apps, schema_editor):
    """Drop them; the months' go with the table's."""
    with schema_editor.connection.cursor() as cursor:
        for name in INDEXES:
            cursor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ledger", "0016_hot_accounts")]

    operations = [migrations.RunPython(make, drop)]
