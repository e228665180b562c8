"""What comes into a frozen account later is held as well; an empty one can be frozen."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

GUARD = Path(__file__).resolve().parent.parent / "sql" / "freeze_inflow_guard.sql"
UNDO = "DROP FUNCTION monitoring_freeze_inflow_guard CASCADE"
TABLE = "monitoring_freezeinflow"


class Migration(migrations.Migration):
    """A table of inflows held, and freezes that hold nothing yet."""

    dependencies = [
        ("ledger", "0003_statement_in_order"),
        ("monitoring", "0011_days_in_order"),
        ("people", "0013_aml_duty"),
    ]

    operations = [
        migrations.CreateModel(
            name="FreezeInflow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("held_at", models.DateTimeField(verbose_name="held at")),
                ("freeze", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="inflows", to="monitoring.freezerequest")),
                ("hold", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.hold")),
                ("institution", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.institution")),
            ],
            options={"verbose_name": "inflow held for a freeze"},
        ),
        migrations.RemoveConstraint(model_name="freezerequest", name="monitoring_freeze_held"),
        migrations.AddConstraint(
            model_name="freezerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("state__in", ("proposed", "declined")), _negated=True), ("hold", None), _connector="OR"),
                name="monitoring_freeze_held",
            ),
        ),
        migrations.RunSQL(rls_sql(TABLE), rls_undo_sql(TABLE)),
        migrations.RunSQL(GUARD.read_text(), UNDO),
    ]
