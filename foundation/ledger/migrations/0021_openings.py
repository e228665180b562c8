"""What came of the openings of business days by the schedule."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from foundation.kernel.scope import rls_sql, rls_undo_sql

TABLE = "ledger_dayopening"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0020_marks_by_statement"),
        ("people", "0009_own_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="DayOpening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("business_date", models.DateField(verbose_name="business date")),
                ("tried_at", models.DateTimeField(verbose_name="tried at")),
                ("tries", models.IntegerField(default=0, verbose_name="tries")),
                ("result", models.CharField(max_length=20, verbose_name="what came of it")),
                ("told", models.JSONField(default=dict)),
                ("institution", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.institution")),
            ],
            options={
                "verbose_name": "opening by the schedule",
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "business_date"), name="ledger_opening_once"),
                    models.CheckConstraint(condition=Q(Q(("result", ""), _negated=True), ("tries__gt", 0)), name="ledger_opening_tried"),
                ],
            },
        ),
        migrations.RunSQL(rls_sql(TABLE), rls_undo_sql(TABLE)),
    ]
