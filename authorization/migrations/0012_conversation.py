"""What desk and teller write about an item, and what was decided and may be taken back."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

SQL = Path(__file__).resolve().parent.parent / "sql"
TABLES = ("authorization_message", "authorization_verdict")


def function(name: str) -> str:
    """Return the function of a guard, without its trigger, which is there."""
    return (SQL / name).read_text().partition("CREATE TRIGGER")[0]


class Migration(migrations.Migration):

    dependencies = [
        ('authorization', '0011_opening'),
        ('imaging', '0002_guards'),
        ('ledger', '0003_statement_in_order'),
        ('people', '0012_roster_guards'),
        ('worklist', '0006_able'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempt', models.PositiveSmallIntegerField()),
                ('side', models.CharField(max_length=8)),
                ('by_label', models.CharField(max_length=60)),
                ('text', models.CharField(max_length=200, verbose_name='message')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='authorization.request')),
            ],
            options={
                'verbose_name': 'message',
                'indexes': [models.Index(fields=['request', '-id'], name='authorization_talk')],
                'constraints': [models.CheckConstraint(condition=models.Q(('side__in', ('desk', 'counter')), models.Q(('text', ''), _negated=True)), name='authorization_message_says')],
            },
        ),
        migrations.CreateModel(
            name='Verdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveSmallIntegerField()),
                ('level', models.PositiveSmallIntegerField()),
                ('step', models.CharField(max_length=12, verbose_name='decision')),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=4), default=list, size=None)),
                ('remark', models.CharField(blank=True, max_length=200)),
                ('content_hash', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('ended_by', models.CharField(blank=True, max_length=8)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'decision that may be taken back',
            },
        ),
        migrations.RemoveConstraint(
            model_name='request',
            name='authorization_state_known',
        ),
        migrations.RemoveIndex(
            model_name='request',
            name='authorization_in_the_centre',
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(condition=models.Q(('state__in', ('queued', 'viewing', 'on_hold', 'escalated', 'settling'))), fields=['state', 'queued_at'], name='authorization_in_the_centre'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('new', 'queued', 'approved', 'viewing', 'escalated', 'on_hold', 'posted', 'rejected', 'returned', 'settling', 'withdrawn'))), name='authorization_state_known'),
        ),
        migrations.AddField(
            model_name='verdict',
            name='decider',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='verdict',
            name='institution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution'),
        ),
        migrations.AddField(
            model_name='verdict',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='authorization.request'),
        ),
        migrations.AddIndex(
            model_name='verdict',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['due_at', 'id'], name='authorization_verdict_due'),
        ),
        migrations.AddConstraint(
            model_name='verdict',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('request',), name='authorization_one_verdict_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='verdict',
            constraint=models.CheckConstraint(condition=models.Q(('due_at__gt', models.F('at')), ('step__in', ('approve', 'reject', 'return'))), name='authorization_verdict_whole'),
        ),
        migrations.AddConstraint(
            model_name='verdict',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', '')), models.Q(('ended_at__isnull', False), ('ended_at__lt', models.F('due_at')), ('ended_by', 'undone')), models.Q(('ended_at__gte', models.F('due_at')), ('ended_at__isnull', False), ('ended_by', 'settled')), _connector='OR'), name='authorization_verdict_undone_in_time'),
        ),
        *(migrations.RunSQL(rls_sql(table), rls_undo_sql(table)) for table in TABLES),
        migrations.RunSQL(
            (SQL / "message_guard.sql").read_text(),
            "DROP FUNCTION authorization_message_guard CASCADE",
        ),
        migrations.RunSQL(
            (SQL / "verdict_guard.sql").read_text(),
            "DROP FUNCTION authorization_verdict_guard CASCADE",
        ),
        migrations.RunSQL(function("decision_guard.sql"), migrations.RunSQL.noop),
    ]
