"""Rules of monitoring as data, what they find, and alerts; who may publish and who may look."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

SQL = Path(__file__).resolve().parent.parent / "sql"
TABLES = ("rulehit", "accountday", "tellerday", "alert", "alertline", "quiet")
UNDO = """
DROP FUNCTION monitoring_ruleversion_guard CASCADE;
DROP FUNCTION monitoring_alert_guard CASCADE;
DROP FUNCTION monitoring_found_guard CASCADE
"""


class Migration(migrations.Migration):

    dependencies = [
        ('monitoring', '0003_standing'),
        ('people', '0012_roster_guards'),
        ('worklist', '0006_able'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Backtest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.DateField(verbose_name='from')),
                ('last', models.DateField(verbose_name='to')),
                ('done_until', models.DateField(null=True)),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'trial of a rule on days past',
            },
        ),
        migrations.CreateModel(
            name='MonitoringRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=4, unique=True, verbose_name='rule')),
                ('title', models.CharField(max_length=80, verbose_name='title')),
                ('english', models.CharField(max_length=80)),
                ('link', models.CharField(max_length=2, verbose_name='risk link')),
                ('business', models.CharField(blank=True, max_length=2, verbose_name='key business')),
                ('kind', models.CharField(max_length=8, verbose_name='kind')),
                ('entity', models.CharField(max_length=16, verbose_name='about')),
                ('at_once', models.BooleanField(default=False, verbose_name='as it is posted')),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'monitoring rule',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ('single', 'day', 'profile', 'sequence', 'ring'))), name='monitoring_rule_kind_known'), models.CheckConstraint(condition=models.Q(('entity__in', ('account', 'teller', 'outlet', 'voucher', 'teller_account', 'account_amount'))), name='monitoring_rule_entity_known'), models.CheckConstraint(condition=models.Q(('link__in', ('1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13'))), name='monitoring_rule_link_known'), models.CheckConstraint(condition=models.Q(('at_once', False), ('kind', 'single'), _connector='OR'), name='monitoring_rule_at_once')],
            },
        ),
        migrations.CreateModel(
            name='RuleRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='business date')),
                ('started_at', models.DateTimeField(verbose_name='started at')),
                ('ended_at', models.DateTimeField(verbose_name='ended at')),
                ('rules', models.PositiveSmallIntegerField(verbose_name='rules')),
                ('lines', models.PositiveIntegerField(verbose_name='lines')),
                ('hits', models.PositiveIntegerField(verbose_name='hits')),
                ('cut', models.PositiveIntegerField(verbose_name='left out')),
                ('raised', models.PositiveIntegerField(verbose_name='alerts raised')),
            ],
            options={
                'verbose_name': 'run of the rules',
                'indexes': [models.Index(fields=['-day', '-id'], name='monitoring_runs')],
            },
        ),
        migrations.CreateModel(
            name='RuleVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveSmallIntegerField(verbose_name='version')),
                ('state', models.CharField(default='draft', max_length=9, verbose_name='state')),
                ('spec', models.JSONField()),
                ('level', models.CharField(max_length=6, verbose_name='level')),
                ('score', models.PositiveSmallIntegerField(verbose_name='score')),
                ('valid_from', models.DateField(null=True, verbose_name='valid from')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('made_at', models.DateTimeField()),
                ('proposed_at', models.DateTimeField(null=True)),
                ('published_at', models.DateTimeField(null=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='monitoring.monitoringrule')),
            ],
            options={
                'verbose_name': 'version of a monitoring rule',
            },
        ),
        migrations.CreateModel(
            name='RuleHit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='business date')),
                ('entity', models.CharField(max_length=64, verbose_name='about')),
                ('found', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('lines', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('at', models.DateTimeField()),
                ('backtest', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='hits', to='monitoring.backtest')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hits', to='monitoring.ruleversion')),
            ],
            options={
                'verbose_name': 'hit of a rule',
            },
        ),
        migrations.AddField(
            model_name='backtest',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='backtests', to='monitoring.ruleversion'),
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entity', models.CharField(max_length=64, verbose_name='about')),
                ('day', models.DateField(verbose_name='business date')),
                ('last_day', models.DateField(verbose_name='last hit')),
                ('hits', models.PositiveSmallIntegerField(default=1, verbose_name='hits')),
                ('level', models.CharField(max_length=6, verbose_name='level')),
                ('score', models.PositiveSmallIntegerField(verbose_name='score')),
                ('found', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('state', models.CharField(default='new', max_length=16, verbose_name='state')),
                ('touched', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('raised_at', models.DateTimeField(verbose_name='raised at')),
                ('slip_number', models.CharField(blank=True, max_length=40, verbose_name='slip')),
                ('reply', models.CharField(blank=True, max_length=500, verbose_name='reply')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='alert closed at')),
                ('words', models.CharField(blank=True, max_length=200, verbose_name='why')),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('handled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('work_item', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='worklist.workitem')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='monitoring.monitoringrule')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='monitoring.ruleversion')),
            ],
            options={
                'verbose_name': 'alert',
            },
        ),
        migrations.CreateModel(
            name='TellerDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('entity', models.CharField(max_length=64)),
                ('lines', models.PositiveIntegerField()),
                ('out_fen', models.BigIntegerField()),
                ('in_fen', models.BigIntegerField()),
                ('cash_out_fen', models.BigIntegerField()),
                ('cash_in_fen', models.BigIntegerField()),
                ('cash_lines', models.PositiveIntegerField()),
                ('cash_max_fen', models.BigIntegerField()),
                ('max_fen', models.BigIntegerField()),
                ('reversals', models.PositiveIntegerField()),
                ('institution', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'day of a teller',
            },
        ),
        migrations.CreateModel(
            name='AccountDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('entity', models.CharField(max_length=64)),
                ('lines', models.PositiveIntegerField()),
                ('out_fen', models.BigIntegerField()),
                ('in_fen', models.BigIntegerField()),
                ('cash_out_fen', models.BigIntegerField()),
                ('cash_in_fen', models.BigIntegerField()),
                ('cash_lines', models.PositiveIntegerField()),
                ('cash_max_fen', models.BigIntegerField()),
                ('max_fen', models.BigIntegerField()),
                ('reversals', models.PositiveIntegerField()),
                ('institution', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'day of an account',
                'indexes': [models.Index(fields=['day'], name='monitoring_account_days')],
                'constraints': [models.UniqueConstraint(fields=('entity', 'day'), name='monitoring_account_day_once')],
            },
        ),
        migrations.CreateModel(
            name='AlertLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.BigIntegerField()),
                ('business_date', models.DateField(verbose_name='business date')),
                ('journal_no', models.CharField(max_length=20, verbose_name='journal number')),
                ('at', models.DateTimeField(verbose_name='booked at')),
                ('teller', models.CharField(max_length=12, verbose_name='teller')),
                ('trade_code', models.CharField(max_length=8, verbose_name='transaction code')),
                ('account_number', models.CharField(max_length=32, verbose_name='account number')),
                ('counter_account', models.CharField(blank=True, max_length=32, verbose_name='counter-account')),
                ('side', models.CharField(max_length=6, verbose_name='debit or credit')),
                ('amount_fen', models.BigIntegerField(verbose_name='amount')),
                ('subject', models.CharField(blank=True, max_length=80, verbose_name='item')),
                ('own', models.BooleanField(verbose_name='has an entry')),
                ('alert', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='monitoring.alert')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'line of an alert',
                'constraints': [models.UniqueConstraint(fields=('alert', 'line'), name='monitoring_alert_line_once')],
            },
        ),
        migrations.CreateModel(
            name='Quiet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entity', models.CharField(max_length=64, verbose_name='about')),
                ('until', models.DateField(verbose_name='quiet until')),
                ('words', models.CharField(max_length=200, verbose_name='why')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quiet', to='monitoring.monitoringrule')),
            ],
            options={
                'verbose_name': 'rule kept quiet',
                'indexes': [models.Index(fields=['rule', 'entity', '-until'], name='monitoring_quiet_until')],
            },
        ),
        migrations.AddConstraint(
            model_name='ruleversion',
            constraint=models.UniqueConstraint(fields=('rule', 'seq'), name='monitoring_version_once'),
        ),
        migrations.AddConstraint(
            model_name='ruleversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('draft', 'shadowing', 'proposed'))), fields=('rule',), name='monitoring_one_version_open'),
        ),
        migrations.AddConstraint(
            model_name='ruleversion',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('draft', 'shadowing', 'proposed', 'published', 'retired'))), name='monitoring_version_state_known'),
        ),
        migrations.AddConstraint(
            model_name='ruleversion',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', ('notice', 'focus', 'high')), ('score__gte', 1), ('score__lte', 100)), name='monitoring_version_score'),
        ),
        migrations.AddConstraint(
            model_name='ruleversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), models.Q(('proposed_by__isnull', False), ('published_at__isnull', False), ('published_by__isnull', False), ('valid_from__isnull', False)), _connector='OR'), name='monitoring_version_published_by'),
        ),
        migrations.AddConstraint(
            model_name='ruleversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_by', models.F('proposed_by')), _negated=True), models.Q(('published_by', models.F('made_by')), _negated=True)), name='monitoring_version_two_people'),
        ),
        migrations.AddIndex(
            model_name='rulehit',
            index=models.Index(fields=['version', '-day', '-id'], name='monitoring_hits_of_version'),
        ),
        migrations.AddIndex(
            model_name='rulehit',
            index=models.Index(fields=['day', 'entity'], name='monitoring_hits_of_day'),
        ),
        migrations.AddIndex(
            model_name='rulehit',
            index=models.Index(fields=['backtest', 'day'], name='monitoring_hits_of_trial'),
        ),
        migrations.AddConstraint(
            model_name='rulehit',
            constraint=models.UniqueConstraint(condition=models.Q(('backtest', None)), fields=('version', 'day', 'entity'), name='monitoring_hit_once'),
        ),
        migrations.AddConstraint(
            model_name='rulehit',
            constraint=models.UniqueConstraint(condition=models.Q(('backtest__isnull', False)), fields=('backtest', 'day', 'entity'), name='monitoring_trial_hit_once'),
        ),
        migrations.AddConstraint(
            model_name='backtest',
            constraint=models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='monitoring_backtest_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='backtest',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at', None), ('done_until', models.F('last')), _connector='OR'), name='monitoring_backtest_through'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(fields=['day', '-id'], name='monitoring_alerts_of_day'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(fields=['rule', 'state'], name='monitoring_alerts_of_rule'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(fields=['state', '-id'], name='monitoring_alerts_by_state'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('new', 'assigned', 'investigating', 'replied', 'verified', 'query_issued'))), fields=('rule', 'entity'), name='monitoring_one_alert_open'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('new', 'assigned', 'investigating', 'query_issued', 'replied', 'verified', 'closed_true', 'closed_false', 'error_registered'))), name='monitoring_alert_state_known'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', ('notice', 'focus', 'high')), ('score__lte', 100)), name='monitoring_alert_level_known'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), ('state__in', ('closed_true', 'closed_false', 'error_registered')), models.Q(('words', ''), _negated=True)), models.Q(('closed_at', None), ('closed_by', None), ('state__in', ('new', 'assigned', 'investigating', 'replied', 'verified', 'query_issued')), ('words', '')), _connector='OR'), name='monitoring_alert_closed_by_and_at'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('query_issued', 'replied')), _negated=True), models.Q(('slip_number', ''), _negated=True), _connector='OR'), name='monitoring_alert_query_has_slip'),
        ),
        migrations.AddIndex(
            model_name='tellerday',
            index=models.Index(fields=['day'], name='monitoring_teller_days'),
        ),
        migrations.AddConstraint(
            model_name='tellerday',
            constraint=models.UniqueConstraint(fields=('entity', 'day'), name='monitoring_teller_day_once'),
        ),
        *(
            migrations.RunSQL(rls_sql(f"monitoring_{table}"), rls_undo_sql(f"monitoring_{table}"))
            for table in TABLES
        ),
        migrations.RunSQL(
            [(SQL / "version_guard.sql").read_text(), (SQL / "alert_guard.sql").read_text()], UNDO
        ),
    ]
