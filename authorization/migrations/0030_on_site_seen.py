"""That a page showed the teller what was said on site is noted, once."""

from pathlib import Path

from django.db import migrations, models

GUARD = Path(__file__).resolve().parent.parent / "sql" / "on_site_guard.sql"


class Migration(migrations.Migration):

    dependencies = [('authorization', '0029_checked_when_sent')]

    operations = [
        migrations.AddField(
            model_name='onsite',
            name='seen_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(GUARD.read_text().partition("CREATE TRIGGER")[0], migrations.RunSQL.noop),
    ]
