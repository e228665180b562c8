"""The tables of the books, except those that `sql/` makes."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# The books are kept in another form than before the first release, and nothing was moved over.
TOO_OLD = """
DO $$ BEGIN
  IF to_regclass('ledger_journalline') IS NOT NULL THEN
    RAISE EXCEPTION 'this database is older than the present form of the books: begin anew'
      USING HINT = 'bin/run --fresh';
  END IF;
END $$
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(TOO_OLD, migrations.RunSQL.noop),
        migrations.CreateModel(
            name='BusinessDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField(verbose_name='business date')),
                ('state', models.CharField(default='open', max_length=8, verbose_name='state')),
                ('opened_at', models.DateTimeField(verbose_name='day opened at')),
                ('opened_by', models.CharField(max_length=60, verbose_name='day opened by')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='closed at')),
                ('closed_by', models.CharField(blank=True, max_length=60, verbose_name='closed by')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'business day',
            },
        ),
        migrations.CreateModel(
            name='ChartAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=8, unique=True, verbose_name='subject code')),
                ('name', models.CharField(max_length=60, verbose_name='subject name')),
                ('normal_side', models.CharField(max_length=6, verbose_name='normal side')),
                ('kind', models.CharField(max_length=10, verbose_name='kind')),
                ('must_clear', models.BooleanField(default=False, verbose_name='cleared daily')),
            ],
            options={
                'verbose_name': 'account subject',
                'constraints': [models.CheckConstraint(condition=models.Q(('normal_side__in', ('debit', 'credit'))), name='ledger_subject_side_known'), models.CheckConstraint(condition=models.Q(('kind__in', ('customer', 'internal'))), name='ledger_subject_kind_known'), models.CheckConstraint(condition=models.Q(('code__regex', '^[0-9]{4,8}$')), name='ledger_subject_code_digits')],
            },
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=19, unique=True, verbose_name='account number')),
                ('name', models.CharField(max_length=80, verbose_name='account name')),
                ('normal_side', models.CharField(max_length=6, verbose_name='normal side')),
                ('kind', models.CharField(max_length=10, verbose_name='kind')),
                ('currency', models.CharField(default='CNY', max_length=3, verbose_name='currency')),
                ('state', models.CharField(default='active', max_length=12, verbose_name='state')),
                ('overdraft_allowed', models.BooleanField(default=False, verbose_name='overdraft allowed')),
                ('own_fen', models.BigIntegerField(db_column='balance_fen', default=0, verbose_name='balance')),
                ('held_fen', models.BigIntegerField(default=0, verbose_name='held')),
                ('seq', models.BigIntegerField(default=0)),
                ('shards', models.SmallIntegerField(db_default=1)),
                ('spread', models.BooleanField(db_default=False)),
                ('holder_person', models.UUIDField(null=True)),
                ('customer_number', models.CharField(blank=True, max_length=20, verbose_name='customer number')),
                ('opened_on', models.DateField(verbose_name='opened on')),
                ('closed_on', models.DateField(null=True, verbose_name='closed on')),
                ('institution', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('chart', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='ledger.chartaccount', verbose_name='account subject')),
            ],
            options={
                'verbose_name': 'account',
            },
        ),
        migrations.CreateModel(
            name='ClosedDate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('business_date', models.DateField(verbose_name='business date')),
                ('round', models.SmallIntegerField()),
                ('accounts', models.BigIntegerField(verbose_name='accounts moved')),
                ('legs', models.BigIntegerField(verbose_name='legs')),
                ('closed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='closed at')),
                ('revoked_at', models.DateTimeField(null=True, verbose_name='given up at')),
            ],
            options={
                'verbose_name': 'closed date',
                'constraints': [models.UniqueConstraint(fields=('business_date', 'round'), name='ledger_closed_date_round'), models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('business_date',), name='ledger_closed_date_once')],
            },
        ),
        migrations.CreateModel(
            name='ClosingBalance',
            fields=[
                ('pk', models.CompositePrimaryKey('account_id', 'business_date', 'round', blank=True, editable=False, primary_key=True, serialize=False)),
                ('business_date', models.DateField(verbose_name='business date')),
                ('round', models.SmallIntegerField()),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('legs', models.BigIntegerField(verbose_name='legs')),
                ('debit_fen', models.BigIntegerField(verbose_name='debit')),
                ('credit_fen', models.BigIntegerField(verbose_name='credit')),
                ('balance_fen', models.BigIntegerField(verbose_name='balance')),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('institution', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'closing balance',
            },
        ),
        migrations.CreateModel(
            name='ArchivedMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(unique=True, verbose_name='month')),
                ('lines', models.BigIntegerField(verbose_name='lines')),
                ('legs', models.BigIntegerField(verbose_name='legs')),
                ('checksum', models.CharField(max_length=80, verbose_name='checksum')),
                ('last_made_at', models.DateTimeField(null=True, verbose_name='last posted at')),
                ('archived_at', models.DateTimeField(verbose_name='archived at')),
                ('label', models.CharField(max_length=60, verbose_name='archived by')),
            ],
            options={
                'verbose_name': 'archived month',
                'constraints': [models.CheckConstraint(condition=models.Q(('month__day', 1)), name='ledger_archived_whole_month')],
            },
        ),
        migrations.CreateModel(
            name='Carried',
            fields=[
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('institution', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('pk', models.CompositePrimaryKey('account_id', 'shard', 'month', blank=True, editable=False, primary_key=True, serialize=False)),
                ('shard', models.SmallIntegerField()),
                ('month', models.DateField(verbose_name='month')),
                ('legs', models.BigIntegerField(verbose_name='legs')),
                ('fen', models.BigIntegerField(verbose_name='amount')),
            ],
            options={
                'verbose_name': 'carried from an archived month',
            },
        ),
        migrations.CreateModel(
            name='DayCarry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.SmallIntegerField()),
                ('check_code', models.CharField(max_length=40, verbose_name='check')),
                ('count', models.IntegerField(verbose_name='how many')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('label', models.CharField(max_length=60, verbose_name='carried by')),
                ('at', models.DateTimeField(verbose_name='carried at')),
                ('day', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='carries', to='ledger.businessday')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'item carried forward',
            },
        ),
        migrations.CreateModel(
            name='DayClosing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('business_date', models.DateField(verbose_name='business date')),
                ('round', models.SmallIntegerField(verbose_name='closing')),
                ('seq', models.BigIntegerField(verbose_name='place in the chain')),
                ('entries', models.BigIntegerField(verbose_name='entries')),
                ('legs', models.BigIntegerField(verbose_name='legs')),
                ('last_no', models.BigIntegerField(verbose_name='last journal number')),
                ('figures', models.JSONField()),
                ('carried', models.JSONField()),
                ('content', models.CharField(max_length=64, verbose_name='hash of entries and legs')),
                ('former', models.CharField(max_length=64, verbose_name='seal before')),
                ('digest', models.CharField(max_length=64, verbose_name='seal')),
                ('sealed_at', models.DateTimeField(verbose_name='sealed at')),
                ('sealed_by', models.CharField(max_length=60, verbose_name='sealed by')),
                ('day', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='closings', to='ledger.businessday')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'closing of a day',
            },
        ),
        migrations.CreateModel(
            name='DayOpening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('business_date', models.DateField(verbose_name='business date')),
                ('tried_at', models.DateTimeField(verbose_name='tried at')),
                ('tries', models.IntegerField(default=0, verbose_name='tries')),
                ('result', models.CharField(max_length=20, verbose_name='what came of it')),
                ('told', models.JSONField(default=dict)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'opening by the schedule',
            },
        ),
        migrations.CreateModel(
            name='DayRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(db_index=True, verbose_name='run')),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
                ('done_at', models.DateTimeField(null=True, verbose_name='done at')),
                ('result', models.CharField(blank=True, max_length=20, verbose_name='what came of it')),
                ('told', models.JSONField(default=dict)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('day', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='ledger.businessday')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'closing by a job',
            },
        ),
        migrations.CreateModel(
            name='DaySignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.SmallIntegerField(verbose_name='signature')),
                ('person', models.UUIDField()),
                ('label', models.CharField(max_length=60, verbose_name='signed by')),
                ('at', models.DateTimeField(verbose_name='signed at')),
                ('closing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='ledger.dayclosing')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'signature',
            },
        ),
        # Made by sql/.
        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.CreateModel(
                name='Entry',
                fields=[
                    ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                    ('business_date', models.DateField(verbose_name='business date')),
                    ('posted_at', models.DateTimeField(verbose_name='posted at')),
                    ('journal_no', models.CharField(max_length=20, verbose_name='journal number')),
                    ('key', models.CharField(max_length=80)),
                    ('trade_code', models.CharField(max_length=8, verbose_name='transaction code')),
                    ('teller', models.CharField(max_length=12, verbose_name='teller')),
                    ('subject', models.CharField(blank=True, max_length=80, verbose_name='item')),
                    ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                    ('reverses_id', models.BigIntegerField(null=True)),
                    ('value_date', models.DateField(null=True, verbose_name='value date')),
                    ('institution', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ],
                options={
                    'verbose_name': 'entry',
                },
            ),
        ]),
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(unique=True)),
                ('kind', models.CharField(max_length=20, verbose_name='list')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('asked', models.JSONField()),
                ('language', models.CharField(max_length=10)),
                ('label', models.CharField(max_length=60, verbose_name='asked by')),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
                ('places', models.JSONField(default=list)),
                ('place', models.CharField(blank=True, max_length=60)),
                ('parts', models.IntegerField(default=0)),
                ('lines', models.BigIntegerField(default=0, verbose_name='lines')),
                ('total', models.BigIntegerField(null=True)),
                ('done_at', models.DateTimeField(null=True, verbose_name='done at')),
                ('expires_at', models.DateTimeField(null=True, verbose_name='kept until')),
                ('refusal', models.CharField(blank=True, max_length=10)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'long file',
            },
        ),
        migrations.CreateModel(
            name='ExportPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.IntegerField()),
                ('body', models.BinaryField()),
                ('export', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bodies', to='ledger.export')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'part of a long file',
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(default='held', max_length=8, verbose_name='state')),
                ('placed_fen', models.BigIntegerField(default=0, verbose_name='amount placed')),
                ('amount_fen', models.BigIntegerField(verbose_name='amount')),
                ('judicial', models.BooleanField(default=False, verbose_name='by a competent authority')),
                ('document_no', models.CharField(blank=True, max_length=60, verbose_name='document number')),
                ('changes', models.IntegerField(default=0)),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('subject', models.CharField(blank=True, max_length=80, verbose_name='item')),
                ('placed_at', models.DateTimeField(verbose_name='placed at')),
                ('placed_by', models.CharField(max_length=60, verbose_name='placed by')),
                ('expires_on', models.DateField(null=True, verbose_name='expires on')),
                ('released_at', models.DateTimeField(null=True, verbose_name='released at')),
                ('released_by', models.CharField(blank=True, max_length=60, verbose_name='released by')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='ledger.account')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'hold',
            },
        ),
        migrations.CreateModel(
            name='HoldRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(max_length=12, verbose_name='step')),
                ('fen', models.BigIntegerField(null=True, verbose_name='amount')),
                ('until', models.DateField(null=True, verbose_name='until')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('asked_person', models.UUIDField()),
                ('asked_label', models.CharField(max_length=60, verbose_name='asked by')),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
                ('decided_person', models.UUIDField(null=True)),
                ('decided_label', models.CharField(blank=True, max_length=60, verbose_name='decided by')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('approved', models.BooleanField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('hold', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='ledger.hold')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'request about a hold',
            },
        ),
        # Made by sql/.
        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.CreateModel(
                name='JournalLine',
                fields=[
                    ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                    ('business_date', models.DateField(verbose_name='business date')),
                    ('journal_no', models.CharField(max_length=20, verbose_name='journal number')),
                    ('at', models.DateTimeField(verbose_name='time')),
                    ('teller', models.CharField(max_length=12, verbose_name='teller')),
                    ('trade_code', models.CharField(max_length=8, verbose_name='transaction code')),
                    ('account_number', models.CharField(max_length=32, verbose_name='account number')),
                    ('side', models.CharField(max_length=6, verbose_name='debit or credit')),
                    ('amount_fen', models.BigIntegerField(verbose_name='amount')),
                    ('currency', models.CharField(max_length=3, verbose_name='currency')),
                    ('counter_account', models.CharField(blank=True, max_length=32, verbose_name='counter-account')),
                    ('voucher_no', models.CharField(blank=True, max_length=20, verbose_name='voucher number')),
                    ('source', models.CharField(max_length=6, verbose_name='source')),
                    ('subject', models.CharField(blank=True, max_length=80, verbose_name='item')),
                    ('valued_on', models.DateField(db_column='value_date', null=True, verbose_name='value date')),
                    ('entry', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='journal', to='ledger.entry')),
                    ('institution', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ],
                options={
                    'verbose_name': 'journal line',
                },
            ),
        ]),
        migrations.CreateModel(
            name='JournalNumber',
            fields=[
                ('pk', models.CompositePrimaryKey('institution_id', 'business_date', blank=True, editable=False, primary_key=True, serialize=False)),
                ('business_date', models.DateField()),
                ('last_no', models.BigIntegerField(default=0)),
                ('imported', models.BooleanField(db_default=False)),
                ('institution', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'last journal number',
            },
        ),
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('pk', models.CompositePrimaryKey('account_id', 'shard', 'business_date', 'seq', blank=True, editable=False, primary_key=True, serialize=False)),
                ('shard', models.SmallIntegerField()),
                ('business_date', models.DateField(verbose_name='business date')),
                ('seq', models.BigIntegerField()),
                ('legs', models.BigIntegerField(verbose_name='legs')),
                ('debit_fen', models.BigIntegerField(verbose_name='debit')),
                ('credit_fen', models.BigIntegerField(verbose_name='credit')),
                ('made_at', models.DateTimeField(null=True, verbose_name='time')),
                ('balance_fen', models.BigIntegerField(null=True, verbose_name='balance')),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('institution', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'mark',
            },
        ),
        # Made by sql/.
        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.CreateModel(
                name='Posting',
                fields=[
                    ('pk', models.CompositePrimaryKey('account_id', 'seq', 'shard', 'business_date', blank=True, editable=False, primary_key=True, serialize=False)),
                    ('seq', models.BigIntegerField()),
                    ('shard', models.SmallIntegerField(default=0)),
                    ('business_date', models.DateField(verbose_name='business date')),
                    ('line', models.SmallIntegerField()),
                    ('currency', models.CharField(max_length=3, verbose_name='currency')),
                    ('amount_fen', models.BigIntegerField(verbose_name='amount')),
                    ('balance_after', models.BigIntegerField(verbose_name='balance after')),
                    ('made_at', models.DateTimeField()),
                    ('account', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                    ('entry', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='legs', to='ledger.entry')),
                    ('institution', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ],
                options={
                    'verbose_name': 'posting',
                },
            ),
        ]),
        migrations.CreateModel(
            name='PostingKey',
            fields=[
                ('pk', models.CompositePrimaryKey('institution_id', 'key', blank=True, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=80)),
                ('request_hash', models.BinaryField()),
                ('entry_id', models.BigIntegerField()),
                ('business_date', models.DateField()),
                ('institution', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'posting key',
            },
        ),
        migrations.CreateModel(
            name='Reopening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('asked_person', models.UUIDField()),
                ('asked_label', models.CharField(max_length=60, verbose_name='asked by')),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
                ('decided_person', models.UUIDField(null=True)),
                ('decided_label', models.CharField(blank=True, max_length=60, verbose_name='decided by')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('approved', models.BooleanField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('closing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reopenings', to='ledger.dayclosing')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'reopening of a day',
            },
        ),
        migrations.CreateModel(
            name='Reversal',
            fields=[
                ('original', models.BigIntegerField(primary_key=True, serialize=False)),
                ('entry', models.BigIntegerField(unique=True)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'reversal',
            },
        ),
        # Made by sql/.
        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.CreateModel(
                name='Shard',
                fields=[
                    ('pk', models.CompositePrimaryKey('account_id', 'shard', blank=True, editable=False, primary_key=True, serialize=False)),
                    ('shard', models.SmallIntegerField()),
                    ('shards', models.SmallIntegerField()),
                    ('used', models.BooleanField()),
                    ('number', models.CharField(max_length=19)),
                    ('normal_side', models.CharField(max_length=6)),
                    ('currency', models.CharField(max_length=3)),
                    ('opened_on', models.DateField()),
                    ('state', models.CharField(max_length=12)),
                    ('balance_fen', models.BigIntegerField(db_default=0, verbose_name='balance')),
                    ('seq', models.BigIntegerField(db_default=0)),
                    ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                    ('institution', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ],
                options={
                    'verbose_name': 'shard',
                },
            ),
        ]),
        migrations.CreateModel(
            name='ShardRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shards', models.SmallIntegerField(verbose_name='shards')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('asked_person', models.UUIDField()),
                ('asked_label', models.CharField(max_length=60, verbose_name='asked by')),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
                ('decided_person', models.UUIDField(null=True)),
                ('decided_label', models.CharField(blank=True, max_length=60, verbose_name='decided by')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('approved', models.BooleanField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shard_requests', to='ledger.account')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'proposal of shards',
            },
        ),
        migrations.CreateModel(
            name='SubjectBalance',
            fields=[
                ('pk', models.CompositePrimaryKey('institution_id', 'chart_id', 'currency', 'business_date', 'round', blank=True, editable=False, primary_key=True, serialize=False)),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('business_date', models.DateField(verbose_name='business date')),
                ('round', models.SmallIntegerField()),
                ('opening_fen', models.BigIntegerField(verbose_name='opening balance')),
                ('debit_fen', models.BigIntegerField(verbose_name='debit')),
                ('credit_fen', models.BigIntegerField(verbose_name='credit')),
                ('closing_fen', models.BigIntegerField(verbose_name='closing balance')),
                ('chart', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.chartaccount')),
                ('institution', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'general ledger',
            },
        ),
        migrations.CreateModel(
            name='Turnover',
            fields=[
                ('pk', models.CompositePrimaryKey('account_id', 'business_date', 'closing_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('business_date', models.DateField(verbose_name='business date')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('legs', models.BigIntegerField(verbose_name='legs')),
                ('debit_fen', models.BigIntegerField(verbose_name='debit')),
                ('credit_fen', models.BigIntegerField(verbose_name='credit')),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('closing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='turnover', to='ledger.dayclosing')),
                ('institution', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('poster', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'turnover of a day',
            },
        ),
        migrations.AddIndex(
            model_name='businessday',
            index=models.Index(fields=['date', 'state'], name='ledger_day_by_date'),
        ),
        migrations.AddConstraint(
            model_name='businessday',
            constraint=models.UniqueConstraint(fields=('institution', 'date'), name='ledger_day_once'),
        ),
        migrations.AddConstraint(
            model_name='businessday',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'closed'), _negated=True), fields=('institution',), name='ledger_one_day_open'),
        ),
        migrations.AddConstraint(
            model_name='businessday',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('open', 'closing', 'sealed', 'closed'))), name='ledger_day_state_known'),
        ),
        migrations.AddConstraint(
            model_name='businessday',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state', 'closed')), models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_at', None), ('closed_by', '')), _connector='OR'), name='ledger_day_closed_by_and_at'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(fields=['institution', 'number'], name='ledger_account_by_outlet'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(fields=['customer_number', 'number'], name='ledger_account_by_customer'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('overdraft_allowed', True), ('own_fen__gte', models.F('held_fen')), _connector='OR'), name='ledger_no_overdraft'),
        ),
        migrations.AddIndex(
            model_name='closingbalance',
            index=models.Index(fields=['business_date', 'institution'], name='ledger_closing_by_date'),
        ),
        migrations.AddConstraint(
            model_name='daycarry',
            constraint=models.CheckConstraint(condition=models.Q(('count__gt', 0), models.Q(('reason', ''), _negated=True)), name='ledger_carry_has_reason'),
        ),
        migrations.AddIndex(
            model_name='dayclosing',
            index=models.Index(fields=['business_date'], name='ledger_closings_of_date'),
        ),
        migrations.AddConstraint(
            model_name='dayclosing',
            constraint=models.UniqueConstraint(fields=('institution', 'seq'), name='ledger_seal_in_order'),
        ),
        migrations.AddConstraint(
            model_name='dayclosing',
            constraint=models.UniqueConstraint(fields=('day', 'round'), name='ledger_closing_once'),
        ),
        migrations.AddConstraint(
            model_name='dayclosing',
            constraint=models.CheckConstraint(condition=models.Q(('entries__gte', 0), ('legs__gte', models.F('entries')), ('round__gt', 0), ('seq__gt', 0)), name='ledger_closing_counts'),
        ),
        migrations.AddConstraint(
            model_name='dayclosing',
            constraint=models.CheckConstraint(condition=models.Q(('content__regex', '^[0-9a-f]{64}$'), ('digest__regex', '^[0-9a-f]{64}$')), name='ledger_closing_hashed'),
        ),
        migrations.AddConstraint(
            model_name='dayopening',
            constraint=models.UniqueConstraint(fields=('institution', 'business_date'), name='ledger_opening_once'),
        ),
        migrations.AddConstraint(
            model_name='dayopening',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('result', ''), _negated=True), ('tries__gt', 0)), name='ledger_opening_tried'),
        ),
        migrations.AddConstraint(
            model_name='dayrun',
            constraint=models.UniqueConstraint(fields=('key', 'day'), name='ledger_run_once'),
        ),
        migrations.AddConstraint(
            model_name='dayrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('result', '')), models.Q(('done_at__isnull', False), models.Q(('result', ''), _negated=True)), _connector='OR'), name='ledger_run_ended'),
        ),
        migrations.AddConstraint(
            model_name='daysignature',
            constraint=models.UniqueConstraint(fields=('closing', 'place'), name='ledger_signed_once'),
        ),
        migrations.AddConstraint(
            model_name='daysignature',
            constraint=models.UniqueConstraint(fields=('closing', 'person'), name='ledger_signed_by_two'),
        ),
        migrations.AddConstraint(
            model_name='daysignature',
            constraint=models.CheckConstraint(condition=models.Q(('place__in', (1, 2))), name='ledger_two_signatures'),
        ),
        migrations.AddIndex(
            model_name='export',
            index=models.Index(fields=['staff', '-id'], name='ledger_export_by_staff'),
        ),
        migrations.AddConstraint(
            model_name='export',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('expires_at', None)), models.Q(('done_at__isnull', False), ('expires_at__isnull', False)), _connector='OR'), name='ledger_export_done_and_kept'),
        ),
        migrations.AddConstraint(
            model_name='exportpart',
            constraint=models.UniqueConstraint(fields=('export', 'seq'), name='ledger_export_part_once'),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(condition=models.Q(('released_at', None)), fields=['account', 'id'], name='ledger_hold_active'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0), ('placed_fen__gte', models.F('amount_fen'))), name='ledger_hold_positive'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('released_at', None), ('state', 'held')), models.Q(('released_at__isnull', False), ('state__in', ('released', 'expired'))), _connector='OR'), name='ledger_hold_state_known'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('judicial', False), models.Q(('document_no', ''), _negated=True), _connector='OR'), name='ledger_judicial_hold_has_document'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('released_at', None), ('released_by', '')), models.Q(('released_at__isnull', False), models.Q(('released_by', ''), _negated=True)), _connector='OR'), name='ledger_hold_released_by_and_at'),
        ),
        migrations.AddConstraint(
            model_name='holdrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('approved', None)), fields=('hold',), name='ledger_one_hold_request'),
        ),
        migrations.AddConstraint(
            model_name='holdrequest',
            constraint=models.CheckConstraint(condition=models.Q(('decided_person', None), models.Q(('decided_person', models.F('asked_person')), _negated=True), _connector='OR'), name='ledger_hold_decided_by_two'),
        ),
        migrations.AddConstraint(
            model_name='holdrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved', None), ('decided_at', None), ('decided_by', None), ('decided_person', None)), models.Q(('approved__isnull', False), ('decided_at__isnull', False), ('decided_by__isnull', False), ('decided_person__isnull', False)), _connector='OR'), name='ledger_hold_request_decided'),
        ),
        migrations.AddIndex(
            model_name='mark',
            index=models.Index(fields=['account', 'shard', 'made_at', 'seq'], name='ledger_mark_by_moment'),
        ),
        migrations.AddConstraint(
            model_name='reopening',
            constraint=models.UniqueConstraint(condition=models.Q(('approved', None)), fields=('closing',), name='ledger_one_reopening_asked'),
        ),
        migrations.AddConstraint(
            model_name='reopening',
            constraint=models.UniqueConstraint(condition=models.Q(('approved', True)), fields=('closing',), name='ledger_reopened_once'),
        ),
        migrations.AddConstraint(
            model_name='reopening',
            constraint=models.CheckConstraint(condition=models.Q(('decided_person', None), models.Q(('decided_person', models.F('asked_person')), _negated=True), _connector='OR'), name='ledger_reopened_by_two'),
        ),
        migrations.AddConstraint(
            model_name='reopening',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved', None), ('decided_at', None), ('decided_by', None), ('decided_person', None)), models.Q(('approved__isnull', False), ('decided_at__isnull', False), ('decided_by__isnull', False), ('decided_person__isnull', False)), _connector='OR'), name='ledger_reopening_decided'),
        ),
        migrations.AddConstraint(
            model_name='reopening',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='ledger_reopening_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='shardrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('approved', None)), fields=('account',), name='ledger_one_shard_request'),
        ),
        migrations.AddConstraint(
            model_name='shardrequest',
            constraint=models.CheckConstraint(condition=models.Q(('shards__gte', 1), ('shards__lte', 64)), name='ledger_shard_request_number'),
        ),
        migrations.AddConstraint(
            model_name='shardrequest',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='ledger_shard_request_reason'),
        ),
        migrations.AddConstraint(
            model_name='shardrequest',
            constraint=models.CheckConstraint(condition=models.Q(('decided_person', None), models.Q(('decided_person', models.F('asked_person')), _negated=True), _connector='OR'), name='ledger_shards_by_two'),
        ),
        migrations.AddConstraint(
            model_name='shardrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved', None), ('decided_at', None), ('decided_by', None), ('decided_person', None)), models.Q(('approved__isnull', False), ('decided_at__isnull', False), ('decided_by__isnull', False), ('decided_person__isnull', False)), _connector='OR'), name='ledger_shard_request_decided'),
        ),
        migrations.AddConstraint(
            model_name='turnover',
            constraint=models.CheckConstraint(condition=models.Q(('credit_fen__gte', 0), ('debit_fen__gte', 0), ('legs__gt', 0)), name='ledger_turnover_positive'),
        ),
    ]
