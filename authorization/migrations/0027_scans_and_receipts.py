"""Where the rule says so a voucher follows its posting; papers of receipts are counted."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

SQL = Path(__file__).resolve().parent.parent / "sql"


def tier_decides() -> str:
    """Return the function that lets the tier decide, out of the file of guards."""
    whole = (SQL / "publication_guard.sql").read_text()
    begins = whole.index("CREATE OR REPLACE FUNCTION authorization_tier_decides(")
    return whole[begins : whole.index("END $$;", begins) + len("END $$;")]


class Migration(migrations.Migration):

    dependencies = [
        ('authorization', '0026_on_site'),
        ('people', '0013_aml_duty'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='request',
            name='scan_minutes',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.CreateModel(
            name='LaterScan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('business_date', models.DateField(verbose_name='business date')),
                ('due_at', models.DateTimeField(verbose_name='due by')),
                ('scanned_at', models.DateTimeField(null=True)),
                ('scanned_by_label', models.CharField(blank=True, max_length=60)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='later_scan', to='authorization.request')),
                ('scanned_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('teller', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'voucher scanned later',
                'indexes': [models.Index(condition=models.Q(('scanned_at', None)), fields=['institution', 'due_at'], name='authorization_scan_due'), models.Index(condition=models.Q(('scanned_at', None)), fields=['teller', 'due_at'], name='authorization_scan_of_teller'), models.Index(fields=['business_date'], name='authorization_scan_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('scanned_at', None), ('scanned_by', None), ('scanned_by_label', '')), models.Q(('scanned_at__isnull', False), ('scanned_by__isnull', False), models.Q(('scanned_by_label', ''), _negated=True)), _connector='OR'), name='authorization_scan_by_and_at')],
            },
        ),
        migrations.CreateModel(
            name='ReceiptPrint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveIntegerField()),
                ('by_label', models.CharField(max_length=60)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prints', to='authorization.request')),
            ],
            options={
                'verbose_name': 'print of a receipt',
                'constraints': [models.UniqueConstraint(fields=('request', 'seq'), name='authorization_receipt_numbered')],
            },
        ),
        migrations.RunSQL(rls_sql("authorization_laterscan"), rls_undo_sql("authorization_laterscan")),
        migrations.RunSQL(
            (SQL / "later_scan_guard.sql").read_text(), "DROP FUNCTION authorization_later_scan_guard CASCADE"
        ),
        migrations.RunSQL(rls_sql("authorization_receiptprint"), rls_undo_sql("authorization_receiptprint")),
        migrations.RunSQL(
            (SQL / "receipt_guard.sql").read_text(), "DROP FUNCTION authorization_receipt_guard CASCADE"
        ),
        migrations.RunSQL(tier_decides(), migrations.RunSQL.noop),
    ]
