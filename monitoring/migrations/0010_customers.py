"""Large values by currency, ratings of customers and frozen accounts; guarded and in the scope."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

GUARD = Path(__file__).resolve().parent.parent / "sql" / "customer_guard.sql"
FORMER = Path(__file__).resolve().parent.parent / "sql" / "aml_guard.sql"
BEGIN, END = "CREATE TRIGGER monitoring_largevalue_guard", "CREATE TRIGGER monitoring_amlexemption"
UNDO = """
DROP TRIGGER monitoring_customerrating_guard ON monitoring_customerrating;
DROP TRIGGER monitoring_freezerequest_guard ON monitoring_freezerequest;
DROP TRIGGER monitoring_freezerequest_lifting ON monitoring_freezerequest;
DROP TRIGGER monitoring_largevalue_guard ON monitoring_largevalue;
"""
SCOPED = ("monitoring_customerrating", "monitoring_freezerequest")


def former() -> str:
    """Return the guard of large values as it was before."""
    text = FORMER.read_text()
    return text[text.index(BEGIN) : text.index(END)]


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0003_statement_in_order'),
        ('monitoring', '0009_prevention'),
        ('people', '0013_aml_duty'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CustomerRating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer', models.CharField(max_length=20, verbose_name='customer number')),
                ('customer_name', models.CharField(max_length=80, verbose_name='customer')),
                ('level', models.PositiveSmallIntegerField(verbose_name='level of risk')),
                ('by_rules', models.PositiveSmallIntegerField(verbose_name='level by the rules')),
                ('score', models.PositiveIntegerField(verbose_name='score')),
                ('factors', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), default=list, size=None)),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('review_on', models.DateField(null=True, verbose_name='to be reviewed on')),
                ('state', models.CharField(default='proposed', max_length=10, verbose_name='state')),
                ('proposed_person', models.UUIDField()),
                ('proposed_at', models.DateTimeField()),
                ('decided_person', models.UUIDField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'rating of a customer',
            },
        ),
        migrations.CreateModel(
            name='FreezeRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.CharField(max_length=32, verbose_name='account')),
                ('account_name', models.CharField(max_length=80, verbose_name='customer')),
                ('amount_fen', models.BigIntegerField(null=True, verbose_name='amount')),
                ('document_no', models.CharField(max_length=60, verbose_name='document number')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('state', models.CharField(default='proposed', max_length=10, verbose_name='state')),
                ('proposed_person', models.UUIDField()),
                ('proposed_at', models.DateTimeField()),
                ('decided_person', models.UUIDField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('lift_person', models.UUIDField(null=True)),
                ('lift_at', models.DateTimeField(null=True)),
                ('lifted_person', models.UUIDField(null=True)),
                ('lifted_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'freeze of an account',
            },
        ),
        migrations.RemoveConstraint(
            model_name='largevalue',
            name='monitoring_aml_large_known',
        ),
        migrations.RemoveConstraint(
            model_name='suspiciouscase',
            name='monitoring_aml_case_known',
        ),
        migrations.AddField(
            model_name='largevalue',
            name='amount_cents',
            field=models.BigIntegerField(default=0, verbose_name='worth in US cents'),
        ),
        migrations.AddField(
            model_name='largevalue',
            name='basis',
            field=models.CharField(default='own', max_length=8, verbose_name='why it is large'),
        ),
        migrations.AddField(
            model_name='largevalue',
            name='sums',
            field=models.JSONField(default=dict, verbose_name='sums by currency'),
        ),
        migrations.AddField(
            model_name='largevalue',
            name='threshold_cents',
            field=models.BigIntegerField(default=0, verbose_name='threshold in US cents'),
        ),
        migrations.AddConstraint(
            model_name='largevalue',
            constraint=models.CheckConstraint(condition=models.Q(('basis__in', ['each', 'foreign', 'own', 'together', 'unrated']), ('due_on__gte', models.F('business_date')), ('kind__in', ['cash', 'corporate', 'cross', 'domestic']), ('side__in', ['in', 'out']), ('state__in', ('gaps', 'filled', 'exempt', 'passed', 'reported'))), name='monitoring_aml_large_known'),
        ),
        migrations.AddConstraint(
            model_name='largevalue',
            constraint=models.CheckConstraint(condition=models.Q(('amount_fen__gte', models.F('threshold_fen')), models.Q(('amount_cents__gte', models.F('threshold_cents')), ('basis__in', ('foreign', 'each', 'together'))), ('basis', 'unrated'), _connector='OR'), name='monitoring_aml_large_enough'),
        ),
        migrations.AddConstraint(
            model_name='suspiciouscase',
            constraint=models.CheckConstraint(condition=models.Q(('origin__in', ['days', 'graph', 'hand', 'hit', 'pass', 'rule']), ('state__in', ('draft', 'submitted', 'supported', 'dismissed', 'confirmed', 'reported'))), name='monitoring_aml_case_known'),
        ),
        migrations.AddField(
            model_name='customerrating',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='customerrating',
            name='institution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution'),
        ),
        migrations.AddField(
            model_name='customerrating',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='freezerequest',
            name='case',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='freezes', to='monitoring.suspiciouscase'),
        ),
        migrations.AddField(
            model_name='freezerequest',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='freezerequest',
            name='hold',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.hold'),
        ),
        migrations.AddField(
            model_name='freezerequest',
            name='institution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution'),
        ),
        migrations.AddField(
            model_name='freezerequest',
            name='lift_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='freezerequest',
            name='lifted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='freezerequest',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='customerrating',
            index=models.Index(fields=['institution', '-id'], name='monitoring_rating_list'),
        ),
        migrations.AddConstraint(
            model_name='customerrating',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('proposed', 'active'))), fields=('institution', 'customer', 'state'), name='monitoring_rating_one_of_each'),
        ),
        migrations.AddConstraint(
            model_name='customerrating',
            constraint=models.CheckConstraint(condition=models.Q(('by_rules__in', [1, 2, 3]), ('level__gte', models.F('by_rules')), ('level__in', [1, 2, 3]), ('state__in', ('proposed', 'active', 'declined', 'replaced'))), name='monitoring_rating_known'),
        ),
        migrations.AddConstraint(
            model_name='customerrating',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'proposed'), ('decided_at', None), ('decided_by', None), ('decided_person', None)), models.Q(models.Q(('state', 'proposed'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False), ('decided_person__isnull', False)), _connector='OR'), name='monitoring_rating_decided'),
        ),
        migrations.AddConstraint(
            model_name='customerrating',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('review_on__isnull', False), ('state__in', ('active', 'replaced'))), models.Q(('review_on', None), ('state__in', ('proposed', 'declined'))), _connector='OR'), name='monitoring_rating_reviewed'),
        ),
        migrations.AddIndex(
            model_name='freezerequest',
            index=models.Index(fields=['institution', '-id'], name='monitoring_freeze_list'),
        ),
        migrations.AddConstraint(
            model_name='freezerequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('proposed', 'placed', 'lifting'))), fields=('account',), name='monitoring_freeze_one_open'),
        ),
        migrations.AddConstraint(
            model_name='freezerequest',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('proposed', 'placed', 'declined', 'lifting', 'lifted')), models.Q(('amount_fen', None), ('amount_fen__gt', 0), _connector='OR'), models.Q(('document_no', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='monitoring_freeze_known'),
        ),
        migrations.AddConstraint(
            model_name='freezerequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'proposed'), ('decided_at', None), ('decided_by', None), ('decided_person', None)), models.Q(models.Q(('state', 'proposed'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False), ('decided_person__isnull', False)), _connector='OR'), name='monitoring_freeze_decided'),
        ),
        migrations.AddConstraint(
            model_name='freezerequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('hold', None), ('state__in', ('proposed', 'declined'))), models.Q(('hold__isnull', False), ('state__in', ('placed', 'lifting', 'lifted'))), _connector='OR'), name='monitoring_freeze_held'),
        ),
        migrations.AddConstraint(
            model_name='freezerequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('lifting', 'lifted')), ('lift_at__isnull', False), ('lift_by__isnull', False), ('lift_person__isnull', False)), models.Q(models.Q(('state__in', ('lifting', 'lifted')), _negated=True), ('lift_at', None), ('lift_by', None), ('lift_person', None)), _connector='OR'), name='monitoring_freeze_asked'),
        ),
        migrations.AddConstraint(
            model_name='freezerequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'lifted'), ('lifted_at__isnull', False), ('lifted_by__isnull', False), ('lifted_person__isnull', False)), models.Q(models.Q(('state', 'lifted'), _negated=True), ('lifted_at', None), ('lifted_by', None), ('lifted_person', None)), _connector='OR'), name='monitoring_freeze_lifted'),
        ),
        *(migrations.RunSQL(rls_sql(table), rls_undo_sql(table)) for table in SCOPED),
        migrations.RunSQL(GUARD.read_text(), UNDO + former()),
    ]
