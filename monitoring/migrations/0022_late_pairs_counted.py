"""Changes of pairs of days that are over are counted by outlet and day, not noted one by one."""

from pathlib import Path

from django.db import migrations, models

from foundation.kernel import late

TRIGGER = Path(__file__).resolve().parent.parent / "sql" / "late_pair.sql"
TABLE = "monitoring_latepair"


class Migration(migrations.Migration):

    dependencies = [('monitoring', '0021_aml_follows')]

    operations = [
        migrations.AddField("latepair", "changes", models.PositiveIntegerField(default=1, verbose_name='changes')),
        migrations.AddField("latepair", "newest", models.BigIntegerField(default=0, verbose_name='newest change')),
        migrations.RunSQL(late.carry_sql(TABLE), migrations.RunSQL.noop),
        migrations.AlterField("latepair", "changes", models.PositiveIntegerField(verbose_name='changes')),
        migrations.AlterField("latepair", "newest", models.BigIntegerField(verbose_name='newest change')),
        migrations.RemoveIndex("latepair", "monitoring_late_days"),
        migrations.AddIndex(
            "latepair", models.Index(fields=['business_date', 'institution'], name='monitoring_late_days')
        ),
        migrations.RunSQL(late.note_sql(TABLE), late.note_each_sql(TABLE)),
        migrations.RunSQL(
            TRIGGER.read_text().partition("\nCREATE TRIGGER")[0], migrations.RunSQL.noop
        ),
        migrations.RunSQL(late.read_only_sql(TABLE), migrations.RunSQL.noop),
    ]
