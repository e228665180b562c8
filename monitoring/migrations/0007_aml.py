"""Large values, suspicious cases, watch lists and their hits; locked to the scope and guarded."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

GUARD = Path(__file__).resolve().parent.parent / "sql" / "aml_guard.sql"
UNDO = """
DROP FUNCTION monitoring_aml_guard CASCADE;
DROP FUNCTION monitoring_watchname_guard CASCADE
"""
SCOPED = tuple(
    f"monitoring_{name}"
    for name in ("amlexemption", "amlreport", "largevalue", "suspiciouscase", "screeninghit")
)


class Migration(migrations.Migration):

    dependencies = [
        ('monitoring', '0006_entry'),
        ('people', '0012_roster_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AmlExemption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer', models.CharField(max_length=20, verbose_name='customer number')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(verbose_name='valid until')),
                ('state', models.CharField(default='proposed', max_length=10, verbose_name='state')),
                ('proposed_person', models.UUIDField()),
                ('proposed_at', models.DateTimeField()),
                ('decided_person', models.UUIDField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'exemption from large-value reports',
            },
        ),
        migrations.CreateModel(
            name='AmlReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=10, verbose_name='kind')),
                ('year', models.PositiveSmallIntegerField()),
                ('seq', models.PositiveIntegerField(verbose_name='number')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='file name')),
                ('count', models.PositiveIntegerField(verbose_name='count')),
                ('content', models.BinaryField()),
                ('sha256', models.CharField(max_length=64, verbose_name='check sum')),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'report to the AML centre',
            },
        ),
        migrations.CreateModel(
            name='LargeValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('business_date', models.DateField(verbose_name='business date')),
                ('customer', models.CharField(max_length=20, verbose_name='customer number')),
                ('customer_name', models.CharField(max_length=80, verbose_name='customer')),
                ('side', models.CharField(max_length=3, verbose_name='side')),
                ('kind', models.CharField(max_length=10, verbose_name='kind')),
                ('amount_fen', models.BigIntegerField(verbose_name='amount')),
                ('threshold_fen', models.BigIntegerField(verbose_name='threshold')),
                ('evidence', models.JSONField(verbose_name='journal lines')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('state', models.CharField(default='gaps', max_length=10, verbose_name='state')),
                ('built_at', models.DateTimeField()),
                ('id_number', models.CharField(blank=True, max_length=40, verbose_name='number of the proof of identity')),
                ('counterparty', models.CharField(blank=True, max_length=120, verbose_name='counterparty')),
                ('purpose', models.CharField(blank=True, max_length=120, verbose_name='purpose')),
                ('filled_person', models.UUIDField(null=True)),
                ('filled_at', models.DateTimeField(null=True)),
                ('reviewed_person', models.UUIDField(null=True)),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('exemption', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='spared', to='monitoring.amlexemption')),
                ('filled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('report', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='large', to='monitoring.amlreport')),
                ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'large value',
            },
        ),
        migrations.CreateModel(
            name='SuspiciousCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer', models.CharField(max_length=20, verbose_name='customer number')),
                ('customer_name', models.CharField(max_length=80, verbose_name='customer')),
                ('origin', models.CharField(max_length=10, verbose_name='origin')),
                ('key', models.CharField(blank=True, max_length=80)),
                ('evidence', models.JSONField(default=list, verbose_name='journal lines')),
                ('narrative', models.TextField(blank=True, verbose_name='narrative')),
                ('state', models.CharField(default='draft', max_length=10, verbose_name='state')),
                ('opened_at', models.DateTimeField(verbose_name='opened at')),
                ('analyst_person', models.UUIDField(null=True)),
                ('submitted_at', models.DateTimeField(null=True)),
                ('reviewer_person', models.UUIDField(null=True)),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('lead_person', models.UUIDField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('analyst', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('lead', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='monitoring.amlreport')),
                ('reviewer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'suspicious case',
            },
        ),
        migrations.CreateModel(
            name='WatchList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, verbose_name='list')),
                ('version', models.CharField(max_length=20, verbose_name='version')),
                ('source', models.CharField(max_length=80, verbose_name='source')),
                ('sha256', models.CharField(max_length=64, verbose_name='fingerprint of the file')),
                ('count', models.PositiveIntegerField(verbose_name='names')),
                ('state', models.CharField(default='imported', max_length=10, verbose_name='state')),
                ('imported_person', models.UUIDField()),
                ('imported_at', models.DateTimeField()),
                ('decided_person', models.UUIDField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('screened_at', models.DateTimeField(null=True, verbose_name='customers screened at')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('imported_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'watch list',
            },
        ),
        migrations.CreateModel(
            name='WatchName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry', models.CharField(max_length=40, verbose_name='entry')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('id_number', models.CharField(blank=True, max_length=40, verbose_name='number of the proof of identity')),
                ('birth_date', models.DateField(null=True, verbose_name='birth date')),
                ('remark', models.CharField(blank=True, max_length=120, verbose_name='remark')),
                ('watch_list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='names', to='monitoring.watchlist')),
            ],
            options={
                'verbose_name': 'name on a watch list',
            },
        ),
        migrations.CreateModel(
            name='ScreeningHit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer', models.CharField(max_length=20, verbose_name='customer number')),
                ('customer_name', models.CharField(max_length=80, verbose_name='customer')),
                ('customer_print', models.CharField(max_length=64)),
                ('entry', models.CharField(max_length=40, verbose_name='entry')),
                ('entry_print', models.CharField(max_length=64)),
                ('score', models.PositiveSmallIntegerField(verbose_name='score')),
                ('reasons', models.JSONField(verbose_name='why')),
                ('state', models.CharField(default='raised', max_length=10, verbose_name='state')),
                ('raised_at', models.DateTimeField(verbose_name='raised at')),
                ('verdict', models.CharField(blank=True, max_length=5, verbose_name='verdict')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('judged_person', models.UUIDField(null=True)),
                ('judged_at', models.DateTimeField(null=True)),
                ('confirmed_person', models.UUIDField(null=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('judged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('watch_list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hits', to='monitoring.watchlist')),
                ('watch_name', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hits', to='monitoring.watchname')),
            ],
            options={
                'verbose_name': 'hit on a watch list',
            },
        ),
        migrations.AddIndex(
            model_name='amlexemption',
            index=models.Index(fields=['customer', 'state'], name='monitoring_aml_exempt'),
        ),
        migrations.AddConstraint(
            model_name='amlexemption',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('proposed', 'active', 'declined', 'ended'))), name='monitoring_aml_exempt_known'),
        ),
        migrations.AddConstraint(
            model_name='amlexemption',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('valid_from'))), name='monitoring_aml_exempt_span'),
        ),
        migrations.AddConstraint(
            model_name='amlexemption',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'proposed'), ('decided_at', None), ('decided_by', None), ('decided_person', None)), models.Q(models.Q(('state', 'proposed'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False), ('decided_person__isnull', False)), _connector='OR'), name='monitoring_aml_exempt_decided'),
        ),
        migrations.AddConstraint(
            model_name='amlreport',
            constraint=models.UniqueConstraint(fields=('institution', 'kind', 'year', 'seq'), name='monitoring_aml_report_once'),
        ),
        migrations.AddConstraint(
            model_name='amlreport',
            constraint=models.CheckConstraint(condition=models.Q(('count__gt', 0), ('kind__in', ['large', 'suspicious']), ('seq__gt', 0)), name='monitoring_aml_report_known'),
        ),
        migrations.AddIndex(
            model_name='largevalue',
            index=models.Index(fields=['institution', '-id'], name='monitoring_aml_large_list'),
        ),
        migrations.AddIndex(
            model_name='largevalue',
            index=models.Index(fields=['state', 'due_on'], name='monitoring_aml_large_due'),
        ),
        migrations.AddConstraint(
            model_name='largevalue',
            constraint=models.UniqueConstraint(fields=('institution', 'business_date', 'customer', 'side', 'kind'), name='monitoring_aml_large_once'),
        ),
        migrations.AddConstraint(
            model_name='largevalue',
            constraint=models.CheckConstraint(condition=models.Q(('amount_fen__gte', models.F('threshold_fen')), ('due_on__gte', models.F('business_date')), ('kind__in', ['cash', 'corporate', 'cross', 'domestic']), ('side__in', ['in', 'out']), ('state__in', ('gaps', 'filled', 'exempt', 'passed', 'reported'))), name='monitoring_aml_large_known'),
        ),
        migrations.AddConstraint(
            model_name='largevalue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('filled', 'passed', 'reported')), _negated=True), models.Q(('filled_at__isnull', False), ('filled_by__isnull', False), ('filled_person__isnull', False), models.Q(('id_number', ''), _negated=True), models.Q(('counterparty', ''), _negated=True), models.Q(('purpose', ''), _negated=True)), _connector='OR'), name='monitoring_aml_large_filled'),
        ),
        migrations.AddConstraint(
            model_name='largevalue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('passed', 'reported')), ('reviewed_at__isnull', False), ('reviewed_by__isnull', False), ('reviewed_person__isnull', False)), models.Q(models.Q(('state__in', ('passed', 'reported')), _negated=True), ('reviewed_at', None), ('reviewed_by', None), ('reviewed_person', None)), _connector='OR'), name='monitoring_aml_large_reviewed'),
        ),
        migrations.AddConstraint(
            model_name='largevalue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('report__isnull', False), ('state', 'reported')), models.Q(models.Q(('state', 'reported'), _negated=True), ('report', None)), _connector='OR'), name='monitoring_aml_large_reported'),
        ),
        migrations.AddConstraint(
            model_name='largevalue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('exemption__isnull', False), ('state', 'exempt')), models.Q(models.Q(('state', 'exempt'), _negated=True), ('exemption', None)), _connector='OR'), name='monitoring_aml_large_exempt'),
        ),
        migrations.AddIndex(
            model_name='suspiciouscase',
            index=models.Index(fields=['institution', '-id'], name='monitoring_aml_case_list'),
        ),
        migrations.AddConstraint(
            model_name='suspiciouscase',
            constraint=models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('institution', 'key'), name='monitoring_aml_case_once'),
        ),
        migrations.AddConstraint(
            model_name='suspiciouscase',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('draft', 'submitted', 'supported'))), fields=('institution', 'customer'), name='monitoring_aml_case_one_open'),
        ),
        migrations.AddConstraint(
            model_name='suspiciouscase',
            constraint=models.CheckConstraint(condition=models.Q(('origin__in', ['hand', 'hit', 'rule']), ('state__in', ('draft', 'submitted', 'supported', 'dismissed', 'confirmed', 'reported'))), name='monitoring_aml_case_known'),
        ),
        migrations.AddConstraint(
            model_name='suspiciouscase',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(('analyst__isnull', False), ('submitted_at__isnull', False), models.Q(('narrative', ''), _negated=True)), _connector='OR'), name='monitoring_aml_case_told'),
        ),
        migrations.AddConstraint(
            model_name='suspiciouscase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('supported', 'confirmed', 'reported')), _negated=True), models.Q(('reviewed_at__isnull', False), ('reviewer__isnull', False)), _connector='OR'), name='monitoring_aml_case_reviewed'),
        ),
        migrations.AddConstraint(
            model_name='suspiciouscase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('confirmed', 'reported')), _negated=True), models.Q(('decided_at__isnull', False), ('lead__isnull', False)), _connector='OR'), name='monitoring_aml_case_led'),
        ),
        migrations.AddConstraint(
            model_name='suspiciouscase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('report__isnull', False), ('state', 'reported')), models.Q(models.Q(('state', 'reported'), _negated=True), ('report', None)), _connector='OR'), name='monitoring_aml_case_reported'),
        ),
        migrations.AddConstraint(
            model_name='watchlist',
            constraint=models.UniqueConstraint(fields=('code', 'version'), name='monitoring_watchlist_once'),
        ),
        migrations.AddConstraint(
            model_name='watchlist',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'active')), fields=('code',), name='monitoring_watchlist_one_in_force'),
        ),
        migrations.AddConstraint(
            model_name='watchlist',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('imported', 'active', 'declined', 'replaced'))), name='monitoring_watchlist_known'),
        ),
        migrations.AddConstraint(
            model_name='watchlist',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decided_person', None), ('state', 'imported')), models.Q(models.Q(('state', 'imported'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False), ('decided_person__isnull', False)), _connector='OR'), name='monitoring_watchlist_decided'),
        ),
        migrations.AddConstraint(
            model_name='watchname',
            constraint=models.UniqueConstraint(fields=('watch_list', 'entry', 'name'), name='monitoring_watchname_once'),
        ),
        migrations.AddConstraint(
            model_name='watchname',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry', ''), _negated=True), models.Q(('name', ''), _negated=True)), name='monitoring_watchname_whole'),
        ),
        migrations.AddIndex(
            model_name='screeninghit',
            index=models.Index(fields=['institution', '-id'], name='monitoring_hit_list'),
        ),
        migrations.AddIndex(
            model_name='screeninghit',
            index=models.Index(fields=['customer', 'entry'], name='monitoring_hit_known'),
        ),
        migrations.AddConstraint(
            model_name='screeninghit',
            constraint=models.UniqueConstraint(fields=('institution', 'customer', 'watch_list', 'entry'), name='monitoring_screening_hit_once'),
        ),
        migrations.AddConstraint(
            model_name='screeninghit',
            constraint=models.CheckConstraint(condition=models.Q(('score__lte', 100), ('state__in', ('raised', 'examined', 'upheld', 'dismissed'))), name='monitoring_hit_state_known'),
        ),
        migrations.AddConstraint(
            model_name='screeninghit',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'raised'), models.Q(('judged_by__isnull', False), ('verdict__in', ['false', 'true']), ('judged_at__isnull', False), ('judged_person__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='monitoring_hit_judged'),
        ),
        migrations.AddConstraint(
            model_name='screeninghit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('raised', 'examined')), ('confirmed_at', None), ('confirmed_by', None), ('confirmed_person', None)), models.Q(models.Q(models.Q(('state', 'upheld'), ('verdict', 'true')), models.Q(('state', 'dismissed'), ('verdict', 'false')), _connector='OR'), ('confirmed_by__isnull', False), ('confirmed_person__isnull', False), ('confirmed_at__isnull', False)), _connector='OR'), name='monitoring_hit_confirmed'),
        ),
        *(migrations.RunSQL(rls_sql(table), rls_undo_sql(table)) for table in SCOPED),
        migrations.RunSQL(GUARD.read_text(), UNDO),
    ]
