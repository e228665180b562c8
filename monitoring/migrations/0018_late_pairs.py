"""Pairs by day: of a day that is over, what changes late is noted."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from foundation.kernel import late
from foundation.kernel.scope import rls_sql, rls_undo_sql

TRIGGER = Path(__file__).resolve().parent.parent / "sql" / "late_pair.sql"
UNDO = "DROP FUNCTION monitoring_late_pair CASCADE"
TABLE = "monitoring_latepair"
# Noted is noted: the application only adds.
ADDED = f"""
DO $$
DECLARE reader text;
BEGIN
  FOR reader IN
    SELECT DISTINCT grantee FROM information_schema.role_table_grants
     WHERE table_name = '{TABLE}' AND grantee <> current_user
  LOOP
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON {TABLE} FROM %I', reader);
  END LOOP;
END $$
"""  # noqa: S608 -- a constant


class Migration(migrations.Migration):

    dependencies = [
        ('monitoring', '0017_day_end'),
        ('people', '0013_aml_duty'),
    ]

    operations = [
        migrations.CreateModel(
            name='LatePair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('business_date', models.DateField(verbose_name='business date')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'pair changed late',
                'indexes': [models.Index(fields=['business_date', 'institution', 'id'], name='monitoring_late_days')],
            },
        ),
        migrations.RunSQL(rls_sql(TABLE), rls_undo_sql(TABLE)),
        migrations.RunSQL(ADDED, migrations.RunSQL.noop),
        migrations.RunSQL(late.note_each_sql(TABLE), f"DROP FUNCTION {TABLE}_note"),
        migrations.RunSQL(TRIGGER.read_text(), UNDO),
    ]
