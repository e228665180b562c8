"""Versions of rules that hold postings back, what they held, and what is known of a line's accounts."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
DROP FUNCTION monitoring_prevents_guard CASCADE;
DROP FUNCTION monitoring_heldposting_guard CASCADE
"""


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0003_statement_in_order'),
        ('monitoring', '0008_looks'),
        ('people', '0012_roster_guards'),
    ]

    operations = [
        migrations.AddField(
            model_name='ruleversion',
            name='prevents',
            field=models.BooleanField(db_default=False, default=False, verbose_name='holds the posting'),
        ),
        migrations.CreateModel(
            name='HeldPosting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=80, verbose_name='item')),
                ('attempt', models.PositiveSmallIntegerField(verbose_name='round')),
                ('business_date', models.DateField(verbose_name='business date')),
                ('teller', models.CharField(max_length=12, verbose_name='teller')),
                ('teller_person', models.UUIDField()),
                ('trade_code', models.CharField(max_length=8, verbose_name='transaction code')),
                ('account_number', models.CharField(max_length=32, verbose_name='account number')),
                ('counter_account', models.CharField(blank=True, max_length=32, verbose_name='counter-account')),
                ('amount_fen', models.BigIntegerField(verbose_name='amount')),
                ('at', models.DateTimeField(verbose_name='held at')),
                ('alert', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='held', to='monitoring.alert')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='held', to='monitoring.ruleversion')),
            ],
            options={
                'verbose_name': 'posting held back',
            },
        ),
        migrations.AddIndex(
            model_name='heldposting',
            index=models.Index(fields=['version', '-id'], name='monitoring_held_by_version'),
        ),
        migrations.AddConstraint(
            model_name='heldposting',
            constraint=models.UniqueConstraint(fields=('subject', 'attempt', 'version'), name='monitoring_held_once'),
        ),
        migrations.AddConstraint(
            model_name='heldposting',
            constraint=models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='monitoring_held_amount'),
        ),
        migrations.RunSQL(rls_sql("monitoring_heldposting"), rls_undo_sql("monitoring_heldposting")),
        migrations.RunSQL((SQL / "prevention_guard.sql").read_text(), UNDO),
        migrations.RunSQL((SQL / "known.sql").read_text(), "DROP FUNCTION monitoring_known"),
    ]
