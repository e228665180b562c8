"""The register of blank vouchers, and what looks a number of a voucher up."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

GUARD = Path(__file__).resolve().parent.parent / "sql" / "blank_guard.sql"
UNDO = "DROP FUNCTION monitoring_blank_guard CASCADE"
TABLE = "monitoring_blankrange"


class Migration(migrations.Migration):

    dependencies = [
        ('imaging', '0006_key'),
        ('monitoring', '0015_layouts'),
        ('people', '0013_aml_duty'),
        ('worklist', '0009_day_load'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BlankRange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('layout', models.CharField(max_length=30, verbose_name='layout')),
                ('fate', models.CharField(max_length=9, verbose_name='what became of it')),
                ('first', models.CharField(max_length=18, verbose_name='from number')),
                ('last', models.CharField(max_length=18, verbose_name='to number')),
                ('state', models.CharField(default='proposed', max_length=8, verbose_name='state')),
                ('words', models.CharField(blank=True, max_length=200, verbose_name='why')),
                ('said_person', models.UUIDField()),
                ('said_on', models.DateField(verbose_name='day')),
                ('said_at', models.DateTimeField(verbose_name='said at')),
                ('decided_person', models.UUIDField(null=True)),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
            ],
            options={
                'verbose_name': 'blank vouchers',
            },
        ),
        migrations.AddIndex(
            model_name='match',
            index=models.Index(condition=models.Q(('voucher_no', ''), _negated=True), fields=['institution', 'voucher_no'], name='monitoring_voucher_no'),
        ),
        migrations.AddField(
            model_name='blankrange',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='blankrange',
            name='institution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution'),
        ),
        migrations.AddField(
            model_name='blankrange',
            name='said_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='blankrange',
            name='teller',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='blankrange',
            index=models.Index(fields=['institution', 'layout', 'first'], name='monitoring_blank_place'),
        ),
        migrations.AddIndex(
            model_name='blankrange',
            index=models.Index(fields=['state', '-id'], name='monitoring_blank_state'),
        ),
        migrations.AddConstraint(
            model_name='blankrange',
            constraint=models.CheckConstraint(condition=models.Q(('fate__in', ('outlet', 'teller', 'void', 'lost', 'destroyed')), ('state__in', ('proposed', 'accepted', 'declined'))), name='monitoring_blank_known'),
        ),
        migrations.AddConstraint(
            model_name='blankrange',
            constraint=models.CheckConstraint(condition=models.Q(('first__regex', '^[0-9]{4,18}$'), ('last__regex', '^[0-9]{4,18}$'), ('last__gte', models.F('first'))), name='monitoring_blank_numbers'),
        ),
        migrations.AddConstraint(
            model_name='blankrange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('fate', 'teller'), ('teller__isnull', False)), models.Q(models.Q(('fate', 'teller'), _negated=True), ('teller', None)), _connector='OR'), name='monitoring_blank_teller'),
        ),
        migrations.AddConstraint(
            model_name='blankrange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('fate__in', ('void', 'lost', 'destroyed')), _negated=True), models.Q(('words', ''), _negated=True), _connector='OR'), name='monitoring_blank_why'),
        ),
        migrations.AddConstraint(
            model_name='blankrange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decided_person', None), ('state', 'proposed')), models.Q(models.Q(('state', 'proposed'), _negated=True), ('decided_by__isnull', False), ('decided_person__isnull', False), ('decided_at__isnull', False)), _connector='OR'), name='monitoring_blank_decided'),
        ),
        migrations.RunSQL(rls_sql(TABLE), rls_undo_sql(TABLE)),
        migrations.RunSQL(GUARD.read_text(), UNDO),
    ]
