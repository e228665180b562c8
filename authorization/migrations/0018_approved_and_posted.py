"""An item is approved and posted by one change: what is asked of an approved one is asked of it."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('authorization', '0017_tier_decides'),
    ]

    operations = [
        migrations.RunSQL(
            (SQL / "request_guard.sql").read_text().partition("CREATE TRIGGER")[0], migrations.RunSQL.noop
        ),
    ]
