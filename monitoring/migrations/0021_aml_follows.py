"""What is found later joins an open case; a large value that changed is marked, or lapses."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
GUARD = (SQL / "aml_growing_guard.sql").read_text()
FORMER = (SQL / "aml_guard.sql").read_text()
LARGE = (SQL / "customer_guard.sql").read_text()


def part(text: str, begin: str, end: str) -> str:
    """Return what stands from one mark up to another."""
    return text[text.index(begin) : text.index(end)]


UNDO = "".join(
    (
        "DROP TRIGGER monitoring_suspiciouscase_guard ON monitoring_suspiciouscase;\n",
        part(LARGE, "DROP TRIGGER monitoring_largevalue", "CREATE TRIGGER monitoring_customerrating"),
        part(FORMER, "CREATE OR REPLACE", "CREATE TRIGGER"),
        part(FORMER, "CREATE TRIGGER monitoring_suspiciouscase", "CREATE TRIGGER monitoring_watchlist"),
    )
)


class Migration(migrations.Migration):
    """Keys of what joined a case, and the guard that lets it."""

    dependencies = [("monitoring", "0020_voucher_again")]

    operations = [
        migrations.AddField(
            model_name="suspiciouscase",
            name="joined",
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.RemoveConstraint(model_name="largevalue", name="monitoring_aml_large_known"),
        migrations.AddField(
            model_name="largevalue",
            name="changed",
            field=models.CharField(blank=True, db_default="", default="", max_length=8, verbose_name="changed since"),
        ),
        migrations.AddConstraint(
            model_name="largevalue",
            constraint=models.CheckConstraint(condition=models.Q(("basis__in", ["each", "foreign", "own", "together", "unrated"]), ("due_on__gte", models.F("business_date")), ("kind__in", ["cash", "corporate", "cross", "domestic"]), ("side__in", ["in", "out"]), ("state__in", ("gaps", "filled", "exempt", "lapsed", "passed", "reported"))), name="monitoring_aml_large_known"),
        ),
        migrations.AddConstraint(
            model_name="largevalue",
            constraint=models.CheckConstraint(condition=models.Q(models.Q(("changed__in", ("undone", "below")), ("state", "lapsed")), models.Q(("changed__in", ("", "moved")), ("state__in", ("filled", "passed"))), models.Q(models.Q(("state__in", ("lapsed", "filled", "passed")), _negated=True), ("changed", "")), _connector="OR"), name="monitoring_aml_large_changed"),
        ),
        migrations.RunSQL(GUARD, UNDO),
    ]
