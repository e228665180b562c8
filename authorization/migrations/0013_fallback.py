"""Outlets decide in an emergency that two people switch; guarded, numbered and scoped."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

SQL = Path(__file__).resolve().parent.parent / "sql"
TABLES = ("authorization_fallback", "authorization_localauthorizer")
UNDO = """
DROP FUNCTION authorization_fallback_guard CASCADE;
DROP FUNCTION authorization_localauthorizer_guard CASCADE;
DROP FUNCTION authorization_decides_locally;
DROP FUNCTION authorization_epoch_of
"""


def function(name: str) -> str:
    """Return the function of a guard, without its trigger, which is there."""
    return (SQL / name).read_text().partition("CREATE TRIGGER")[0]


class Migration(migrations.Migration):

    dependencies = [
        ('authorization', '0012_conversation'),
        ('people', '0012_roster_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LocalAuthorizer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('most_fen', models.BigIntegerField(verbose_name='largest amount')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('state', models.CharField(default='proposed', max_length=10, verbose_name='state')),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'local authorizer',
            },
        ),
        migrations.AddField(
            model_name='decision',
            name='epoch',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='request',
            name='opened_epoch',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name='Fallback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('drill', models.BooleanField(default=False, verbose_name='drill')),
                ('state', models.CharField(default='proposed', max_length=10, verbose_name='state')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('minutes', models.PositiveSmallIntegerField(verbose_name='minutes')),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('epoch', models.PositiveIntegerField(null=True, unique=True, verbose_name='epoch')),
                ('until', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_how', models.CharField(blank=True, max_length=10)),
                ('ended_reason', models.CharField(blank=True, max_length=200)),
                ('ended_epoch', models.PositiveIntegerField(null=True, unique=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'emergency',
            },
        ),
        migrations.AddField(
            model_name='decision',
            name='fallback',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='authorization.fallback'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(condition=models.Q(('fallback__isnull', False)), fields=['fallback', '-id'], name='authorization_local_decisions'),
        ),
        migrations.AddField(
            model_name='localauthorizer',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='localauthorizer',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='localauthorizer',
            name='institution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution'),
        ),
        migrations.AddField(
            model_name='localauthorizer',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='localauthorizer',
            name='staff',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='fallback',
            index=models.Index(condition=models.Q(('state', 'active')), fields=['institution'], name='authorization_fallback_now'),
        ),
        migrations.AddIndex(
            model_name='fallback',
            index=models.Index(fields=['state', '-id'], name='authorization_fallback_state'),
        ),
        migrations.AddConstraint(
            model_name='fallback',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('proposed', 'active', 'declined', 'ended')), ('minutes__gt', 0), models.Q(('reason', ''), _negated=True)), name='authorization_fallback_known'),
        ),
        migrations.AddConstraint(
            model_name='fallback',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'proposed')), models.Q(models.Q(('state', 'proposed'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('proposed_by', models.F('decided_by')), _negated=True)), _connector='OR'), name='authorization_fallback_two_people'),
        ),
        migrations.AddConstraint(
            model_name='fallback',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('epoch__isnull', False), ('state__in', ('active', 'ended')), ('until__isnull', False)), models.Q(('epoch', None), ('state__in', ('proposed', 'declined')), ('until', None)), _connector='OR'), name='authorization_fallback_epoch'),
        ),
        migrations.AddConstraint(
            model_name='fallback',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('ended_epoch__gt', models.F('epoch')), ('ended_how__in', ['return', 'lapse']), ('state', 'ended')), models.Q(models.Q(('state', 'ended'), _negated=True), ('ended_at', None), ('ended_epoch', None), ('ended_how', '')), _connector='OR'), name='authorization_fallback_ended'),
        ),
        migrations.AddConstraint(
            model_name='fallback',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_by__isnull', False), ('ended_how', 'return')), models.Q(models.Q(('ended_how', 'return'), _negated=True), ('ended_by', None)), _connector='OR'), name='authorization_fallback_returned_by'),
        ),
        migrations.AddConstraint(
            model_name='localauthorizer',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('proposed', 'active'))), fields=('staff',), name='authorization_local_once'),
        ),
        migrations.AddConstraint(
            model_name='localauthorizer',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('proposed', 'active', 'declined', 'ended')), ('most_fen__gt', 0), models.Q(('reason', ''), _negated=True)), name='authorization_local_known'),
        ),
        migrations.AddConstraint(
            model_name='localauthorizer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'proposed')), models.Q(models.Q(('state', 'proposed'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('proposed_by', models.F('decided_by')), _negated=True)), _connector='OR'), name='authorization_local_two_people'),
        ),
        migrations.AddConstraint(
            model_name='localauthorizer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), ('state', 'ended')), models.Q(models.Q(('state', 'ended'), _negated=True), ('ended_at', None), ('ended_by', None)), _connector='OR'), name='authorization_local_ended'),
        ),
        *(migrations.RunSQL(rls_sql(table), rls_undo_sql(table)) for table in TABLES),
        # An emergency of a branch binds its outlets, whose people do not see the branch.
        migrations.RunSQL(
            "CREATE POLICY authorization_fallback_read ON authorization_fallback"
            " FOR SELECT USING (true)",
            "DROP POLICY authorization_fallback_read ON authorization_fallback",
        ),
        migrations.RunSQL(
            "CREATE SEQUENCE authorization_epoch AS int;"
            " REVOKE ALL ON SEQUENCE authorization_epoch FROM PUBLIC",
            "DROP SEQUENCE authorization_epoch",
        ),
        migrations.RunSQL((SQL / "fallback_guard.sql").read_text(), UNDO),
        migrations.RunSQL(function("decision_guard.sql"), migrations.RunSQL.noop),
        migrations.RunSQL(function("request_guard.sql"), migrations.RunSQL.noop),
    ]
