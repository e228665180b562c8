"""A round that another image began keeps the check of identity with which its item was sent."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


def identity_guard() -> str:
    """Return the guard of the check of an item, without its trigger, which is there."""
    whole = (SQL / "opening_guard.sql").read_text()
    name = "authorization_identity_guard"
    return whole[whole.index(f"CREATE OR REPLACE FUNCTION {name}(") : whole.index(f"CREATE TRIGGER {name} ")]


class Migration(migrations.Migration):

    dependencies = [('authorization', '0028_taking_back')]

    operations = [migrations.RunSQL(identity_guard(), migrations.RunSQL.noop)]
