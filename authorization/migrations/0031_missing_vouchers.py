"""A voucher that follows and never comes is said not to be there, by two people."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

SQL = Path(__file__).resolve().parent.parent / "sql"
TABLE = "authorization_missingvoucher"
UNDO = "DROP FUNCTION authorization_missing_guard CASCADE; DROP FUNCTION authorization_holds_role;"


def staff(**more: bool) -> models.ForeignKey:
    """Return the column of who said or decided it."""
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, **more
    )


class Migration(migrations.Migration):

    dependencies = [
        ('authorization', '0030_on_site_seen'),
        ('people', '0013_aml_duty'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='laterscan',
            name='missing_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name='laterscan',
            constraint=models.CheckConstraint(condition=models.Q(('scanned_at', None), ('missing_at', None), _connector='OR'), name='authorization_scan_ended_one_way'),
        ),
        migrations.CreateModel(
            name='MissingVoucher',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('state', models.CharField(default='proposed', max_length=8, verbose_name='state')),
                ('proposed_label', models.CharField(max_length=60)),
                ('proposed_person', models.UUIDField()),
                ('proposed_at', models.DateTimeField()),
                ('decided_label', models.CharField(blank=True, max_length=60)),
                ('decided_person', models.UUIDField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', staff(null=True)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('proposed_by', staff()),
                ('scan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='missing', to='authorization.laterscan')),
            ],
            options={
                'verbose_name': 'voucher said not to be there',
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('state__in', ('proposed', 'accepted'))), fields=('scan',), name='authorization_missing_once'),
                    models.CheckConstraint(condition=models.Q(('state__in', ('proposed', 'accepted', 'declined', 'ended')), models.Q(('reason', ''), _negated=True)), name='authorization_missing_known'),
                    models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state', 'proposed'), ('decided_by', None), ('decided_label', ''), ('decided_person', None)), models.Q(('decided_at__isnull', False), ('state', 'ended'), ('decided_by', None), ('decided_label', ''), ('decided_person', None)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('decided_person__isnull', False), ('state__in', ('accepted', 'declined'))), _connector='OR'), name='authorization_missing_decided'),
                ],
            },
        ),
        migrations.RunSQL(rls_sql(TABLE), rls_undo_sql(TABLE)),
        migrations.RunSQL((SQL / "missing_guard.sql").read_text(), UNDO),
        migrations.RunSQL(
            (SQL / "later_scan_guard.sql").read_text().partition("CREATE TRIGGER")[0], migrations.RunSQL.noop
        ),
    ]
