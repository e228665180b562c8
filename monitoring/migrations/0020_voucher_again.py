"""A sheet that prints the number of a line can be its voucher once more."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('monitoring', '0019_sums'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='alignment', name='monitoring_aligned_how'),
        migrations.AddConstraint(
            model_name='alignment',
            constraint=models.CheckConstraint(condition=models.Q(('how__in', ('number', 'voucher', 'account', 'sum', 'order', 'part', 'again'))), name='monitoring_aligned_how'),
        ),
    ]
