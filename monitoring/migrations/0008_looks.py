"""Proofs of automatic passes, matches by hand for two, second looks; guarded."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

GUARD = Path(__file__).resolve().parent.parent / "sql" / "look_guard.sql"
TABLES = ("monitoring_proof", "monitoring_forcing", "monitoring_look")
UNDO = """
DROP FUNCTION monitoring_proof_guard CASCADE;
DROP FUNCTION monitoring_look_guard CASCADE;
DROP FUNCTION monitoring_forcing_guard CASCADE;
DROP FUNCTION monitoring_forced_guard CASCADE
"""


class Migration(migrations.Migration):

    dependencies = [
        ('imaging', '0005_batches'),
        ('monitoring', '0007_aml'),
        ('people', '0013_aml_duty'),
        ('worklist', '0007_fair'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Forcing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(default='proposed', max_length=8, verbose_name='state')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('tries', models.PositiveSmallIntegerField(verbose_name='comparisons')),
                ('author_person', models.UUIDField()),
                ('proposed_at', models.DateTimeField(verbose_name='proposed at')),
                ('decided_person', models.UUIDField(null=True)),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
            ],
            options={
                'verbose_name': 'match by hand for two',
            },
        ),
        migrations.CreateModel(
            name='Look',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=6, verbose_name='kind')),
                ('why', models.CharField(blank=True, max_length=8, verbose_name='why')),
                ('state', models.CharField(default='waiting', max_length=9, verbose_name='state')),
                ('first', models.CharField(blank=True, max_length=16, verbose_name='first finding')),
                ('found', models.CharField(blank=True, max_length=16, verbose_name='found')),
                ('touched', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('opened_at', models.DateTimeField(verbose_name='opened at')),
                ('looked_person', models.UUIDField(null=True)),
                ('looked_at', models.DateTimeField(null=True, verbose_name='looked at')),
                ('judged_person', models.UUIDField(null=True)),
                ('judged_at', models.DateTimeField(null=True, verbose_name='judged at')),
            ],
            options={
                'verbose_name': 'second look at a pair',
            },
        ),
        migrations.CreateModel(
            name='Proof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(default='keying', max_length=9, verbose_name='state')),
                ('differs', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), default=list, size=None)),
                ('drawn_at', models.DateTimeField(verbose_name='drawn for proof at')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
            ],
            options={
                'verbose_name': 'proof of an automatic pass',
            },
        ),
        migrations.AddField(
            model_name='match',
            name='least',
            field=models.PositiveSmallIntegerField(null=True, verbose_name='least confidence'),
        ),
        migrations.AddIndex(
            model_name='match',
            index=models.Index(fields=['business_date', 'least'], name='monitoring_least'),
        ),
        migrations.AddField(
            model_name='forcing',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='forcing',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='forcing',
            name='institution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution'),
        ),
        migrations.AddField(
            model_name='forcing',
            name='match',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forcings', to='monitoring.match'),
        ),
        migrations.AddField(
            model_name='forcing',
            name='work_item',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='worklist.workitem'),
        ),
        migrations.AddField(
            model_name='look',
            name='first_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='look',
            name='institution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution'),
        ),
        migrations.AddField(
            model_name='look',
            name='judged_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='look',
            name='looked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='look',
            name='match',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='looks', to='monitoring.match'),
        ),
        migrations.AddField(
            model_name='look',
            name='work_item',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='worklist.workitem'),
        ),
        migrations.AddField(
            model_name='proof',
            name='institution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution'),
        ),
        migrations.AddField(
            model_name='proof',
            name='match',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='proof', to='monitoring.match'),
        ),
        migrations.AddIndex(
            model_name='forcing',
            index=models.Index(fields=['state', '-id'], name='monitoring_forcing_state'),
        ),
        migrations.AddConstraint(
            model_name='forcing',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('match',), name='monitoring_forcing_waits_once'),
        ),
        migrations.AddConstraint(
            model_name='forcing',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('proposed', 'accepted', 'declined')), models.Q(('reason', ''), _negated=True)), name='monitoring_forcing_known'),
        ),
        migrations.AddConstraint(
            model_name='forcing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decided_person', None), ('state', 'proposed')), models.Q(models.Q(('state', 'proposed'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False), ('decided_person__isnull', False)), _connector='OR'), name='monitoring_forcing_decided'),
        ),
        migrations.AddConstraint(
            model_name='forcing',
            constraint=models.CheckConstraint(condition=models.Q(('decided_person', None), models.Q(('decided_person', models.F('author_person')), _negated=True), _connector='OR'), name='monitoring_forcing_two_people'),
        ),
        migrations.AddIndex(
            model_name='look',
            index=models.Index(fields=['kind', 'state', '-id'], name='monitoring_looks'),
        ),
        migrations.AddIndex(
            model_name='look',
            index=models.Index(condition=models.Q(('kind', 'again')), fields=['first_by', 'opened_at'], name='monitoring_looks_again'),
        ),
        migrations.AddConstraint(
            model_name='look',
            constraint=models.UniqueConstraint(fields=('match', 'kind'), name='monitoring_looked_once'),
        ),
        migrations.AddConstraint(
            model_name='look',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['again', 'key', 'proof', 'sample']), ('state__in', ('waiting', 'borne_out', 'erred', 'differs', 'upheld', 'dismissed'))), name='monitoring_look_known'),
        ),
        migrations.AddConstraint(
            model_name='look',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('first_by__isnull', False), ('kind', 'again'), models.Q(('first', ''), _negated=True)), models.Q(models.Q(('kind', 'again'), _negated=True), ('first', ''), ('first_by', None)), _connector='OR'), name='monitoring_look_first'),
        ),
        migrations.AddConstraint(
            model_name='look',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('found', ''), ('looked_by', None), ('looked_person', None), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), models.Q(('found', ''), _negated=True), ('looked_at__isnull', False), ('looked_by__isnull', False), ('looked_person__isnull', False)), _connector='OR'), name='monitoring_look_looked'),
        ),
        migrations.AddConstraint(
            model_name='look',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('judged_at__isnull', False), ('judged_by__isnull', False), ('judged_person__isnull', False), ('state__in', ('upheld', 'dismissed'))), models.Q(models.Q(('state__in', ('upheld', 'dismissed')), _negated=True), ('judged_at', None), ('judged_by', None), ('judged_person', None)), _connector='OR'), name='monitoring_look_judged'),
        ),
        migrations.AddIndex(
            model_name='proof',
            index=models.Index(fields=['state', '-id'], name='monitoring_proof_state'),
        ),
        migrations.AddConstraint(
            model_name='proof',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state', 'keying')), models.Q(('ended_at__isnull', False), ('state__in', ('proved', 'missed', 'unproved', 'upheld', 'dismissed'))), _connector='OR'), name='monitoring_proof_ended'),
        ),
        migrations.AddConstraint(
            model_name='proof',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('differs', []), ('state__in', ('keying', 'proved', 'unproved'))), models.Q(('state__in', ('missed', 'upheld', 'dismissed')), ('differs__len__gt', 0)), _connector='OR'), name='monitoring_proof_differs'),
        ),
        *(migrations.RunSQL(rls_sql(table), rls_undo_sql(table)) for table in TABLES),
        migrations.RunSQL(GUARD.read_text(), UNDO),
    ]
