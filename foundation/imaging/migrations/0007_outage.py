"""A reading tells whether the readers failed, and not the page."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imaging', '0006_key'),
    ]

    operations = [
        migrations.AddField(
            model_name='reading',
            name='outage',
            field=models.BooleanField(default=False, verbose_name='failed by the readers'),
        ),
        migrations.AddIndex(
            model_name='reading',
            index=models.Index(condition=models.Q(('outage', True)), fields=['read_at'], name='imaging_reading_outage'),
        ),
    ]
