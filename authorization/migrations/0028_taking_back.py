"""A posted item is taken back by another one, which is decided as every correction is."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):

    dependencies = [('authorization', '0027_scans_and_receipts')]

    operations = [
        migrations.RemoveConstraint(
            model_name='request',
            name='authorization_accounts_of_the_kind',
        ),
        migrations.AddField(
            model_name='request',
            name='corrects',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='authorization.request'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('payer_account', ''), ('trade_code__in', ('1001', '1202')), models.Q(('payee_account', ''), _negated=True)), models.Q(models.Q(('trade_code__in', ('1001', '1202')), _negated=True), models.Q(('payer_account', ''), _negated=True)), models.Q(('trade_code__in', ('1401', '1402')), models.Q(('payee_account', ''), _negated=True)), _connector='OR'), name='authorization_accounts_of_the_kind'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('corrects__isnull', False), ('trade_code__in', ('1401', '1402'))), models.Q(models.Q(('trade_code__in', ('1401', '1402')), _negated=True), ('corrects', None)), _connector='OR'), name='authorization_corrects_what'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.UniqueConstraint(condition=models.Q(('corrects__isnull', False), models.Q(('state__in', ('rejected', 'withdrawn')), _negated=True)), fields=('corrects',), name='authorization_taken_back_once'),
        ),
        migrations.RunSQL(
            (SQL / "request_guard.sql").read_text().partition("CREATE TRIGGER")[0], migrations.RunSQL.noop
        ),
        migrations.RunSQL(
            (SQL / "correction_guard.sql").read_text(),
            "DROP FUNCTION authorization_correction_guard CASCADE",
        ),
    ]
