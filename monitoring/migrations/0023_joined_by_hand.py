"""A voucher without a line is joined by hand with a line without a voucher, once, by who may."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = "DROP FUNCTION monitoring_joined_guard CASCADE"


class Migration(migrations.Migration):

    dependencies = [
        ('imaging', '0007_outage'),
        ('monitoring', '0022_late_pairs_counted'),
        ('people', '0013_aml_duty'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='alignment',
            name='monitoring_aligned_how',
        ),
        migrations.AddField(
            model_name='alignment',
            name='joined_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='alignment',
            name='joined_person',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='alignment',
            name='reason',
            field=models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='reason'),
        ),
        migrations.AddConstraint(
            model_name='alignment',
            constraint=models.UniqueConstraint(condition=models.Q(('how', 'hand')), fields=('document',), name='monitoring_joined_voucher_once'),
        ),
        migrations.AddConstraint(
            model_name='alignment',
            constraint=models.UniqueConstraint(condition=models.Q(('how', 'hand')), fields=('match',), name='monitoring_joined_line_once'),
        ),
        migrations.AddConstraint(
            model_name='alignment',
            constraint=models.CheckConstraint(condition=models.Q(('how__in', ('number', 'voucher', 'account', 'sum', 'order', 'part', 'again', 'hand'))), name='monitoring_aligned_how'),
        ),
        migrations.AddConstraint(
            model_name='alignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('how', 'hand'), ('joined_by__isnull', False), ('joined_person__isnull', False), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('how', 'hand'), _negated=True), ('joined_by', None), ('joined_person', None), ('reason', '')), _connector='OR'), name='monitoring_joined_by_and_why'),
        ),
        migrations.AddIndex(
            model_name='match',
            index=models.Index(condition=models.Q(('document', None), ('journal_no', ''), _connector='OR'), fields=['business_date', 'institution', 'state', 'result'], name='monitoring_one_sided'),
        ),
        *(
            migrations.RunSQL(
                (SQL / name).read_text().partition("CREATE TRIGGER")[0], migrations.RunSQL.noop
            )
            for name in ("entry_guard.sql", "match_guard.sql")
        ),
        migrations.RunSQL((SQL / "trace_guard.sql").read_text(), UNDO),
    ]
