"""An institution's own accounts are opened, and states of accounts changed, by two people."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

chart = import_module("foundation.ledger.migrations.0004_chart")


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0004_chart'),
        ('people', '0013_aml_duty'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('asked_person', models.UUIDField()),
                ('asked_label', models.CharField(max_length=60, verbose_name='asked by')),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
                ('decided_person', models.UUIDField(null=True)),
                ('decided_label', models.CharField(blank=True, max_length=60, verbose_name='decided by')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('decided_tx', models.BigIntegerField(null=True)),
                ('approved', models.BooleanField(null=True)),
                ('number', models.CharField(max_length=19, verbose_name='account number')),
                ('step', models.CharField(max_length=12, verbose_name='step')),
                ('name', models.CharField(blank=True, max_length=80, verbose_name='account name')),
                ('currency', models.CharField(default='CNY', max_length=3, verbose_name='currency')),
                ('overdraft_allowed', models.BooleanField(default=False, verbose_name='overdraft allowed')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('chart', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.chartaccount')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'proposal about an account',
                'abstract': False,
                'indexes': [models.Index(fields=['number', 'id'], name='ledger_account_requests')],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='ledger_accountrequest_reason'), models.CheckConstraint(condition=models.Q(models.Q(('approved', None), ('decided_at', None), ('decided_by', None), ('decided_person', None)), models.Q(('approved__isnull', False), ('decided_at__isnull', False), ('decided_by__isnull', False), ('decided_person__isnull', False)), _connector='OR'), name='ledger_accountrequest_decided'), models.UniqueConstraint(condition=models.Q(('approved', None)), fields=('number',), name='ledger_one_account_request'), models.UniqueConstraint(condition=models.Q(('approved', None), ('step', 'open')), fields=('institution', 'chart', 'currency'), name='ledger_one_opening_request'), models.CheckConstraint(condition=models.Q(models.Q(('chart__isnull', False), ('step', 'open'), models.Q(('name', ''), _negated=True)), models.Q(('chart', None), ('step__in', ('stop', 'allow', 'freeze', 'unfreeze', 'close'))), _connector='OR'), name='ledger_account_request_sound')],
            },
        ),
        migrations.RunSQL(rls_sql("ledger_accountrequest"), rls_undo_sql("ledger_accountrequest")),
        migrations.RunSQL("SELECT ledger_propose('ledger_accountrequest')", migrations.RunSQL.noop),
        migrations.RunSQL(
            (chart.SQL / "account_guard.sql").read_text(),
            "DROP FUNCTION ledger_account_by_two CASCADE",
        ),
        chart.again("rights_beyond"),
        chart.again("guards_off"),
    ]
