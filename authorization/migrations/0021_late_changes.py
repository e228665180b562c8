"""Sums by day: a decision knows its item's day and kind, late changes of items are noted."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from foundation.kernel import late
from foundation.kernel.scope import rls_sql, rls_undo_sql

GUARD = Path(__file__).resolve().parent.parent / "sql" / "decision_guard.sql"
# A decision is never changed: the owner fills the new columns with the guard set aside.
FILL = """
ALTER TABLE authorization_decision DISABLE TRIGGER authorization_decision_guard;
SELECT set_config('app.scope', '*', true);
UPDATE authorization_decision made
   SET item_date = item.business_date, trade_code = item.trade_code
  FROM authorization_request item WHERE item.id = made.request_id;
ALTER TABLE authorization_decision ENABLE ALWAYS TRIGGER authorization_decision_guard;
SET CONSTRAINTS ALL IMMEDIATE
"""
TRIGGERS = Path(__file__).resolve().parent.parent / "sql" / "late_change.sql"
UNDO = """
DROP FUNCTION authorization_late_change CASCADE;
DROP FUNCTION authorization_late_answer CASCADE
"""
TABLE = "authorization_latechange"
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
        ('authorization', '0020_screening_failed'),
        ('people', '0013_aml_duty'),
    ]

    operations = [
        migrations.AddField("decision", "item_date", models.DateField(null=True)),
        migrations.AddField("decision", "trade_code", models.CharField(max_length=8, null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField("decision", "item_date", models.DateField()),
        migrations.AlterField("decision", "trade_code", models.CharField(max_length=8)),
        migrations.RunSQL(
            GUARD.read_text().partition("\nCREATE TRIGGER")[0], migrations.RunSQL.noop
        ),
        migrations.CreateModel(
            name='LateChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('business_date', models.DateField(verbose_name='business date')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'late change',
                'indexes': [models.Index(fields=['business_date', 'institution', 'id'], name='authorization_late_days')],
            },
        ),
        migrations.RunSQL(rls_sql(TABLE), rls_undo_sql(TABLE)),
        migrations.RunSQL(ADDED, migrations.RunSQL.noop),
        migrations.RunSQL(late.note_each_sql(TABLE), f"DROP FUNCTION {TABLE}_note"),
        migrations.RunSQL(TRIGGERS.read_text(), UNDO),
    ]
