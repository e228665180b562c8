"""What is found later joins an open case; the guard lets its lists grow."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
GUARD = (SQL / "aml_growing_guard.sql").read_text()
FORMER = (SQL / "aml_guard.sql").read_text()


def part(text: str, begin: str, end: str) -> str:
    """Return what stands from one mark up to another."""
    return text[text.index(begin) : text.index(end)]


UNDO = "".join(
    (
        "DROP TRIGGER monitoring_suspiciouscase_guard ON monitoring_suspiciouscase;\n",
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
        migrations.RunSQL(GUARD, UNDO),
    ]
