"""What each person did of a queue on a day is added up as it ends, not at every claim."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

SQL = Path(__file__).resolve().parent.parent / "sql"
TABLE = "worklist_dayload"
# Only the trigger adds up.
READ_ONLY = f"""
DO $$
DECLARE reader text;
BEGIN
  FOR reader IN
    SELECT DISTINCT grantee FROM information_schema.role_table_grants
     WHERE table_name = '{TABLE}' AND grantee <> current_user
  LOOP
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {TABLE} FROM %I', reader);
  END LOOP;
END $$
"""  # noqa: S608 -- a constant
# The day of the update goes on with what was done before it.
SO_FAR = """
SELECT set_config('app.scope', '*', true);
INSERT INTO worklist_dayload (institution_id, staff_id, queue, "on", held_ms, finished, finished_ms)
SELECT holder.institution_id, holder.id, one.queue, one.day, sum(one.ms),
       count(*) FILTER (WHERE one.done), coalesce(sum(one.ms) FILTER (WHERE one.done), 0)
FROM (SELECT past.staff_id, item.queue, (past.ended_at AT TIME ZONE 'Asia/Shanghai')::date AS day,
        (extract(epoch FROM past.ended_at - past.began_at) * 1000)::bigint AS ms,
        past.ended_by = 'finished' AS done
      FROM worklist_holding past JOIN worklist_workitem item ON item.id = past.item_id) one
JOIN people_staff holder ON holder.id = one.staff_id
GROUP BY holder.institution_id, holder.id, one.queue, one.day
"""


class Migration(migrations.Migration):

    dependencies = [
        ('worklist', '0008_one_moment'),
        ('people', '0013_aml_duty'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DayLoad',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('queue', models.CharField(max_length=40)),
                ('on', models.DateField()),
                ('held_ms', models.BigIntegerField()),
                ('finished', models.IntegerField()),
                ('finished_ms', models.BigIntegerField()),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': "day's load",
                'constraints': [models.UniqueConstraint(fields=('staff', 'queue', 'on'), name='worklist_one_load_a_day')],
            },
        ),
        migrations.RunSQL(rls_sql(TABLE), rls_undo_sql(TABLE)),
        migrations.RunSQL(READ_ONLY, migrations.RunSQL.noop),
        migrations.RunSQL(
            (SQL / "day_load.sql").read_text(), "DROP FUNCTION worklist_add_load CASCADE"
        ),
        migrations.RunSQL(SO_FAR, migrations.RunSQL.noop),
        migrations.RunSQL(
            (SQL / "day_fair.sql").read_text(),
            (SQL / "load.sql").read_text()
            + (SQL / "fair.sql").read_text().replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
            + ";DROP FUNCTION worklist_load(text, bigint, date)",
        ),
    ]
