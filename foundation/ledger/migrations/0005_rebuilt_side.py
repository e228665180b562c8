"""A balance that differs is told beside the rebuilt one, both on the account's normal side."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_import")]

    operations = [
        migrations.RunSQL((SQL / "differences.sql").read_text(), migrations.RunSQL.noop),
    ]
