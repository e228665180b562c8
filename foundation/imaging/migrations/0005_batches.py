"""Batches of vouchers: files, their pictures, quality and rescans; evidence that never goes."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

GUARD = Path(__file__).resolve().parent.parent / "sql" / "batch_guard.sql"
TABLES = tuple(
    f"imaging_{name}" for name in ("batch", "batchfile", "frame", "pagequality", "rescan")
)


class Migration(migrations.Migration):

    dependencies = [
        ('imaging', '0004_layouts'),
        ('people', '0012_roster_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=17, unique=True, verbose_name='batch number')),
                ('business_date', models.DateField(verbose_name='business date')),
                ('sheets', models.PositiveSmallIntegerField(verbose_name='vouchers on the list')),
                ('duplex', models.BooleanField(default=False, verbose_name='front and back')),
                ('state', models.CharField(default='handed_over', max_length=12, verbose_name='state')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='difference note')),
                ('handed_at', models.DateTimeField(verbose_name='handed over at')),
                ('scanned_at', models.DateTimeField(null=True, verbose_name='scanned at')),
                ('read_at', models.DateTimeField(null=True, verbose_name='read at')),
                ('matched_at', models.DateTimeField(null=True, verbose_name='matched at')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='batch closed at')),
                ('handed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('scanned_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'batch of vouchers',
            },
        ),
        migrations.CreateModel(
            name='BatchFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=80, verbose_name='file name')),
                ('source', models.CharField(max_length=8, verbose_name='source')),
                ('state', models.CharField(default='arrived', max_length=12, verbose_name='state')),
                ('size_bytes', models.PositiveIntegerField()),
                ('original', models.CharField(max_length=120)),
                ('refusal', models.CharField(blank=True, max_length=5, verbose_name='why turned away')),
                ('came_by', models.CharField(max_length=60, verbose_name='brought by')),
                ('came_at', models.DateTimeField(verbose_name='arrived at')),
                ('done_at', models.DateTimeField(null=True, verbose_name='taken apart at')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='imaging.batch')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
            ],
            options={
                'verbose_name': 'file of a batch',
            },
        ),
        migrations.CreateModel(
            name='Frame',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number in the file')),
                ('part', models.CharField(max_length=10, verbose_name='part')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='frames', to='imaging.batch')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='frames', to='imaging.batchfile')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('page', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, to='imaging.page')),
            ],
            options={
                'verbose_name': 'picture of a file',
            },
        ),
        migrations.CreateModel(
            name='PageQuality',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('skew_tenths', models.SmallIntegerField(verbose_name='tenths of a degree askew')),
                ('light', models.PositiveSmallIntegerField(verbose_name='lightness')),
                ('ink_per_mille', models.PositiveSmallIntegerField(verbose_name='ink per thousand')),
                ('edge_per_mille', models.PositiveSmallIntegerField(verbose_name='broken edge per thousand')),
                ('side_pixels', models.PositiveIntegerField(verbose_name='longer side in pixels')),
                ('measured_at', models.DateTimeField(verbose_name='measured at')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('page', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='quality', to='imaging.page')),
            ],
            options={
                'verbose_name': 'image quality',
            },
        ),
        migrations.CreateModel(
            name='Rescan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('faults', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), size=None)),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
                ('done_at', models.DateTimeField(null=True, verbose_name='done at')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rescans', to='imaging.batch')),
                ('done_by', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cleared', to='imaging.page')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('page', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='rescan', to='imaging.page')),
            ],
            options={
                'verbose_name': 'rescan request',
            },
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(fields=['institution', 'business_date'], name='imaging_batch_day'),
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(fields=['state', '-id'], name='imaging_batch_state'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('sheets__gte', 1), ('state__in', ('handed_over', 'receiving', 'scanned', 'reading', 'matched', 'closed'))), name='imaging_batch_known'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('scanned_at', None), ('scanned_by', None)), models.Q(('scanned_at__isnull', False), ('scanned_by__isnull', False)), _connector='OR'), name='imaging_batch_scanned_by_and_at'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('handed_over', 'receiving')), ('scanned_at__isnull', False), _connector='OR'), name='imaging_batch_scanned'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('state', 'matched'), _negated=True), ('matched_at__isnull', False), _connector='OR'), models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_at__isnull', False), _connector='OR')), name='imaging_batch_dated'),
        ),
        migrations.AddConstraint(
            model_name='batchfile',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'turned_away'), _negated=True), fields=('institution', 'sha256'), name='imaging_file_once'),
        ),
        migrations.AddConstraint(
            model_name='batchfile',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('refusal', ''), ('state', 'arrived')), models.Q(('done_at__isnull', False), ('refusal', ''), ('state', 'taken')), models.Q(('done_at__isnull', False), ('state', 'turned_away'), models.Q(('refusal', ''), _negated=True)), _connector='OR'), name='imaging_file_state'),
        ),
        migrations.AddConstraint(
            model_name='batchfile',
            constraint=models.CheckConstraint(condition=models.Q(('size_bytes__gt', 0), ('source__in', ('upload', 'folder'))), name='imaging_file_known'),
        ),
        migrations.AddConstraint(
            model_name='frame',
            constraint=models.UniqueConstraint(fields=('file', 'number'), name='imaging_frame_once'),
        ),
        migrations.AddConstraint(
            model_name='frame',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('page', None), ('part__in', ('cover', 'again'))), models.Q(('page__isnull', False), ('part__in', ('main', 'back', 'attachment'))), _connector='OR'), name='imaging_frame_part'),
        ),
        migrations.AddConstraint(
            model_name='pagequality',
            constraint=models.CheckConstraint(condition=models.Q(('edge_per_mille__lte', 1000), ('ink_per_mille__lte', 1000), ('light__lte', 255)), name='imaging_quality_bounds'),
        ),
        migrations.AddIndex(
            model_name='rescan',
            index=models.Index(condition=models.Q(('done_at', None)), fields=['institution', 'asked_at'], name='imaging_rescan_open'),
        ),
        migrations.AddConstraint(
            model_name='rescan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('done_by', None)), models.Q(('done_at__isnull', False), ('done_by__isnull', False)), _connector='OR'), name='imaging_rescan_done'),
        ),
        *(migrations.RunSQL(rls_sql(table), rls_undo_sql(table)) for table in TABLES),
        migrations.RunSQL(GUARD.read_text(), "DROP FUNCTION imaging_batch_guard CASCADE"),
        migrations.RunSQL(
            "CREATE SEQUENCE imaging_batch_serial; REVOKE ALL ON SEQUENCE imaging_batch_serial FROM PUBLIC",
            "DROP SEQUENCE imaging_batch_serial",
        ),
    ]
