"""The journal and the legs, the functions that write and read them, and their guards."""

from pathlib import Path

from django.db import migrations

from foundation.kernel.scope import rls_sql

SQL = Path(__file__).resolve().parent.parent / "sql"
# The functions run as the owner, who for these tables is not bound to a scope.
BOOKS = [
    "ledger_account",
    "ledger_shard",
    "ledger_journalline",
    "ledger_leg",
    "ledger_postingkey",
    "ledger_reversal",
    "ledger_hold",
    "ledger_holdrequest",
    "ledger_shardrequest",
    "ledger_businessday",
    "ledger_journalnumber",
    "ledger_dayclosing",
    "ledger_turnover",
    "ledger_daysignature",
    "ledger_daycarry",
    "ledger_reopening",
    "ledger_closingbalance",
    "ledger_subjectbalance",
    "ledger_mark",
    "ledger_carried",
]
SCOPED = ["ledger_dayrun", "ledger_dayopening", "ledger_export", "ledger_exportpart"]
# In the order in which one needs another.
FILES = [
    *("day_prefix", "tables", "shards", "append_only", "day_guard", "archive", "hot", "history"),
    *("next_moved", "statement"),
    *("account_on", "month", "day_ready", "posting_parts", "replay", "post", "post_many"),
    *("reverse", "spread", "hot_reading", "guards", "payee", "is_held_by", "entry_seen"),
    *("import_journal", "day_content", "seal_digest", "seal_day", "close_dates"),
    *("hold_guard", "differences", "day_differences", "rights_beyond", "guards_off"),
    *("rights", "day_rights"),
]
# The scope holds whoever may read; the owner, whose functions are over all of it, need not be asked
# for it by every statement. A role that is let in later sees nothing until the policies name it.
HELD = """
DO $$
DECLARE
  v_roles text;
  v_table text;
BEGIN
  SELECT string_agg(DISTINCT quote_ident(r.rolname), ', ') INTO v_roles
  FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
  WHERE c.oid = 'ledger_account'::regclass AND a.grantee <> c.relowner;
  IF v_roles IS NULL THEN
    RETURN;
  END IF;
  FOR v_table IN SELECT polrelid::regclass FROM pg_policy WHERE polname LIKE 'ledger\\_%\\_books' LOOP
    EXECUTE format('ALTER POLICY %I ON %s TO %s', v_table || '_scope', v_table, v_roles);
  END LOOP;
END $$
"""
ROOM = """
ALTER TABLE ledger_account SET (fillfactor = 50);
ALTER TABLE ledger_journalnumber SET (fillfactor = 50)
"""


def run(statement):
    """Return the operation that runs a statement; the way back is the restore of a backup."""
    return migrations.RunSQL(statement)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_journal")]

    operations = [
        *(run((SQL / f"{name}.sql").read_text()) for name in FILES),
        *(run(rls_sql(table)) for table in [*BOOKS, *SCOPED]),
        *(
            run(f"CREATE POLICY {table}_books ON {table} FOR ALL TO CURRENT_USER USING (true)")
            for table in BOOKS
        ),
        run(HELD),
        run(ROOM),
    ]
