"""An item is approved by enough people by whatever way it gets there."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("authorization", "0013_fallback")]
    operations = [
        migrations.RunSQL(
            (SQL / "request_guard.sql").read_text().partition("CREATE TRIGGER")[0],
            migrations.RunSQL.noop,
        ),
    ]
