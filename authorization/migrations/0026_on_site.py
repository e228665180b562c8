"""People of an outlet confirm its items on site, before the centre decides or instead of it."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

SQL = Path(__file__).resolve().parent.parent / "sql"


def function(file: str, name: str) -> str:
    """Return one function of a file of guards, without its trigger, which is there."""
    whole = (SQL / file).read_text()
    return whole[whole.index(f"CREATE OR REPLACE FUNCTION {name}(") : whole.index(f"CREATE TRIGGER {name} ")]


# Before, a rule always asked the centre; who goes back finds such rules asking it once.
ASK_THE_CENTRE = """
SET LOCAL app.scope = '*';
ALTER TABLE authorization_authrule DISABLE TRIGGER authorization_rule_guard;
UPDATE authorization_authrule SET centre_levels = 1 WHERE centre_levels = 0;
ALTER TABLE authorization_authrule ENABLE ALWAYS TRIGGER authorization_rule_guard;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('authorization', '0025_late_changes_counted'),
        ('imaging', '0007_outage'),
        ('ledger', '0003_statement_in_order'),
        ('people', '0013_aml_duty'),
        ('worklist', '0009_day_load'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OnSite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveSmallIntegerField()),
                ('level', models.PositiveSmallIntegerField(null=True)),
                ('decider_label', models.CharField(max_length=60, verbose_name='confirmed by')),
                ('decider_person', models.UUIDField()),
                ('content_hash', models.CharField(max_length=64)),
                ('presented_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField()),
                ('step', models.CharField(blank=True, max_length=12, verbose_name='decision')),
                ('at', models.DateTimeField(null=True)),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=4), default=list, size=None)),
                ('remark', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'verbose_name': 'confirmation on site',
            },
        ),
        migrations.RemoveConstraint(
            model_name='authrule',
            name='authorization_rule_grades',
        ),
        migrations.RemoveConstraint(
            model_name='request',
            name='authorization_level_of_those_needed',
        ),
        migrations.RemoveConstraint(
            model_name='request',
            name='authorization_state_known',
        ),
        migrations.AddField(
            model_name='authrule',
            name='acts',
            field=models.BooleanField(db_default=False, default=True),
        ),
        migrations.AddField(
            model_name='request',
            name='outlet_needed',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='request',
            name='presented_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(condition=models.Q(('state', 'on_site')), fields=['institution', 'presented_at'], name='authorization_on_site'),
        ),
        migrations.AddConstraint(
            model_name='authrule',
            constraint=models.CheckConstraint(condition=models.Q(('grade__in', (1, 2, 3, 4, 5)), ('outlet_levels__in', (0, 1, 2)), ('centre_levels__in', (0, 1, 2)), models.Q(('centre_levels__gt', 0), ('outlet_levels__gt', 0), _connector='OR'), models.Q(('teller_grade_below', None), ('teller_grade_below__in', (1, 2, 3, 4, 5)), _connector='OR')), name='authorization_rule_grades'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('new', 'queued', 'approved', 'viewing', 'escalated', 'on_hold', 'posted', 'rejected', 'returned', 'settling', 'withdrawn', 'on_site'))), name='authorization_state_known'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('levels_needed__in', (0, 1, 2)), models.Q(('levels_needed__gt', 0), ('outlet_needed__gt', 0), _connector='OR'), ('level__gte', 1), models.Q(('level', 1), ('level__lte', models.F('levels_needed')), _connector='OR')), name='authorization_level_of_those_needed'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('outlet_needed__in', (0, 1, 2)), models.Q(models.Q(('state', 'on_site'), _negated=True), models.Q(('outlet_needed__gt', 0), ('presented_at__isnull', False)), _connector='OR')), name='authorization_on_site_since'),
        ),
        migrations.AddField(
            model_name='onsite',
            name='decider',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='onsite',
            name='institution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution'),
        ),
        migrations.AddField(
            model_name='onsite',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='on_site', to='authorization.request'),
        ),
        migrations.AddConstraint(
            model_name='onsite',
            constraint=models.UniqueConstraint(fields=('request', 'seq', 'decider_person'), name='authorization_on_site_once_each'),
        ),
        migrations.AddConstraint(
            model_name='onsite',
            constraint=models.UniqueConstraint(fields=('request', 'seq', 'level'), name='authorization_on_site_one_a_level'),
        ),
        migrations.AddConstraint(
            model_name='onsite',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('at', None), ('level', None), ('step', '')), models.Q(('at__isnull', False), ('level__in', [1, 2]), ('step__in', ('approve', 'reject', 'return'))), _connector='OR'), name='authorization_on_site_said_when'),
        ),
        migrations.RunSQL(rls_sql("authorization_onsite"), rls_undo_sql("authorization_onsite")),
        migrations.RunSQL(
            (SQL / "on_site_guard.sql").read_text(), "DROP FUNCTION authorization_on_site_guard CASCADE"
        ),
        migrations.RunSQL(
            function("request_guard.sql", "authorization_request_guard"), migrations.RunSQL.noop
        ),
        migrations.RunSQL(
            function("decision_guard.sql", "authorization_decision_guard"), migrations.RunSQL.noop
        ),
        migrations.RunSQL(
            function("opening_guard.sql", "authorization_identity_guard"), migrations.RunSQL.noop
        ),
        migrations.RunSQL(migrations.RunSQL.noop, ASK_THE_CENTRE),
    ]
