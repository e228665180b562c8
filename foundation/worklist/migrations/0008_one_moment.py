"""What a person finished in the last hour is found by its index, however long the person works."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("worklist", "0007_fair")]
    operations = [
        migrations.RunSQL((SQL / "able.sql").read_text(), migrations.RunSQL.noop),
    ]
