"""Posting in fewer steps: guards once a statement, shards of hot accounts, value dates."""

from pathlib import Path

from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql
from foundation.ledger.migrations import _guards

SQL = Path(__file__).resolve().parent.parent / "sql"
NOOP = migrations.RunSQL.noop
OLD_POST = (
    "ledger_post(bigint, text, bytea, date, timestamptz, text[], bigint[], text, text, text, text,"
    " text, text, bigint, boolean)"
)
DROPPED = [
    "number_digits",
    "currency_code",
    "side_known",
    "kind_known",
    "state_known",
]


def load(name):
    """Return the operation that runs one file."""
    return migrations.RunSQL((SQL / f"{name}.sql").read_text(), NOOP)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_rebuilt_side")]

    operations = [
        migrations.AddField("account", "shards", models.SmallIntegerField(db_default=1)),
        migrations.AddField("journalnumber", "imported", models.BooleanField(db_default=False)),
        migrations.AddField(
            "entry", "value_date", models.DateField("value date", null=True),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Shard",
                    fields=[
                        ("pk", models.CompositePrimaryKey(
                            "account_id", "shard", blank=True, editable=False, primary_key=True,
                            serialize=False)),
                        ("account", models.ForeignKey(
                            on_delete=models.deletion.PROTECT, related_name="spread",
                            to="ledger.account", db_index=False)),
                        ("shard", models.SmallIntegerField()),
                        ("shards", models.SmallIntegerField()),
                        ("used", models.BooleanField()),
                        ("institution", models.ForeignKey(
                            on_delete=models.deletion.PROTECT, related_name="+", db_index=False,
                            db_constraint=False, to="people.institution")),
                        ("number", models.CharField(max_length=19)),
                        ("normal_side", models.CharField(max_length=6)),
                        ("currency", models.CharField(max_length=3)),
                        ("opened_on", models.DateField()),
                        ("state", models.CharField(max_length=12)),
                        ("balance_fen", models.BigIntegerField("balance", db_default=0)),
                        ("seq", models.BigIntegerField(db_default=0)),
                    ],
                    options={"verbose_name": "shard"},
                ),
            ],
            database_operations=[
                migrations.RunSQL((SQL / "shards.sql").read_text(), "DROP TABLE ledger_shard"),
            ],
        ),
        migrations.RunSQL(rls_sql("ledger_shard"), rls_undo_sql("ledger_shard")),
        migrations.RunSQL(
            "CREATE POLICY ledger_shard_books ON ledger_shard FOR ALL TO CURRENT_USER USING (true)",
            "DROP POLICY ledger_shard_books ON ledger_shard",
        ),
        *(
            migrations.RemoveConstraint("account", f"ledger_account_{name}") for name in DROPPED
        ),
        migrations.RemoveConstraint("account", "ledger_held_not_negative"),
        migrations.RemoveConstraint("account", "ledger_closed_account_empty"),
        migrations.RunSQL(f"DROP FUNCTION IF EXISTS {OLD_POST}", NOOP),
        load("day_prefix_called"),
        load("posting_parts"),
        load("replay"),
        load("post"),
        load("spread"),
        load("guards"),
        migrations.RunSQL(_guards.STAND, _guards.FALL),
        load("month"),
        load("import_journal"),
        load("differences_by_shard"),
        load("rights"),
    ]
