"""Being urgent puts an item forward in its queue, and is no order of its own any more."""

from django.db import migrations, models

# Items that are urgent now keep what they were promised: four hours, the first value of the number.
FORWARD = """
SELECT set_config('app.scope', '*', true);
UPDATE worklist_workitem SET turn_at = turn_at + interval '%s'
WHERE urgent AND state IN ('waiting', 'held', 'suspended');
SELECT set_config('app.scope', '', true);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('worklist', '0003_job_kinds'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='workitem',
            name='worklist_turn',
        ),
        migrations.AddIndex(
            model_name='workitem',
            index=models.Index(condition=models.Q(('state__in', ('waiting', 'held', 'suspended'))), fields=['queue', 'turn_at', 'id'], name='worklist_turn'),
        ),
        migrations.RunSQL(FORWARD % "-4 hours", FORWARD % "4 hours"),
    ]
