"""The day on a voucher and the journal number printed on it can be keyed as well."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('monitoring', '0023_joined_by_hand'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='slice', name='monitoring_slice_known'),
        migrations.AddConstraint(
            model_name='slice',
            constraint=models.CheckConstraint(condition=models.Q(('field__in', ('amount', 'amount_words', 'account', 'payee_account', 'voucher_no', 'journal_no', 'date')), ('keyers__in', (1, 2)), ('state__in', ('keying', 'agreed', 'disputed', 'settled', 'void'))), name='monitoring_slice_known'),
        ),
    ]
