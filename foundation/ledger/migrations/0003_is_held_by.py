"""Compares a payee's name with the account's without telling it."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_books")]
    operations = [
        migrations.RunSQL(
            (SQL / "is_held_by.sql").read_text(), "DROP FUNCTION ledger_is_held_by"
        ),
    ]
