"""The automatic tier decides what two people let it; an account opens without a first deposit."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
DROP FUNCTION authorization_publication_guard CASCADE;
DROP FUNCTION authorization_tier_decides;
DROP FUNCTION authorization_in_emergency
"""


def function(name: str) -> str:
    """Return the first function of a guard, without its trigger, which is there."""
    return (SQL / name).read_text().partition("CREATE TRIGGER")[0]


def verdict_guard() -> str:
    """Return the function that guards what the tier said, the second of its file."""
    guards = (SQL / "tier_guard.sql").read_text()
    return guards[guards.index("CREATE OR REPLACE FUNCTION authorization_tierverdict_guard") :].partition("CREATE TRIGGER")[0]


class Migration(migrations.Migration):

    dependencies = [
        ('authorization', '0016_tier'),
        ('imaging', '0003_photo'),
        ('ledger', '0003_statement_in_order'),
        ('people', '0012_roster_guards'),
        ('worklist', '0006_able'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TierPublication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), size=None)),
                ('most_fen', models.BigIntegerField(verbose_name='largest amount of an item')),
                ('sample_percent', models.PositiveSmallIntegerField(verbose_name='share seen again')),
                ('until', models.DateField(verbose_name='last day')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('state', models.CharField(default='proposed', max_length=10, verbose_name='state')),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_reason', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'verbose_name': 'publication of the automatic tier',
            },
        ),
        migrations.RemoveConstraint(
            model_name='request',
            name='authorization_amount_positive',
        ),
        migrations.RemoveConstraint(
            model_name='request',
            name='authorization_posted_has_entry',
        ),
        migrations.RemoveIndex(
            model_name='decision',
            name='authorization_until',
        ),
        migrations.AddField(
            model_name='decision',
            name='tier_verdict',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='authorization.tierverdict'),
        ),
        migrations.AddField(
            model_name='tierverdict',
            name='failure',
            field=models.CharField(blank=True, db_default='', max_length=100),
        ),
        migrations.AlterField(
            model_name='decision',
            name='decider',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='decision',
            name='decider_person',
            field=models.UUIDField(null=True),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['business_date', 'at'], include=('institution', 'view_ms', 'decider'), name='authorization_until'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(condition=models.Q(('tier_verdict__isnull', False)), fields=['business_date', '-id'], name='authorization_automatic_day'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.UniqueConstraint(condition=models.Q(('tier_verdict__isnull', False)), fields=('tier_verdict',), name='authorization_automatic_once'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decider__isnull', False), ('decider_person__isnull', False), ('tier_verdict', None)), models.Q(('decider', None), ('decider_person', None), ('fallback', None), ('level', 1), ('step', 'approve'), ('tier_verdict__isnull', False), ('view_ms', 0)), _connector='OR'), name='authorization_decision_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0), models.Q(('amount_fen', 0), ('trade_code__in', ('1202',))), _connector='OR'), name='authorization_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry__isnull', False), ('posted_at__isnull', False), ('state', 'posted')), models.Q(('amount_fen', 0), ('entry', None), ('posted_at__isnull', False), ('state', 'posted')), models.Q(models.Q(('state', 'posted'), _negated=True), ('entry', None), ('posted_at', None)), _connector='OR'), name='authorization_posted_has_entry'),
        ),
        migrations.AddField(
            model_name='tierpublication',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tierpublication',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tierpublication',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tierpublication',
            name='tier_set',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publications', to='authorization.tierset'),
        ),
        migrations.AddField(
            model_name='tierverdict',
            name='publication',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='authorization.tierpublication'),
        ),
        migrations.AddIndex(
            model_name='tierverdict',
            index=models.Index(condition=models.Q(('publication__isnull', False)), fields=['publication', '-id'], name='authorization_tier_published'),
        ),
        migrations.AddConstraint(
            model_name='tierverdict',
            constraint=models.CheckConstraint(condition=models.Q(('failure', ''), models.Q(('line', 0), ('outcome', 'human')), _connector='OR'), name='authorization_tier_failure_is_left'),
        ),
        migrations.AddIndex(
            model_name='tierpublication',
            index=models.Index(fields=['state', '-id'], name='authorization_publication'),
        ),
        migrations.AddConstraint(
            model_name='tierpublication',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('proposed', 'active', 'declined', 'withdrawn', 'expired')), ('most_fen__gt', 0), ('sample_percent__gte', 1), ('sample_percent__lte', 100), ('codes__len__gte', 1), models.Q(('reason', ''), _negated=True)), name='authorization_publication_known'),
        ),
        migrations.AddConstraint(
            model_name='tierpublication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'proposed')), models.Q(models.Q(('state', 'proposed'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('proposed_by', models.F('decided_by')), _negated=True)), _connector='OR'), name='authorization_publication_two_people'),
        ),
        migrations.AddConstraint(
            model_name='tierpublication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ('withdrawn', 'expired')), models.Q(('ended_reason', ''), _negated=True)), models.Q(models.Q(('state__in', ('withdrawn', 'expired')), _negated=True), ('ended_at', None), ('ended_by', None), ('ended_reason', '')), _connector='OR'), name='authorization_publication_ended'),
        ),
        migrations.RunSQL((SQL / "publication_guard.sql").read_text(), UNDO),
        migrations.RunSQL(function("decision_guard.sql"), migrations.RunSQL.noop),
        migrations.RunSQL(function("request_guard.sql"), migrations.RunSQL.noop),
        migrations.RunSQL(verdict_guard(), migrations.RunSQL.noop),
    ]
