"""Who has worked less today is left an item for some seconds: measured by two functions."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("worklist", "0006_able"),
        ("people", "0012_roster_guards"),
        ("policy", "0003_holidays"),
    ]
    operations = [
        migrations.RunSQL(
            (SQL / "load.sql").read_text(),
            "DROP FUNCTION worklist_load(text, bigint, timestamptz)",
        ),
        migrations.RunSQL(
            (SQL / "fair.sql").read_text(),
            "DROP FUNCTION worklist_fair(text, bigint, uuid, bigint, date, text, text[], int)",
        ),
    ]
