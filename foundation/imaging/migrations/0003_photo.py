"""A customer's photo is a class of image of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imaging', '0002_guards'),
        ('people', '0012_roster_guards'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='page',
            name='imaging_page_class_known',
        ),
        migrations.AddConstraint(
            model_name='page',
            constraint=models.CheckConstraint(condition=models.Q(('image_class__in', ('voucher', 'id', 'seal', 'photo'))), name='imaging_page_class_known'),
        ),
    ]
