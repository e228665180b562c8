"""What a job is about, how it ends, an index for each state, and the functions that claim."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


def load(name, undo):
    """Return the operation that runs one file."""
    return migrations.RunSQL((SQL / f"{name}.sql").read_text(), undo)


class Migration(migrations.Migration):

    dependencies = [
        ('worklist', '0002_guards'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='job',
            name='worklist_job_state_known',
        ),
        migrations.RemoveIndex(
            model_name='job',
            name='worklist_job_turn',
        ),
        migrations.RemoveIndex(
            model_name='job',
            name='worklist_job_state',
        ),
        migrations.AddField(
            model_name='job',
            name='reason',
            field=models.CharField(blank=True, db_default='', max_length=200, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='job',
            name='subject',
            field=models.CharField(blank=True, db_default='', max_length=80, verbose_name='subject'),
        ),
        migrations.AlterField(
            model_name='job',
            name='dedup_key',
            field=models.CharField(max_length=160, null=True),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('state', 'ready')), fields=['kind', 'turn_at', 'id', 'run_after'], name='worklist_job_next'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('state', 'running')), fields=['kind', 'lease_until'], name='worklist_job_running'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('state__in', ('dead', 'dropped'))), fields=['state', 'kind', 'id'], name='worklist_job_ended'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('ready', 'running', 'done', 'dead', 'dropped'))), name='worklist_job_state_known'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'dropped'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='worklist_job_dropped_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.UniqueConstraint(condition=models.Q(('dedup_key__isnull', False)), fields=('dedup_key',), name='worklist_job_key_once'),
        ),
        load("claim_job", "DROP FUNCTION worklist_claim_job"),
        load("end_job", "DROP FUNCTION worklist_end_job"),
    ]
