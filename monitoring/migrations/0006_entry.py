"""A day's closing, explanations of breaks, and slices that people key; guarded."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

GUARD = Path(__file__).resolve().parent.parent / "sql" / "entry_guard.sql"
TABLES = tuple(
    f"monitoring_{name}" for name in ("alignment", "explanation", "dayend", "slice", "keying")
)
UNDO = """
DROP FUNCTION monitoring_entry_kept_guard CASCADE;
DROP FUNCTION monitoring_dayend_guard CASCADE;
DROP FUNCTION monitoring_explanation_guard CASCADE;
DROP FUNCTION monitoring_keying_guard CASCADE
"""


class Migration(migrations.Migration):

    dependencies = [
        ('imaging', '0005_batches'),
        ('monitoring', '0005_slips'),
        ('people', '0012_roster_guards'),
        ('worklist', '0006_able'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Slice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(max_length=16, verbose_name='field')),
                ('image', models.CharField(max_length=120)),
                ('keyers', models.PositiveSmallIntegerField(verbose_name='keyers needed')),
                ('state', models.CharField(default='keying', max_length=8, verbose_name='state')),
                ('answer', models.CharField(blank=True, max_length=32, verbose_name='answer keyed')),
                ('known', models.CharField(blank=True, max_length=32, verbose_name='known answer')),
                ('touched', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('made_at', models.DateTimeField(verbose_name='cut at')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('match', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='slices', to='monitoring.match')),
                ('page', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='imaging.page')),
                ('work_item', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='worklist.workitem')),
            ],
            options={
                'verbose_name': 'slice to be keyed',
            },
        ),
        migrations.CreateModel(
            name='Keying',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.UUIDField()),
                ('arbiter', models.BooleanField(default=False, verbose_name='as arbiter')),
                ('value', models.CharField(max_length=32, verbose_name='value keyed')),
                ('strokes', models.PositiveSmallIntegerField(verbose_name='keystrokes')),
                ('milliseconds', models.PositiveIntegerField(verbose_name='milliseconds')),
                ('right', models.BooleanField(null=True, verbose_name='right')),
                ('keyed_at', models.DateTimeField(verbose_name='keyed at')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('keyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('slice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keyings', to='monitoring.slice')),
            ],
            options={
                'verbose_name': 'keying',
            },
        ),
        migrations.CreateModel(
            name='Alignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('how', models.CharField(max_length=8, verbose_name='found by')),
                ('found_at', models.DateTimeField(verbose_name='found at')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='imaging.document')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('match', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alignments', to='monitoring.match')),
            ],
            options={
                'verbose_name': 'alignment of voucher and line',
                'constraints': [models.UniqueConstraint(fields=('match', 'document'), name='monitoring_aligned_once'), models.CheckConstraint(condition=models.Q(('how__in', ('number', 'voucher', 'account', 'sum', 'order', 'part'))), name='monitoring_aligned_how')],
            },
        ),
        migrations.CreateModel(
            name='DayEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('business_date', models.DateField(verbose_name='business date')),
                ('closed_at', models.DateTimeField(verbose_name='day closed at')),
                ('pairs', models.PositiveIntegerField(verbose_name='pairs')),
                ('explained', models.PositiveIntegerField(verbose_name='breaks explained')),
                ('closed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': "closing of a day's vouchers",
                'constraints': [models.UniqueConstraint(fields=('institution', 'business_date'), name='monitoring_day_closed_once')],
            },
        ),
        migrations.CreateModel(
            name='Explanation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=200, verbose_name='explanation')),
                ('state', models.CharField(default='proposed', max_length=8, verbose_name='state')),
                ('author_person', models.UUIDField()),
                ('written_at', models.DateTimeField(verbose_name='written at')),
                ('decided_person', models.UUIDField(null=True)),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('match', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='explanations', to='monitoring.match')),
            ],
            options={
                'verbose_name': 'explanation of a break',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'declined'), _negated=True), fields=('match',), name='monitoring_explained_once'), models.CheckConstraint(condition=models.Q(('state__in', ('proposed', 'accepted', 'declined')), models.Q(('text', ''), _negated=True)), name='monitoring_explanation_known'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decided_person', None), ('state', 'proposed')), models.Q(models.Q(('state', 'proposed'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False), ('decided_person__isnull', False)), _connector='OR'), name='monitoring_explanation_decided')],
            },
        ),
        migrations.AddIndex(
            model_name='slice',
            index=models.Index(fields=['match', 'state'], name='monitoring_slice_match'),
        ),
        migrations.AddIndex(
            model_name='slice',
            index=models.Index(fields=['state', '-id'], name='monitoring_slice_state'),
        ),
        migrations.AddConstraint(
            model_name='slice',
            constraint=models.UniqueConstraint(condition=models.Q(('match__isnull', False), models.Q(('state', 'void'), _negated=True)), fields=('match', 'field', 'page'), name='monitoring_slice_once'),
        ),
        migrations.AddConstraint(
            model_name='slice',
            constraint=models.CheckConstraint(condition=models.Q(('field__in', ('amount', 'amount_words', 'account', 'payee_account', 'voucher_no')), ('keyers__in', (1, 2)), ('state__in', ('keying', 'agreed', 'disputed', 'settled', 'void'))), name='monitoring_slice_known'),
        ),
        migrations.AddConstraint(
            model_name='slice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('known', ''), ('match__isnull', False)), models.Q(('match', None), models.Q(('known', ''), _negated=True)), _connector='OR'), name='monitoring_slice_control'),
        ),
        migrations.AddConstraint(
            model_name='slice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('ended_at', None), ('state__in', ('keying', 'disputed'))), models.Q(('ended_at__isnull', False), ('state__in', ('agreed', 'settled')), models.Q(('answer', ''), _negated=True)), models.Q(('ended_at__isnull', False), ('state', 'void')), _connector='OR'), name='monitoring_slice_ended'),
        ),
        migrations.AddIndex(
            model_name='keying',
            index=models.Index(fields=['keyed_at', 'keyer'], name='monitoring_keying_day'),
        ),
        migrations.AddConstraint(
            model_name='keying',
            constraint=models.UniqueConstraint(fields=('slice', 'person'), name='monitoring_keyed_once'),
        ),
        migrations.AddConstraint(
            model_name='keying',
            constraint=models.CheckConstraint(condition=models.Q(('value', ''), _negated=True), name='monitoring_keyed_something'),
        ),
        *(migrations.RunSQL(rls_sql(table), rls_undo_sql(table)) for table in TABLES),
        migrations.RunSQL(GUARD.read_text(), UNDO),
    ]
