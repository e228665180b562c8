"""Nobody decides about an account that they hold themselves, at whatever outlet it is kept."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('authorization', '0023_day_of_a_desk'),
    ]

    operations = [
        migrations.RunSQL(
            (SQL / "own_account.sql").read_text(), "DROP FUNCTION authorization_account_holders(text, text)"
        ),
        migrations.RunSQL(
            (SQL / "decision_guard.sql").read_text().partition("CREATE TRIGGER")[0], migrations.RunSQL.noop
        ),
    ]
