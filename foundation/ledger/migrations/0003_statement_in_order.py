"""A page of a statement is read in the order of the postings, whatever the plan makes of the ids."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql" / "statement.sql"
BACK = SQL.read_text().partition("CREATE FUNCTION ledger_postings_back")


class Migration(migrations.Migration):

    dependencies = [("ledger", "0002_functions")]

    operations = [
        migrations.RunSQL(
            f"CREATE OR REPLACE FUNCTION ledger_postings_back{BACK[2]}", migrations.RunSQL.noop
        ),
    ]
