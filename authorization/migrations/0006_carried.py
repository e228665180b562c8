"""An item that was carried forward is decided on the day that is open now."""

from pathlib import Path

from django.db import migrations

GUARD = Path(__file__).resolve().parent.parent / "sql" / "decision_guard.sql"


class Migration(migrations.Migration):

    dependencies = [("authorization", "0005_until"), ("ledger", "0002_functions")]

    operations = [
        migrations.RunSQL(
            GUARD.read_text().partition("\nCREATE TRIGGER")[0], migrations.RunSQL.noop
        ),
    ]
