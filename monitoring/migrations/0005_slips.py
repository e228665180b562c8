"""Slips with replies, appeals and points, and the bulletins; all guarded and in the scope."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

GUARD = Path(__file__).resolve().parent.parent / "sql" / "slip_guard.sql"
UNDO = """
DROP FUNCTION monitoring_slip_guard CASCADE;
DROP FUNCTION monitoring_slipappeal_guard CASCADE;
DROP FUNCTION monitoring_kept_guard CASCADE;
DROP FUNCTION monitoring_slipreply_guard CASCADE;
DROP FUNCTION monitoring_slippoint_guard CASCADE
"""
TABLES = tuple(
    f"monitoring_{name}" for name in ("slip", "slipreply", "slipappeal", "slippoint", "bulletin")
)
SERIAL = (
    "CREATE SEQUENCE monitoring_slip_serial;"
    " REVOKE ALL ON SEQUENCE monitoring_slip_serial FROM PUBLIC"
)


class Migration(migrations.Migration):

    dependencies = [
        ('imaging', '0003_photo'),
        ('monitoring', '0003_standing'),
        ('people', '0012_roster_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Slip',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='slip number')),
                ('kind', models.CharField(max_length=14, verbose_name='kind')),
                ('state', models.CharField(default='issued', max_length=14, verbose_name='state')),
                ('origin', models.CharField(blank=True, max_length=80, verbose_name='about')),
                ('code', models.CharField(blank=True, max_length=8, verbose_name='error')),
                ('error_class', models.PositiveSmallIntegerField(null=True, verbose_name='class')),
                ('repeated', models.BooleanField(default=False, verbose_name='repeated')),
                ('at_fault_label', models.CharField(blank=True, max_length=60, verbose_name='at fault')),
                ('at_fault_person', models.UUIDField(null=True)),
                ('text', models.CharField(max_length=600, verbose_name='text')),
                ('issued_label', models.CharField(max_length=60, verbose_name='issued by')),
                ('issued_person', models.UUIDField()),
                ('issued_at', models.DateTimeField(verbose_name='issued at')),
                ('issued_on', models.DateField(verbose_name='issued on')),
                ('due_at', models.DateTimeField(null=True, verbose_name='due at')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='answered at')),
                ('late', models.BooleanField(default=False, verbose_name='late')),
                ('rung', models.PositiveSmallIntegerField(default=0, verbose_name='rung')),
                ('rung_at', models.DateTimeField(null=True)),
                ('verified_label', models.CharField(blank=True, max_length=60, verbose_name='verified by')),
                ('verified_person', models.UUIDField(null=True)),
                ('verified_at', models.DateTimeField(null=True)),
                ('phoned_label', models.CharField(blank=True, max_length=60, verbose_name='told by phone')),
                ('phoned_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True, verbose_name='ended at')),
                ('at_fault', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('verified_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'slip',
            },
        ),
        migrations.CreateModel(
            name='SlipAppeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=600, verbose_name='words')),
                ('label', models.CharField(max_length=60, verbose_name='by')),
                ('person', models.UUIDField()),
                ('at', models.DateTimeField()),
                ('upheld', models.BooleanField(null=True, verbose_name='upheld')),
                ('judged_label', models.CharField(blank=True, max_length=60, verbose_name='judged by')),
                ('judged_person', models.UUIDField(null=True)),
                ('judged_at', models.DateTimeField(null=True)),
                ('judged_words', models.CharField(blank=True, max_length=600, verbose_name='words')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('judged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('slip', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='appeal', to='monitoring.slip')),
            ],
            options={
                'verbose_name': 'appeal against a slip',
            },
        ),
        migrations.CreateModel(
            name='SlipPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=8, verbose_name='error')),
                ('person', models.UUIDField(null=True)),
                ('points', models.SmallIntegerField(verbose_name='points')),
                ('repeated', models.BooleanField(default=False, verbose_name='repeated')),
                ('on', models.DateField(verbose_name='day')),
                ('at', models.DateTimeField()),
                ('label', models.CharField(max_length=60, verbose_name='by')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('reverses', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversal', to='monitoring.slippoint')),
                ('slip', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='points', to='monitoring.slip')),
            ],
            options={
                'verbose_name': 'points of an error',
            },
        ),
        migrations.CreateModel(
            name='SlipReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(max_length=12, verbose_name='step')),
                ('words', models.CharField(max_length=600, verbose_name='words')),
                ('label', models.CharField(max_length=60, verbose_name='by')),
                ('person', models.UUIDField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='imaging.document')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('slip', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='monitoring.slip')),
            ],
            options={
                'verbose_name': 'reply to a slip',
            },
        ),
        migrations.CreateModel(
            name='Bulletin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='month')),
                ('version', models.PositiveSmallIntegerField(verbose_name='version')),
                ('upto', models.DateField(verbose_name='until')),
                ('facts', models.JSONField(default=dict)),
                ('pdf', models.BinaryField()),
                ('xlsx', models.BinaryField()),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'bulletin of errors',
                'constraints': [models.UniqueConstraint(fields=('institution', 'month', 'version'), name='monitoring_bulletin_version'), models.CheckConstraint(condition=models.Q(('upto__gte', models.F('month')), ('version__gte', 1)), name='monitoring_bulletin_dated')],
            },
        ),
        migrations.AddIndex(
            model_name='slip',
            index=models.Index(fields=['institution', 'issued_on'], name='monitoring_slip_month'),
        ),
        migrations.AddIndex(
            model_name='slip',
            index=models.Index(fields=['institution', '-id'], name='monitoring_slip_place'),
        ),
        migrations.AddIndex(
            model_name='slip',
            index=models.Index(condition=models.Q(('due_at__isnull', False), ('state__in', ('issued', 'received', 'requeried', 'acknowledged', 'rectifying', 'investigating'))), fields=['due_at'], name='monitoring_slip_due'),
        ),
        migrations.AddIndex(
            model_name='slip',
            index=models.Index(condition=models.Q(('state__in', ('seen', 'closed', 'revoked')), _negated=True), fields=['institution', 'state'], name='monitoring_slip_open'),
        ),
        migrations.AddIndex(
            model_name='slip',
            index=models.Index(fields=['origin'], name='monitoring_slip_origin'),
        ),
        migrations.AddConstraint(
            model_name='slip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'hint'), ('state__in', ('issued', 'seen'))), models.Q(('kind', 'query'), ('state__in', ('issued', 'received', 'replied', 'requeried', 'accepted', 'closed'))), models.Q(('kind', 'error'), ('state__in', ('issued', 'acknowledged', 'appealed', 'revoked', 'rectifying', 'rectified', 'verified', 'closed'))), models.Q(('kind', 'rectification'), ('state__in', ('issued', 'acknowledged', 'rectifying', 'rectified', 'verified', 'closed'))), models.Q(('kind', 'warning'), ('state__in', ('issued', 'investigating', 'reported', 'accepted', 'closed'))), models.Q(('kind', 'qc'), ('state__in', ('issued', 'acknowledged', 'replied', 'verified', 'closed'))), models.Q(('kind', 'case'), ('state__in', ('under_seal', 'handed_over', 'closed'))), _connector='OR'), name='monitoring_slip_state_of_kind'),
        ),
        migrations.AddConstraint(
            model_name='slip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('error_class__in', (1, 2, 3, 4)), ('kind__in', ('error', 'rectification')), models.Q(('code', ''), _negated=True)), models.Q(models.Q(('kind__in', ('error', 'rectification')), _negated=True), ('code', ''), ('error_class', None), ('repeated', False)), _connector='OR'), name='monitoring_slip_graded'),
        ),
        migrations.AddConstraint(
            model_name='slip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_at', None), ('kind__in', ('hint', 'case'))), models.Q(models.Q(('kind__in', ('hint', 'case')), _negated=True), ('due_at__isnull', False)), _connector='OR'), name='monitoring_slip_due_said'),
        ),
        migrations.AddConstraint(
            model_name='slip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('at_fault', None), ('at_fault_label', ''), ('at_fault_person', None)), models.Q(('at_fault__isnull', False), ('at_fault_person__isnull', False), models.Q(('at_fault_label', ''), _negated=True)), _connector='OR'), name='monitoring_slip_at_fault_whole'),
        ),
        migrations.AddConstraint(
            model_name='slip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verified_at', None), ('verified_by', None), ('verified_label', ''), ('verified_person', None)), models.Q(('verified_at__isnull', False), ('verified_by__isnull', False), ('verified_person__isnull', False), models.Q(('verified_label', ''), _negated=True)), _connector='OR'), name='monitoring_slip_verified_whole'),
        ),
        migrations.AddConstraint(
            model_name='slip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('accepted', 'verified')), _negated=True), models.Q(('answered_at__isnull', False), ('verified_by__isnull', False)), _connector='OR'), name='monitoring_slip_verified_said'),
        ),
        migrations.AddConstraint(
            model_name='slip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state__in', ('seen', 'closed', 'revoked'))), models.Q(models.Q(('state__in', ('seen', 'closed', 'revoked')), _negated=True), ('closed_at', None)), _connector='OR'), name='monitoring_slip_ended'),
        ),
        migrations.AddConstraint(
            model_name='slip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rung', 0), ('rung_at', None)), models.Q(('late', True), ('rung__in', (1, 2, 3)), ('rung_at__isnull', False)), _connector='OR'), name='monitoring_slip_rung_known'),
        ),
        migrations.AddConstraint(
            model_name='slip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('phoned_at', None), ('phoned_label', '')), models.Q(('error_class', 4), ('phoned_at__isnull', False), models.Q(('phoned_label', ''), _negated=True)), _connector='OR'), name='monitoring_slip_phoned'),
        ),
        migrations.AddConstraint(
            model_name='slip',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('origin', ''), _negated=True), models.Q(('state', 'revoked'), _negated=True), ('kind__in', ('error', 'rectification'))), fields=('origin', 'kind', 'code'), name='monitoring_slip_once'),
        ),
        migrations.AddConstraint(
            model_name='slipappeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('judged_at', None), ('judged_by', None), ('judged_person', None), ('judged_words', ''), ('upheld', None)), models.Q(('judged_at__isnull', False), ('judged_by__isnull', False), ('judged_person__isnull', False), ('upheld__isnull', False), models.Q(('judged_words', ''), _negated=True)), _connector='OR'), name='monitoring_appeal_judged_whole'),
        ),
        migrations.AddConstraint(
            model_name='slipappeal',
            constraint=models.CheckConstraint(condition=models.Q(('judged_person', None), models.Q(('judged_person', models.F('person')), _negated=True), _connector='OR'), name='monitoring_appeal_two_people'),
        ),
        migrations.AddIndex(
            model_name='slippoint',
            index=models.Index(fields=['institution', 'on'], name='monitoring_point_month'),
        ),
        migrations.AddIndex(
            model_name='slippoint',
            index=models.Index(condition=models.Q(('person__isnull', False)), fields=['person', 'code', 'on'], name='monitoring_point_person'),
        ),
        migrations.AddConstraint(
            model_name='slippoint',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('points__gt', 0), ('reverses', None)), models.Q(('points__lt', 0), ('reverses__isnull', False)), _connector='OR'), name='monitoring_point_signed'),
        ),
        migrations.AddConstraint(
            model_name='slippoint',
            constraint=models.UniqueConstraint(condition=models.Q(('reverses', None)), fields=('slip',), name='monitoring_point_once'),
        ),
        migrations.AddIndex(
            model_name='slipreply',
            index=models.Index(fields=['slip', 'id'], name='monitoring_reply_slip'),
        ),
        migrations.AddConstraint(
            model_name='slipreply',
            constraint=models.CheckConstraint(condition=models.Q(('step__in', ['plan', 'reply', 'requery']), models.Q(('words', ''), _negated=True)), name='monitoring_reply_worded'),
        ),
        *(migrations.RunSQL(rls_sql(table), rls_undo_sql(table)) for table in TABLES),
        migrations.RunSQL(SERIAL, "DROP SEQUENCE monitoring_slip_serial"),
        migrations.RunSQL(GUARD.read_text(), UNDO),
    ]
