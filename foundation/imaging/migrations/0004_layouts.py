"""Forms that the bank knows, as rows of two people; readings tell what stood in their zones."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARD = Path(__file__).resolve().parent.parent / "sql" / "layout_guard.sql"
UNDO = "DROP FUNCTION imaging_layout_guard CASCADE"


class Migration(migrations.Migration):

    dependencies = [
        ('imaging', '0003_photo'),
        ('people', '0012_roster_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='reading',
            name='fit',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='fit'),
        ),
        migrations.AddField(
            model_name='reading',
            name='strips',
            field=models.JSONField(default=list),
        ),
        migrations.CreateModel(
            name='Layout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=30, verbose_name='short name')),
                ('version', models.PositiveSmallIntegerField(default=1, verbose_name='version')),
                ('title', models.CharField(max_length=60, verbose_name='title')),
                ('state', models.CharField(default='draft', max_length=10, verbose_name='state')),
                ('picture', models.CharField(max_length=120)),
                ('width_px', models.PositiveIntegerField()),
                ('height_px', models.PositiveIntegerField()),
                ('zones', models.JSONField(default=list)),
                ('drawn_at', models.DateTimeField(verbose_name='drawn at')),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('drawn_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'layout of a form',
            },
        ),
        migrations.AddField(
            model_name='reading',
            name='layout',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='imaging.layout'),
        ),
        migrations.AddConstraint(
            model_name='layout',
            constraint=models.UniqueConstraint(fields=('code', 'version'), name='imaging_layout_version_once'),
        ),
        migrations.AddConstraint(
            model_name='layout',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('code',), name='imaging_layout_one_in_use'),
        ),
        migrations.AddConstraint(
            model_name='layout',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('draft', 'published', 'declined', 'retired'))), name='imaging_layout_state_known'),
        ),
        migrations.AddConstraint(
            model_name='layout',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'draft')), models.Q(models.Q(('state', 'draft'), _negated=True), ('decided_by__isnull', False), ('decided_at__isnull', False)), _connector='OR'), name='imaging_layout_decided'),
        ),
        migrations.AddConstraint(
            model_name='layout',
            constraint=models.CheckConstraint(condition=models.Q(('drawn_by', models.F('decided_by')), _negated=True), name='imaging_layout_two_people'),
        ),
        migrations.RunSQL(GUARD.read_text(), UNDO),
    ]
