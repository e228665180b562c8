"""Marks once a statement, with their moment; the guards that are looked for are those that stand."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
NOOP = migrations.RunSQL.noop
# What earlier marks would have kept; the guard of the marks lets nobody change them otherwise.
BACKFILL = """
ALTER TABLE ledger_mark DISABLE TRIGGER ledger_append_only;
UPDATE ledger_mark m SET balance_fen = p.balance_after,
  made_at = coalesce(p.made_at, (SELECT e.posted_at FROM ledger_entry e WHERE e.id = p.entry_id))
FROM ledger_posting p
WHERE p.account_id = m.account_id AND p.shard = m.shard AND p.seq = m.seq;
ALTER TABLE ledger_mark ENABLE ALWAYS TRIGGER ledger_append_only;
"""


def load(name):
    """Return the operation that runs one file."""
    return migrations.RunSQL((SQL / f"{name}.sql").read_text(), NOOP)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0019_search")]

    operations = [
        migrations.AddField("mark", "made_at", models.DateTimeField("time", null=True)),
        migrations.AddField("mark", "balance_fen", models.BigIntegerField("balance", null=True)),
        migrations.RunSQL("DROP FUNCTION ledger_mark_left() CASCADE", NOOP),
        load("marks"),
        migrations.RunSQL(BACKFILL, NOOP),
        migrations.AddIndex(
            "mark",
            models.Index(fields=["account", "shard", "made_at", "seq"], name="ledger_mark_by_moment"),
        ),
        load("guards_off"),
    ]
