"""A batch that a program hands over has the program's key, so that a retry is one batch."""

from pathlib import Path

from django.db import migrations, models

GUARD = Path(__file__).resolve().parent.parent / "sql" / "batch_guard.sql"


class Migration(migrations.Migration):

    dependencies = [
        ('imaging', '0005_batches'),
        ('people', '0012_roster_guards'),
    ]

    operations = [
        migrations.AddField(
            model_name='batch',
            name='key',
            field=models.UUIDField(null=True),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.UniqueConstraint(fields=('institution', 'key'), name='imaging_batch_key_once'),
        ),
        # The function of the guard, without its triggers, which are there.
        migrations.RunSQL(GUARD.read_text().partition("CREATE TRIGGER")[0], migrations.RunSQL.noop),
    ]
