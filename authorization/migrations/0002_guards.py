"""Row-level security, the guards of items and decisions, and the serial of item numbers."""

from pathlib import Path

from django.db import migrations

from foundation.kernel.scope import rls_sql, rls_undo_sql

SQL = Path(__file__).resolve().parent.parent / "sql"
TABLES = ("authorization_request", "authorization_decision")


class Migration(migrations.Migration):
    dependencies = [("authorization", "0001_initial")]
    operations = [
        *(migrations.RunSQL(rls_sql(table), rls_undo_sql(table)) for table in TABLES),
        migrations.RunSQL(
            (SQL / "decision_guard.sql").read_text(),
            "DROP FUNCTION authorization_decision_guard CASCADE",
        ),
        migrations.RunSQL(
            (SQL / "request_guard.sql").read_text(),
            "DROP FUNCTION authorization_request_guard CASCADE",
        ),
        migrations.RunSQL(
            "CREATE SEQUENCE authorization_serial; REVOKE ALL ON SEQUENCE authorization_serial FROM PUBLIC",
            "DROP SEQUENCE authorization_serial",
        ),
    ]
