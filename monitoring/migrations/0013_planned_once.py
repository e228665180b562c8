"""What is asked of the rules of one line and of accounts, as functions whose plans are kept."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    """Two functions; the second was there before, planned anew at each call."""

    dependencies = [("monitoring", "0012_freeze_inflows")]

    operations = [
        migrations.RunSQL(
            (SQL / "in_force.sql").read_text(), "DROP FUNCTION monitoring_in_force(date)"
        ),
        migrations.RunSQL((SQL / "known.sql").read_text(), migrations.RunSQL.noop),
    ]
