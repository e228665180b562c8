"""The past of spread accounts, and the guards as they stand: what the proof of the books found."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0014_verify")]

    operations = [
        migrations.RunSQL(
            (SQL / "differences_of_shards.sql").read_text(), migrations.RunSQL.noop
        ),
    ]
