"""Many entries in one round trip."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_fast_posting")]

    operations = [
        migrations.RunSQL(
            (SQL / "post_many.sql").read_text(),
            "DROP FUNCTION ledger_post_many, ledger_weigh_many",
        ),
    ]
