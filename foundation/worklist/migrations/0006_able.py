"""Who may take an item is asked of a function that a session plans once."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("worklist", "0005_kept_and_leads"),
        ("people", "0012_roster_guards"),
        ("policy", "0003_holidays"),
    ]
    operations = [
        migrations.RunSQL(
            (SQL / "able.sql").read_text(),
            "DROP FUNCTION worklist_able(text, bigint, uuid, bigint, date, text[], text[], text[], int)",
        ),
    ]
