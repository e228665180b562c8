"""What a machine would say of items, in shadow: sets of two people, and verdicts kept for good."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

GUARD = Path(__file__).resolve().parent.parent / "sql" / "tier_guard.sql"
UNDO = """
DROP FUNCTION authorization_tierset_guard CASCADE;
DROP FUNCTION authorization_tierverdict_guard CASCADE
"""
TABLE = "authorization_tierverdict"


class Migration(migrations.Migration):

    dependencies = [
        ('authorization', '0015_admission'),
        ('people', '0012_roster_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TierSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('lines', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), size=None)),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('proposed_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('declined_at', models.DateTimeField(null=True)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('declined_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'set of rules of the automatic tier',
            },
        ),
        migrations.CreateModel(
            name='TierVerdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveSmallIntegerField()),
                ('outcome', models.CharField(max_length=8)),
                ('reason', models.CharField(blank=True, max_length=4)),
                ('line', models.PositiveSmallIntegerField()),
                ('held', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), default=list, size=None)),
                ('content_hash', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tier_verdicts', to='authorization.request')),
                ('tier_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='authorization.tierset')),
            ],
            options={
                'verbose_name': 'verdict of the automatic tier',
            },
        ),
        migrations.AddIndex(
            model_name='tierset',
            index=models.Index(fields=['-valid_from', '-id'], name='authorization_tier_days'),
        ),
        migrations.AddConstraint(
            model_name='tierset',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at', None), ('approved_by', None)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False)), _connector='OR'), name='authorization_tier_approved_by_and_at'),
        ),
        migrations.AddConstraint(
            model_name='tierset',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('declined_at', None), ('declined_by', None)), models.Q(('approved_by', None), ('declined_at__isnull', False), ('declined_by__isnull', False)), _connector='OR'), name='authorization_tier_declined_by_and_at'),
        ),
        migrations.AddConstraint(
            model_name='tierset',
            constraint=models.CheckConstraint(condition=models.Q(('proposed_by', models.F('approved_by')), _negated=True), name='authorization_tier_two_people'),
        ),
        migrations.AddConstraint(
            model_name='tierset',
            constraint=models.CheckConstraint(condition=models.Q(('lines__len__gte', 1), ('lines__len__lte', 30)), name='authorization_tier_has_lines'),
        ),
        migrations.AddConstraint(
            model_name='tierverdict',
            constraint=models.UniqueConstraint(fields=('request', 'seq', 'tier_set'), name='authorization_tier_once_a_round'),
        ),
        migrations.AddConstraint(
            model_name='tierverdict',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'reject'), models.Q(('reason', ''), _negated=True)), models.Q(('outcome__in', ['pass', 'human']), ('reason', '')), _connector='OR'), name='authorization_tier_reason_of_a_no'),
        ),
        migrations.AddConstraint(
            model_name='tierverdict',
            constraint=models.CheckConstraint(condition=models.Q(('line__gt', 0), ('outcome', 'human'), _connector='OR'), name='authorization_tier_line_spoke'),
        ),
        migrations.RunSQL(rls_sql(TABLE), rls_undo_sql(TABLE)),
        migrations.RunSQL(GUARD.read_text(), UNDO),
    ]
