"""What the watch lists said of an item is kept for the branch; slips of outlets that were offline."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
DROP FUNCTION authorization_screening_guard CASCADE;
DROP FUNCTION authorization_listed
"""
UNDO_OFFLINE = """
DROP FUNCTION authorization_offlinebook_guard CASCADE;
DROP FUNCTION authorization_offlineperiod_guard CASCADE;
DROP FUNCTION authorization_offlineslip_guard CASCADE;
DROP FUNCTION authorization_paper_decides;
DROP FUNCTION authorization_slip_holds
"""
TABLES = (
    "authorization_screening",
    "authorization_offlinebook",
    "authorization_offlineperiod",
    "authorization_offlineslip",
)


def function(name: str) -> str:
    """Return the functions of a guard, without its trigger, which is there."""
    return (SQL / name).read_text().partition("CREATE TRIGGER")[0]


class Migration(migrations.Migration):

    dependencies = [
        ('authorization', '0018_approved_and_posted'),
        ('people', '0012_roster_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Screening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveSmallIntegerField()),
                ('state', models.CharField(max_length=12, verbose_name='state')),
                ('lists', models.JSONField(default=list)),
                ('hits', models.JSONField(default=list)),
                ('alone', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='screenings', to='authorization.request')),
            ],
            options={
                'verbose_name': 'screening of an item',
                'indexes': [models.Index(condition=models.Q(('state', 'possible')), fields=['institution', '-id'], name='authorization_screening_hit')],
                'constraints': [
                    models.UniqueConstraint(fields=('request', 'seq'), name='authorization_screening_once_a_round'),
                    models.CheckConstraint(condition=models.Q(('state__in', ['clear', 'possible', 'unavailable']), models.Q(models.Q(('state', 'possible'), models.Q(('hits', []), _negated=True)), models.Q(models.Q(('state', 'possible'), _negated=True), ('hits', [])), _connector='OR')), name='authorization_screening_known'),
                ],
            },
        ),
        migrations.CreateModel(
            name='OfflineBook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.PositiveIntegerField(verbose_name='first serial')),
                ('count', models.PositiveSmallIntegerField(verbose_name='number of slips')),
                ('issued_at', models.DateTimeField(verbose_name='issued at')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'book of offline slips',
            },
        ),
        migrations.CreateModel(
            name='OfflinePeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('began_at', models.DateTimeField(verbose_name='from')),
                ('ended_at', models.DateTimeField(verbose_name='to')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('state', models.CharField(default='proposed', max_length=10, verbose_name='state')),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('epoch', models.PositiveIntegerField(null=True, unique=True, verbose_name='epoch')),
                ('until', models.DateTimeField(null=True, verbose_name='keyed in until')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'offline time',
            },
        ),
        migrations.CreateModel(
            name='OfflineSlip',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=13, unique=True, verbose_name='number of the slip')),
                ('state', models.CharField(default='unused', max_length=10, verbose_name='state')),
                ('trade_code', models.CharField(blank=True, max_length=8, verbose_name='transaction code')),
                ('amount_fen', models.BigIntegerField(null=True, verbose_name='amount')),
                ('order', models.JSONField(default=dict)),
                ('signed_at', models.DateTimeField(null=True, verbose_name='decided on paper')),
                ('authorizer_person', models.UUIDField(null=True)),
                ('keyed_person', models.UUIDField(null=True)),
                ('keyed_at', models.DateTimeField(null=True)),
                ('checked_person', models.UUIDField(null=True)),
                ('checked_at', models.DateTimeField(null=True)),
                ('remark', models.CharField(blank=True, max_length=200, verbose_name='remark')),
                ('explained_at', models.DateTimeField(null=True)),
                ('authorizer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('book', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='slips', to='authorization.offlinebook')),
                ('checked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('explained_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('keyed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('period', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='slips', to='authorization.offlineperiod')),
                ('request', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='offline_slip', to='authorization.request')),
            ],
            options={
                'verbose_name': 'offline slip',
            },
        ),
        migrations.AddField(
            model_name='decision',
            name='offline',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decision', to='authorization.offlineslip'),
        ),
        migrations.AddConstraint(
            model_name='offlinebook',
            constraint=models.UniqueConstraint(fields=('institution', 'first'), name='authorization_offlinebook_once'),
        ),
        migrations.AddConstraint(
            model_name='offlinebook',
            constraint=models.CheckConstraint(condition=models.Q(('count__gte', 1), ('count__lte', 100), ('first__gte', 1)), name='authorization_offlinebook_size'),
        ),
        migrations.AddIndex(
            model_name='offlineperiod',
            index=models.Index(fields=['institution', '-id'], name='authorization_offline_time'),
        ),
        migrations.AddConstraint(
            model_name='offlineperiod',
            constraint=models.CheckConstraint(condition=models.Q(('began_at__lt', models.F('ended_at')), ('state__in', ('proposed', 'active', 'declined')), ('ended_at__lte', models.F('proposed_at')), models.Q(('reason', ''), _negated=True)), name='authorization_offline_known'),
        ),
        migrations.AddConstraint(
            model_name='offlineperiod',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'proposed')), models.Q(models.Q(('state', 'proposed'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('proposed_by', models.F('decided_by')), _negated=True)), _connector='OR'), name='authorization_offline_two_people'),
        ),
        migrations.AddConstraint(
            model_name='offlineperiod',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('epoch__isnull', False), ('state', 'active'), ('until__isnull', False)), models.Q(models.Q(('state', 'active'), _negated=True), ('epoch', None), ('until', None)), _connector='OR'), name='authorization_offline_epoch'),
        ),
        migrations.AddIndex(
            model_name='offlineslip',
            index=models.Index(fields=['book', 'number'], name='authorization_slip_of_book'),
        ),
        migrations.AddIndex(
            model_name='offlineslip',
            index=models.Index(condition=models.Q(('state', 'keyed')), fields=['institution', '-id'], name='authorization_slip_keyed'),
        ),
        migrations.AddConstraint(
            model_name='offlineslip',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('unused', 'keyed', 'entered', 'spoiled', 'missing'))), name='authorization_slip_known'),
        ),
        migrations.AddConstraint(
            model_name='offlineslip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount_fen__gt', 0), ('authorizer__isnull', False), ('authorizer_person__isnull', False), ('keyed_at__isnull', False), ('keyed_by__isnull', False), ('keyed_person__isnull', False), ('period__isnull', False), ('signed_at__isnull', False), ('state__in', ('keyed', 'entered'))), models.Q(('period', None), ('state__in', ('unused', 'spoiled', 'missing'))), _connector='OR'), name='authorization_slip_keyed_whole'),
        ),
        migrations.AddConstraint(
            model_name='offlineslip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checked_at__isnull', False), ('checked_by__isnull', False), ('checked_person__isnull', False), ('request__isnull', False), ('state', 'entered')), models.Q(models.Q(('state', 'entered'), _negated=True), ('checked_at', None), ('checked_by', None), ('request', None)), _connector='OR'), name='authorization_slip_entered_whole'),
        ),
        migrations.AddConstraint(
            model_name='offlineslip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('spoiled', 'missing')), _negated=True), models.Q(('explained_at__isnull', False), ('explained_by__isnull', False), models.Q(('remark', ''), _negated=True)), _connector='OR'), name='authorization_slip_explained'),
        ),
        *(migrations.RunSQL(rls_sql(table), rls_undo_sql(table)) for table in TABLES),
        # An offline time of a branch binds its outlets, whose people do not see the branch.
        migrations.RunSQL(
            "CREATE POLICY authorization_offlineperiod_read ON authorization_offlineperiod"
            " FOR SELECT USING (true)",
            "DROP POLICY authorization_offlineperiod_read ON authorization_offlineperiod",
        ),
        migrations.RunSQL((SQL / "screening_guard.sql").read_text(), UNDO),
        migrations.RunSQL((SQL / "offline_guard.sql").read_text(), UNDO_OFFLINE),
        migrations.RunSQL(function("decision_guard.sql"), migrations.RunSQL.noop),
        migrations.RunSQL(function("request_guard.sql"), migrations.RunSQL.noop),
        migrations.RunSQL(function("publication_guard.sql"), migrations.RunSQL.noop),
        migrations.RunSQL(function("admission_guard.sql"), migrations.RunSQL.noop),
    ]
