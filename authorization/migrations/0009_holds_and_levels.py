"""Holds with their questions, two levels, moments and escalation; the guards know of them."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

SQL = Path(__file__).resolve().parent.parent / "sql"
TABLE = "authorization_inquiry"


def function(name: str) -> str:
    """Return the function of a guard, without its trigger, which is there."""
    return (SQL / name).read_text().partition("CREATE TRIGGER")[0]


class Migration(migrations.Migration):

    dependencies = [
        ('authorization', '0008_limits_become_rules'),
        ('imaging', '0002_guards'),
        ('ledger', '0003_statement_in_order'),
        ('people', '0010_secrets_apart'),
        ('worklist', '0005_kept_and_leads'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Inquiry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempt', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(max_length=8, verbose_name='kind')),
                ('question', models.CharField(max_length=200, verbose_name='question')),
                ('called_number', models.CharField(blank=True, max_length=20, verbose_name='number called')),
                ('asked_by_label', models.CharField(max_length=60)),
                ('asked_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('ended_by', models.CharField(blank=True, max_length=10)),
                ('ended_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, max_length=200, verbose_name='answer')),
                ('outcome', models.CharField(blank=True, max_length=12, verbose_name='outcome of the call')),
                ('answered_by_label', models.CharField(blank=True, max_length=60)),
            ],
            options={
                'verbose_name': 'inquiry',
            },
        ),
        migrations.RemoveConstraint(
            model_name='decision',
            name='authorization_one_decision_a_round',
        ),
        migrations.RemoveConstraint(
            model_name='request',
            name='authorization_state_known',
        ),
        migrations.RemoveIndex(
            model_name='request',
            name='authorization_in_the_centre',
        ),
        migrations.AddField(
            model_name='decision',
            name='hold_ms',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='decision',
            name='level',
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name='decision',
            name='seen_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='decision',
            name='show_ms',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='request',
            name='alarmed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='request',
            name='call_needed',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='request',
            name='escalated_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='request',
            name='escalated_why',
            field=models.CharField(blank=True, db_default='', max_length=12),
        ),
        migrations.AddField(
            model_name='request',
            name='held_ms',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='request',
            name='level',
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name='request',
            name='levels_needed',
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name='request',
            name='shown_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='request',
            name='viewed_ms',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(condition=models.Q(('state__in', ('queued', 'viewing', 'on_hold', 'escalated'))), fields=['state', 'queued_at'], name='authorization_in_the_centre'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.UniqueConstraint(fields=('request', 'seq', 'level'), name='authorization_one_decision_a_round'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', (1, 2)), ('hold_ms__gte', 0), models.Q(('show_ms', None), ('show_ms__gte', 0), _connector='OR')), name='authorization_decision_level_and_times'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('new', 'queued', 'approved', 'viewing', 'escalated', 'on_hold', 'posted', 'rejected', 'returned', 'withdrawn'))), name='authorization_state_known'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('levels_needed__in', (1, 2)), ('level__gte', 1), ('level__lte', models.F('levels_needed'))), name='authorization_level_of_those_needed'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('escalated_at', None), ('escalated_why', '')), models.Q(('escalated_at__isnull', False), ('escalated_why__in', ['waited', 'undecided'])), _connector='OR'), name='authorization_escalated_when_and_why'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'escalated'), _negated=True), ('escalated_at__isnull', False), _connector='OR'), name='authorization_escalated_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('held_ms__gte', 0), ('viewed_ms__gte', 0)), name='authorization_time_passes'),
        ),
        migrations.AddField(
            model_name='inquiry',
            name='answered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='inquiry',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='inquiry',
            name='institution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution'),
        ),
        migrations.AddField(
            model_name='inquiry',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inquiries', to='authorization.request'),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['due_at', 'id'], name='authorization_inquiry_due'),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['asked_by'], name='authorization_inquiry_asked'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('request',), name='authorization_one_inquiry_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['rescan', 'consult', 'call']), models.Q(('question', ''), _negated=True)), name='authorization_inquiry_asks'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'call'), models.Q(('called_number', ''), _negated=True)), models.Q(models.Q(('kind', 'call'), _negated=True), ('called_number', '')), _connector='OR'), name='authorization_inquiry_number_of_a_call'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', '')), models.Q(('ended_at__isnull', False), ('ended_by__in', ('answered', 'lapsed', 'withdrawn'))), _connector='OR'), name='authorization_inquiry_ended_how_and_when'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_by__isnull', False), ('ended_by', 'answered'), models.Q(('answer', ''), _negated=True)), models.Q(models.Q(('ended_by', 'answered'), _negated=True), ('answer', ''), ('answered_by', None)), _connector='OR'), name='authorization_inquiry_answered_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_by', 'answered'), ('kind', 'call'), ('outcome__in', ['confirmed', 'denied', 'not_reached'])), models.Q(models.Q(('ended_by', 'answered'), ('kind', 'call'), _negated=True), ('outcome', '')), _connector='OR'), name='authorization_inquiry_outcome_of_a_call'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'consult'), _negated=True), models.Q(('asked_by', models.F('answered_by')), _negated=True), _connector='OR'), name='authorization_inquiry_two_people'),
        ),
        migrations.RunSQL(rls_sql(TABLE), rls_undo_sql(TABLE)),
        migrations.RunSQL(
            (SQL / "inquiry_guard.sql").read_text(),
            "DROP FUNCTION authorization_inquiry_guard CASCADE",
        ),
        migrations.RunSQL(function("decision_guard.sql"), migrations.RunSQL.noop),
        migrations.RunSQL(function("request_guard.sql"), migrations.RunSQL.noop),
    ]
