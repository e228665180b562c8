"""Changes of items of days that are over are counted by outlet and day, not noted one by one."""

from pathlib import Path

from django.db import migrations, models

from foundation.kernel import late

TRIGGERS = Path(__file__).resolve().parent.parent / "sql" / "late_change.sql"
TABLE = "authorization_latechange"


class Migration(migrations.Migration):

    dependencies = [('authorization', '0024_own_accounts')]

    operations = [
        migrations.AddField("latechange", "changes", models.PositiveIntegerField(default=1, verbose_name='changes')),
        migrations.AddField("latechange", "newest", models.BigIntegerField(default=0, verbose_name='newest change')),
        migrations.RunSQL(late.carry_sql(TABLE), migrations.RunSQL.noop),
        migrations.AlterField("latechange", "changes", models.PositiveIntegerField(verbose_name='changes')),
        migrations.AlterField("latechange", "newest", models.BigIntegerField(verbose_name='newest change')),
        migrations.RemoveIndex("latechange", "authorization_late_days"),
        migrations.AddIndex(
            "latechange", models.Index(fields=['business_date', 'institution'], name='authorization_late_days')
        ),
        migrations.RunSQL(late.note_sql(TABLE), late.note_each_sql(TABLE)),
        migrations.RunSQL(
            TRIGGERS.read_text().partition("\nCREATE TRIGGER")[0], migrations.RunSQL.noop
        ),
        migrations.RunSQL(late.read_only_sql(TABLE), migrations.RunSQL.noop),
    ]
