"""The chart of accounts comes with what the platform posts under; more is decided by two."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql
from foundation.ledger.rules import BASE_CHART

SQL = Path(__file__).resolve().parent.parent / "sql"
# A bank that has a subject already, as one with demo data, keeps it as it is.
BASE = [
    (
        """INSERT INTO ledger_chartaccount (code, name, normal_side, kind, must_clear)
        VALUES (%s, %s, %s, %s, %s) ON CONFLICT (code) DO NOTHING""",
        [one.code, one.name, one.normal_side, one.kind, one.must_clear],
    )
    for one in BASE_CHART
]


def again(name):
    """Return the operation that writes a function of an installed bank anew."""
    text = (SQL / f"{name}.sql").read_text()
    return migrations.RunSQL(
        text.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"), migrations.RunSQL.noop
    )


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0003_statement_in_order'),
        ('people', '0013_aml_duty'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SubjectRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('asked_person', models.UUIDField()),
                ('asked_label', models.CharField(max_length=60, verbose_name='asked by')),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
                ('decided_person', models.UUIDField(null=True)),
                ('decided_label', models.CharField(blank=True, max_length=60, verbose_name='decided by')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('decided_tx', models.BigIntegerField(null=True)),
                ('approved', models.BooleanField(null=True)),
                ('code', models.CharField(max_length=8, verbose_name='subject code')),
                ('name', models.CharField(max_length=60, verbose_name='subject name')),
                ('normal_side', models.CharField(max_length=6, verbose_name='normal side')),
                ('kind', models.CharField(max_length=10, verbose_name='kind')),
                ('must_clear', models.BooleanField(default=False, verbose_name='cleared daily')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'proposal of a subject',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='ledger_subjectrequest_reason'), models.CheckConstraint(condition=models.Q(models.Q(('approved', None), ('decided_at', None), ('decided_by', None), ('decided_person', None)), models.Q(('approved__isnull', False), ('decided_at__isnull', False), ('decided_by__isnull', False), ('decided_person__isnull', False)), _connector='OR'), name='ledger_subjectrequest_decided'), models.UniqueConstraint(condition=models.Q(('approved', None)), fields=('code',), name='ledger_one_subject_request'), models.CheckConstraint(condition=models.Q(('code__regex', '^[0-9]{4,8}$'), ('kind__in', ('customer', 'internal')), ('normal_side__in', ('debit', 'credit'))), name='ledger_subject_request_sound')],
            },
        ),
        migrations.RunSQL(BASE, migrations.RunSQL.noop),
        migrations.RunSQL(
            (SQL / "proposals.sql").read_text(),
            "DROP FUNCTION ledger_propose, ledger_proposal_guard CASCADE",
        ),
        migrations.RunSQL(rls_sql("ledger_subjectrequest"), rls_undo_sql("ledger_subjectrequest")),
        migrations.RunSQL("SELECT ledger_propose('ledger_subjectrequest')", migrations.RunSQL.noop),
        migrations.RunSQL(
            (SQL / "chart_guard.sql").read_text(), "DROP FUNCTION ledger_chart_guard CASCADE"
        ),
        again("rights_beyond"),
        again("guards_off"),
    ]
