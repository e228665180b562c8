"""Row-level security, and the guard of pairs: who may decide, what never changes."""

from pathlib import Path

from django.db import migrations

from foundation.kernel.scope import rls_sql, rls_undo_sql

SQL = Path(__file__).resolve().parent.parent / "sql"
TABLE = "monitoring_match"


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_initial")]
    operations = [
        migrations.RunSQL(rls_sql(TABLE), rls_undo_sql(TABLE)),
        migrations.RunSQL(
            (SQL / "match_guard.sql").read_text(), "DROP FUNCTION monitoring_match_guard CASCADE"
        ),
    ]
