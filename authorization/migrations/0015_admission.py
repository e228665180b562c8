"""Who is admitted to which grade, and items with a known answer; both guarded."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

GUARD = Path(__file__).resolve().parent.parent / "sql" / "admission_guard.sql"
UNDO = """
DROP FUNCTION authorization_admitted_guard CASCADE;
DROP FUNCTION authorization_admission_guard CASCADE;
DROP FUNCTION authorization_knownitem_guard CASCADE;
DROP FUNCTION authorization_review_kind_guard CASCADE
"""
# Who may decide on the day of the update goes on for a year, without an exam.
INHERIT = """
INSERT INTO authorization_admission (staff_id, person, grade, state, inherited, paper, entered_at,
    admitted_at, valid_until, ended_why)
SELECT DISTINCT ON (one.person) one.id, one.person, one.grade, 'admitted', true, '', now(), now(),
    current_date + 364, ''
FROM people_staff one JOIN people_staffrole held ON held.staff_id = one.id
WHERE held.role IN ('authorizer', 'auth_lead') AND held.valid_from <= current_date
  AND (held.valid_until IS NULL OR held.valid_until >= current_date) AND one.grade >= 1
ORDER BY one.person, one.grade DESC
"""
KNOWN = "authorization_knownitem"


class Migration(migrations.Migration):

    dependencies = [
        ('authorization', '0014_enough_people'),
        ('people', '0012_roster_guards'),
        ('worklist', '0006_able'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Admission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.UUIDField(db_index=True)),
                ('grade', models.PositiveSmallIntegerField(verbose_name='grade')),
                ('state', models.CharField(default='exam', max_length=12, verbose_name='state')),
                ('inherited', models.BooleanField(default=False)),
                ('paper', models.CharField(blank=True, max_length=40, verbose_name='exam paper')),
                ('points', models.PositiveSmallIntegerField(null=True, verbose_name='points')),
                ('entered_person', models.UUIDField(null=True)),
                ('entered_at', models.DateTimeField()),
                ('decided_person', models.UUIDField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('moved_person', models.UUIDField(null=True)),
                ('shadow_at', models.DateTimeField(null=True)),
                ('probation_at', models.DateTimeField(null=True)),
                ('admitted_at', models.DateTimeField(null=True)),
                ('valid_until', models.DateField(null=True, verbose_name='valid until')),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_why', models.CharField(blank=True, max_length=200, verbose_name='why')),
            ],
            options={
                'verbose_name': 'admission',
            },
        ),
        migrations.CreateModel(
            name='KnownItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answer', models.CharField(max_length=12, verbose_name='right answer')),
                ('kept_person', models.UUIDField()),
                ('kept_at', models.DateTimeField()),
                ('approved_person', models.UUIDField(null=True)),
                ('approved_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'item with a known answer',
            },
        ),
        migrations.RemoveConstraint(
            model_name='review',
            name='authorization_review_once',
        ),
        migrations.AddField(
            model_name='review',
            name='kind',
            field=models.CharField(default='sample', max_length=8),
        ),
        migrations.AddField(
            model_name='admission',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='admission',
            name='entered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='admission',
            name='moved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='admission',
            name='staff',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='admissions', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='review',
            name='candidate',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='authorization.admission'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'sample')), fields=('decision',), name='authorization_review_once'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'shadow')), fields=('decision', 'candidate'), name='authorization_review_shadow_once'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'planted'), ('state', 'waiting')), fields=('decision',), name='authorization_review_planted_once'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('candidate', None), ('kind__in', ('sample', 'planted'))), models.Q(('candidate__isnull', False), ('kind', 'shadow'), ('work_item', None)), _connector='OR'), name='authorization_review_kind'),
        ),
        migrations.AddField(
            model_name='knownitem',
            name='approved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='knownitem',
            name='decision',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='known', to='authorization.decision'),
        ),
        migrations.AddField(
            model_name='knownitem',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='knownitem',
            name='institution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution'),
        ),
        migrations.AddField(
            model_name='knownitem',
            name='kept_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='admission',
            index=models.Index(fields=['state', '-id'], name='authorization_admission_state'),
        ),
        migrations.AddConstraint(
            model_name='admission',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('exam', 'shadow', 'probation'))), fields=('person',), name='authorization_admission_one_way'),
        ),
        migrations.AddConstraint(
            model_name='admission',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'admitted')), fields=('person', 'grade'), name='authorization_admission_once'),
        ),
        migrations.AddConstraint(
            model_name='admission',
            constraint=models.CheckConstraint(condition=models.Q(('grade__in', (1, 2, 3, 4, 5)), ('state__in', ('exam', 'shadow', 'admitted', 'stopped', 'probation', 'demoted', 'expired'))), name='authorization_admission_known'),
        ),
        migrations.AddConstraint(
            model_name='admission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entered_by', None), ('inherited', True), ('points', None)), models.Q(('entered_by__isnull', False), ('entered_person__isnull', False), ('inherited', False), ('points__isnull', False)), _connector='OR'), name='authorization_admission_exam'),
        ),
        migrations.AddConstraint(
            model_name='admission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by', None), ('state', 'exam')), ('inherited', True), models.Q(models.Q(('state', 'exam'), _negated=True), ('decided_by__isnull', False), ('decided_person__isnull', False)), _connector='OR'), name='authorization_admission_decided'),
        ),
        migrations.AddConstraint(
            model_name='admission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('state', 'shadow'), _negated=True), ('shadow_at__isnull', False), _connector='OR'), models.Q(models.Q(('state', 'probation'), _negated=True), ('probation_at__isnull', False), _connector='OR'), models.Q(models.Q(('state', 'admitted'), _negated=True), models.Q(('admitted_at__isnull', False), ('valid_until__isnull', False)), _connector='OR')), name='authorization_admission_dated'),
        ),
        migrations.AddConstraint(
            model_name='admission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ('stopped', 'demoted', 'expired'))), models.Q(models.Q(('state__in', ('stopped', 'demoted', 'expired')), _negated=True), ('ended_at', None)), _connector='OR'), name='authorization_admission_ended'),
        ),
        migrations.AddConstraint(
            model_name='knownitem',
            constraint=models.CheckConstraint(condition=models.Q(('answer__in', ('approve', 'reject'))), name='authorization_known_answer'),
        ),
        migrations.AddConstraint(
            model_name='knownitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at', None), ('approved_by', None), ('approved_person', None)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False), ('approved_person__isnull', False)), _connector='OR'), name='authorization_known_approved'),
        ),
        migrations.AddConstraint(
            model_name='knownitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='authorization_known_ended'),
        ),
        migrations.RunSQL(rls_sql(KNOWN), rls_undo_sql(KNOWN)),
        migrations.RunSQL(INHERIT, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD.read_text(), UNDO),
    ]
