"""The events of the trail and the seals over them."""

from django.db import migrations, models


# Events are sealed by the number of their transaction, not by their id: a lower id may commit
# later than a higher one. trail_restart() is replaced when a dump is restored into another server,
# whose transactions are counted anew (foundation/trail/README.md).
CLOCK = """
CREATE FUNCTION trail_restart() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT 0::bigint';
CREATE FUNCTION trail_tx() RETURNS bigint LANGUAGE sql VOLATILE AS
  'SELECT pg_current_xact_id()::text::bigint + trail_restart()';
CREATE FUNCTION trail_finished_tx() RETURNS bigint LANGUAGE sql VOLATILE AS
  'SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + trail_restart()';
"""
CLOCK_UNDO = """
DROP FUNCTION trail_finished_tx();
DROP FUNCTION trail_tx();
DROP FUNCTION trail_restart();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.RunSQL(CLOCK, CLOCK_UNDO),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('institution_id', models.BigIntegerField()),
                ('at', models.DateTimeField(verbose_name='time')),
                ('actor', models.CharField(max_length=60, verbose_name='who')),
                ('action', models.CharField(max_length=60, verbose_name='what')),
                ('subject', models.CharField(max_length=80, verbose_name='to what')),
                ('result', models.CharField(default='ok', max_length=20, verbose_name='result')),
                ('where', models.CharField(blank=True, max_length=60, verbose_name='terminal')),
                ('request_id', models.CharField(blank=True, max_length=40)),
                ('detail', models.JSONField(default=dict)),
                ('tx', models.BigIntegerField(db_default=models.Func(function='trail_tx'))),
            ],
            options={
                'verbose_name': 'event of the trail',
                'indexes': [models.Index(fields=['subject', 'id'], name='trail_event_subject_831bfa_idx'), models.Index(fields=['actor', 'id'], name='trail_event_actor_f431be_idx'), models.Index(fields=['institution_id', 'id'], name='trail_event_place_idx'), models.Index(fields=['institution_id', 'tx', 'id'], name='trail_event_sealing_idx'), models.Index(fields=['tx'], name='trail_event_tx_0000dc_idx')],
            },
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('institution_id', models.BigIntegerField()),
                ('seq', models.BigIntegerField()),
                ('from_tx', models.BigIntegerField()),
                ('upto_tx', models.BigIntegerField()),
                ('count', models.PositiveIntegerField()),
                ('former', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('sealed_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'seal of the trail',
                'indexes': [models.Index(fields=['upto_tx'], name='trail_seal_upto_tx_d44053_idx')],
                'constraints': [models.UniqueConstraint(fields=('institution_id', 'seq'), name='trail_seal_in_order'), models.CheckConstraint(condition=models.Q(('count__gt', 0), ('from_tx__lt', models.F('upto_tx')), ('seq__gt', 0)), name='trail_seal_over_something')],
            },
        ),
    ]
