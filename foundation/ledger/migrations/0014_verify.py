"""What can be wrong with seals, closings, general ledger and guards; and the hourly look."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0013_holds")]

    operations = [
        migrations.RunSQL(
            (SQL / "day_differences.sql").read_text(),
            "DROP FUNCTION ledger_recent_differences, ledger_guards_off, ledger_day_differences",
        ),
    ]
