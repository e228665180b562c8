"""A day's vouchers are closed after its books and its key businesses; nothing alone is matched."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0016_blank_vouchers")]

    operations = [
        migrations.RunSQL(
            (SQL / name).read_text().partition("CREATE TRIGGER")[0], migrations.RunSQL.noop
        )
        for name in ("entry_guard.sql", "match_guard.sql")
    ]
