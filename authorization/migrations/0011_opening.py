"""Checks of identity, openings of accounts, what was signed up for; cash that comes in."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

GUARDS = Path(__file__).resolve().parent.parent / "sql" / "opening_guard.sql"
UNDO = """
DROP FUNCTION authorization_idcheck_guard CASCADE;
DROP FUNCTION authorization_identity_guard CASCADE;
DROP FUNCTION authorization_opening_guard CASCADE;
DROP FUNCTION authorization_signup_guard CASCADE
"""
TABLES = ("authorization_idcheck", "authorization_opening", "authorization_signup")


class Migration(migrations.Migration):

    dependencies = [
        ('authorization', '0010_quality'),
        ('imaging', '0003_photo'),
        ('ledger', '0003_statement_in_order'),
        ('people', '0012_roster_guards'),
        ('worklist', '0006_able'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('id_masked', models.CharField(max_length=20, verbose_name='identity number')),
                ('id_hash', models.CharField(max_length=64)),
                ('id_sealed', models.CharField(max_length=120)),
                ('mobile', models.CharField(max_length=11, verbose_name='mobile number')),
                ('address', models.CharField(max_length=100, verbose_name='address')),
                ('internet_bank', models.BooleanField(default=False, verbose_name='personal internet bank')),
                ('sms_alert', models.BooleanField(default=False, verbose_name='SMS alert')),
                ('atm_daily_fen', models.BigIntegerField(null=True, verbose_name='daily limit at machines')),
            ],
            options={
                'verbose_name': 'account opening',
            },
        ),
        migrations.CreateModel(
            name='SignUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('product', models.CharField(max_length=16, verbose_name='product')),
                ('account', models.CharField(max_length=32, verbose_name='account number')),
                ('mobile', models.CharField(blank=True, max_length=11, verbose_name='mobile number')),
                ('daily_fen', models.BigIntegerField(null=True, verbose_name='daily limit at machines')),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'sign-up',
            },
        ),
        migrations.AlterField(
            model_name='request',
            name='payer_account',
            field=models.CharField(blank=True, max_length=32, verbose_name="payer's account"),
        ),
        migrations.CreateModel(
            name='IdCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('teller_label', models.CharField(max_length=60, verbose_name='teller')),
                ('name', models.CharField(max_length=60, verbose_name="customer's name")),
                ('id_masked', models.CharField(max_length=20, verbose_name='identity number')),
                ('id_hash', models.CharField(max_length=64)),
                ('result', models.CharField(max_length=16, verbose_name='result')),
                ('at', models.DateTimeField()),
                ('valid_until', models.DateTimeField()),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('teller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'identity check',
            },
        ),
        migrations.AddField(
            model_name='request',
            name='id_check',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorization.idcheck'),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(condition=models.Q(('payer_account', '')), fields=['payee_account', '-id'], name='authorization_cash_in'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('payer_account', ''), ('trade_code__in', ('1001', '1202')), models.Q(('payee_account', ''), _negated=True)), models.Q(models.Q(('trade_code__in', ('1001', '1202')), _negated=True), models.Q(('payer_account', ''), _negated=True)), _connector='OR'), name='authorization_accounts_of_the_kind'),
        ),
        migrations.AddField(
            model_name='opening',
            name='institution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution'),
        ),
        migrations.AddField(
            model_name='opening',
            name='request',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='opening', to='authorization.request'),
        ),
        migrations.AddField(
            model_name='signup',
            name='institution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution'),
        ),
        migrations.AddField(
            model_name='signup',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sign_ups', to='authorization.request'),
        ),
        migrations.AddIndex(
            model_name='idcheck',
            index=models.Index(fields=['teller', '-id'], name='authorization_id_check_own'),
        ),
        migrations.AddConstraint(
            model_name='idcheck',
            constraint=models.CheckConstraint(condition=models.Q(('result__in', ['match', 'name_differs', 'no_such_number', 'photo_differs', 'down'])), name='authorization_id_check_known'),
        ),
        migrations.AddConstraint(
            model_name='idcheck',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('at'))), name='authorization_id_check_in_order'),
        ),
        migrations.AddIndex(
            model_name='opening',
            index=models.Index(fields=['id_hash'], name='authorization_opening_customer'),
        ),
        migrations.AddConstraint(
            model_name='opening',
            constraint=models.CheckConstraint(condition=models.Q(('atm_daily_fen', None), ('atm_daily_fen__gt', 0), _connector='OR'), name='authorization_opening_limit_positive'),
        ),
        migrations.AddConstraint(
            model_name='signup',
            constraint=models.UniqueConstraint(fields=('request', 'product'), name='authorization_sign_up_once'),
        ),
        migrations.AddConstraint(
            model_name='signup',
            constraint=models.CheckConstraint(condition=models.Q(('product__in', ['account', 'internet_bank', 'sms_alert', 'atm_transfer'])), name='authorization_sign_up_known'),
        ),
        migrations.AddConstraint(
            model_name='signup',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('daily_fen__gt', 0), ('product', 'atm_transfer')), models.Q(models.Q(('product', 'atm_transfer'), _negated=True), ('daily_fen', None)), _connector='OR'), name='authorization_sign_up_limit_of_machines'),
        ),
        *(migrations.RunSQL(rls_sql(table), rls_undo_sql(table)) for table in TABLES),
        migrations.RunSQL(GUARDS.read_text(), UNDO),
    ]
