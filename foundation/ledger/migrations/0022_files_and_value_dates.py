"""Long files of the books, made by jobs part by part; value dates on statements and in seals."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from foundation.kernel.scope import rls_sql, rls_undo_sql

VALUE_DATES = (Path(__file__).resolve().parent.parent / "sql" / "value_dates.sql").read_text()
KEY = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
PROTECT = django.db.models.deletion.PROTECT


def place():
    """Return the column of the institution."""
    return ("institution", models.ForeignKey(on_delete=PROTECT, related_name="+", to="people.institution"))


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0021_openings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                KEY,
                ("key", models.UUIDField(unique=True)),
                ("kind", models.CharField(max_length=20, verbose_name="list")),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("asked", models.JSONField()),
                ("language", models.CharField(max_length=10)),
                ("label", models.CharField(max_length=60, verbose_name="asked by")),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("places", models.JSONField(default=list)),
                ("place", models.CharField(blank=True, max_length=60)),
                ("parts", models.IntegerField(default=0)),
                ("lines", models.BigIntegerField(default=0, verbose_name="lines")),
                ("total", models.BigIntegerField(null=True)),
                ("done_at", models.DateTimeField(null=True, verbose_name="done at")),
                ("expires_at", models.DateTimeField(null=True, verbose_name="kept until")),
                ("refusal", models.CharField(blank=True, max_length=10)),
                place(),
                ("staff", models.ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "long file",
                "indexes": [models.Index(fields=["staff", "-id"], name="ledger_export_by_staff")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("done_at", None), ("expires_at", None))
                        | Q(("done_at__isnull", False), ("expires_at__isnull", False)),
                        name="ledger_export_done_and_kept",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExportPart",
            fields=[
                KEY,
                ("seq", models.IntegerField()),
                ("body", models.BinaryField()),
                ("export", models.ForeignKey(on_delete=PROTECT, related_name="bodies", to="ledger.export")),
                place(),
            ],
            options={
                "verbose_name": "part of a long file",
                "constraints": [models.UniqueConstraint(fields=("export", "seq"), name="ledger_export_part_once")],
            },
        ),
        migrations.RunSQL(VALUE_DATES, migrations.RunSQL.noop),
        *(
            migrations.RunSQL(rls_sql(table), rls_undo_sql(table))
            for table in ("ledger_export", "ledger_exportpart")
        ),
    ]
