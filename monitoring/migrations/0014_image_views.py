"""Who opened images without an item: sums of a day and the looks, added and never changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

TABLES = ("monitoring_imageday", "monitoring_strayview")
GUARD = """
CREATE TRIGGER {0}_append_only BEFORE UPDATE OR DELETE ON {0}
    FOR EACH ROW EXECUTE FUNCTION trail_append_only();
ALTER TABLE {0} ENABLE ALWAYS TRIGGER {0}_append_only;
"""
UNDO = "DROP TRIGGER {0}_append_only ON {0}"


class Migration(migrations.Migration):

    dependencies = [
        ('imaging', '0006_key'),
        ('monitoring', '0013_planned_once'),
        ('people', '0013_aml_duty'),
        ('trail', '0007_looked'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ImageDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('viewer_label', models.CharField(max_length=60, verbose_name='who')),
                ('on', models.DateField(verbose_name='day')),
                ('opened', models.PositiveIntegerField(verbose_name='images opened')),
                ('stray', models.PositiveIntegerField(verbose_name='without an item')),
                ('taken', models.PositiveIntegerField(verbose_name='of these in full')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('viewer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': "images of a person's day",
                'indexes': [models.Index(fields=['on', 'viewer'], name='monitoring_image_day')],
                'constraints': [models.UniqueConstraint(fields=('viewer', 'on'), name='monitoring_image_day_once'), models.CheckConstraint(condition=models.Q(('opened__gt', 0), ('opened__gte', models.F('stray')), ('stray__gte', models.F('taken'))), name='monitoring_image_day_adds_up')],
            },
        ),
        migrations.CreateModel(
            name='StrayView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.BigIntegerField(unique=True)),
                ('viewer_label', models.CharField(max_length=60, verbose_name='who')),
                ('on', models.DateField(verbose_name='day')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('image_class', models.CharField(max_length=10, verbose_name='image class')),
                ('use', models.CharField(max_length=8, verbose_name='how')),
                ('subject', models.CharField(max_length=80, verbose_name='to what')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('page', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='imaging.page')),
                ('viewer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'image opened without an item',
                'indexes': [models.Index(fields=['viewer', 'on', 'id'], name='monitoring_stray_person'), models.Index(fields=['on', 'id'], name='monitoring_stray_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(('use__in', ('view', 'original'))), name='monitoring_stray_use')],
            },
        ),
        *(migrations.RunSQL(rls_sql(table), rls_undo_sql(table)) for table in TABLES),
        *(migrations.RunSQL(GUARD.format(table), UNDO.format(table)) for table in TABLES),
    ]
