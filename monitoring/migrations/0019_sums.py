"""A sum of whole numbers that is a whole number, for figures of accounts and rules over a day."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0018_late_pairs")]

    operations = [
        migrations.RunSQL(
            (SQL / "sums.sql").read_text(), "DROP AGGREGATE monitoring_sum(bigint)"
        ),
    ]
