"""The function that takes in the journal of a foreign core."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_is_held_by")]

    operations = [
        # A second reversal is named as such, whatever else would stand against it.
        migrations.RunSQL((SQL / "post.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunSQL(
            (SQL / "import_journal.sql").read_text(), "DROP FUNCTION ledger_import_journal"
        )
    ]
