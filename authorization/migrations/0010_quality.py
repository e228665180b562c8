"""Decisions are seen again blind, and those in doubt are judged; both guarded and scoped."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

GUARD = Path(__file__).resolve().parent.parent / "sql" / "quality_guard.sql"
UNDO = """
DROP FUNCTION authorization_review_guard CASCADE;
DROP FUNCTION authorization_qualitycase_guard CASCADE
"""
TABLES = ("authorization_review", "authorization_qualitycase")


class Migration(migrations.Migration):

    dependencies = [
        ('authorization', '0009_holds_and_levels'),
        ('people', '0010_secrets_apart'),
        ('worklist', '0004_turns'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='QualityCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16, verbose_name='kind')),
                ('source', models.CharField(max_length=12, verbose_name='source')),
                ('state', models.CharField(default='raised', max_length=12, verbose_name='state')),
                ('raised_person', models.UUIDField()),
                ('raised_at', models.DateTimeField()),
                ('words', models.CharField(max_length=400, verbose_name='why')),
                ('examined_person', models.UUIDField(null=True)),
                ('examined_at', models.DateTimeField(null=True)),
                ('found_wrong', models.BooleanField(null=True, verbose_name='found wrong')),
                ('examined_words', models.CharField(blank=True, max_length=400)),
                ('judged_person', models.UUIDField(null=True)),
                ('judged_at', models.DateTimeField(null=True)),
                ('judged_words', models.CharField(blank=True, max_length=400)),
                ('cause', models.CharField(blank=True, max_length=12, verbose_name='cause')),
                ('severity', models.PositiveSmallIntegerField(null=True, verbose_name='severity')),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='authorization.decision')),
                ('examined_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('judged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('raised_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'quality case',
                'indexes': [models.Index(fields=['state', '-id'], name='authorization_case_state'), models.Index(condition=models.Q(('state__in', ('raised', 'examined'))), fields=['-id'], name='authorization_case_open')],
                'constraints': [models.UniqueConstraint(fields=('decision',), name='authorization_case_once'), models.CheckConstraint(condition=models.Q(('state__in', ('raised', 'examined', 'upheld', 'dismissed')), ('kind__in', ['wrong_refusal', 'wrong_approval']), ('source__in', ['objection', 'review', 'audit', 'complaint'])), name='authorization_case_known'), models.CheckConstraint(condition=models.Q(models.Q(('examined_at', None), ('examined_by', None), ('state', 'raised')), models.Q(models.Q(('state', 'raised'), _negated=True), ('examined_at__isnull', False), ('examined_by__isnull', False), ('examined_person__isnull', False), ('found_wrong__isnull', False)), _connector='OR'), name='authorization_case_examined'), models.CheckConstraint(condition=models.Q(models.Q(('judged_at', None), ('judged_by', None), ('state__in', ('raised', 'examined'))), models.Q(models.Q(('state__in', ('raised', 'examined')), _negated=True), ('judged_at__isnull', False), ('judged_by__isnull', False), ('judged_person__isnull', False)), _connector='OR'), name='authorization_case_judged'), models.CheckConstraint(condition=models.Q(models.Q(('cause__in', ['image', 'element', 'identity', 'rule', 'haste', 'other']), ('severity__in', (1, 2, 3, 4)), ('severity__isnull', False), ('state', 'upheld')), models.Q(models.Q(('state', 'upheld'), _negated=True), ('cause', ''), ('severity', None)), _connector='OR'), name='authorization_case_upheld_has_cause'), models.CheckConstraint(condition=models.Q(models.Q(('judged_person', models.F('examined_person')), _negated=True), models.Q(('judged_person', models.F('raised_person')), _negated=True)), name='authorization_case_third_person')],
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(default='waiting', max_length=12, verbose_name='state')),
                ('drawn_at', models.DateTimeField()),
                ('reviewer_label', models.CharField(blank=True, max_length=60, verbose_name='reviewer')),
                ('reviewer_person', models.UUIDField(null=True)),
                ('step', models.CharField(blank=True, max_length=12, verbose_name='decision')),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=4), default=list, size=None)),
                ('remark', models.CharField(blank=True, max_length=200)),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='authorization.decision')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('reviewer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('work_item', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='worklist.workitem')),
            ],
            options={
                'verbose_name': 'blind review',
                'indexes': [models.Index(fields=['state', '-id'], name='authorization_review_state')],
                'constraints': [models.UniqueConstraint(fields=('decision',), name='authorization_review_once'), models.CheckConstraint(condition=models.Q(models.Q(('reviewed_at', None), ('reviewer', None), ('state', 'waiting'), ('step', '')), models.Q(('reviewed_at__isnull', False), ('reviewer__isnull', False), ('reviewer_person__isnull', False), ('state', 'done'), ('step__in', ('approve', 'reject'))), _connector='OR'), name='authorization_review_whole')],
            },
        ),
        *(migrations.RunSQL(rls_sql(table), rls_undo_sql(table)) for table in TABLES),
        migrations.RunSQL(GUARD.read_text(), UNDO),
    ]
