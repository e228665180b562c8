"""Hot accounts: one sum for every reader, and shards that two people propose and approve."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

SQL = Path(__file__).resolve().parent.parent / "sql"
NOOP = migrations.RunSQL.noop
HOT_UNDO = """
DROP TRIGGER ledger_shardrequest_done ON ledger_shardrequest;
DROP TRIGGER ledger_shardrequest_guard ON ledger_shardrequest;
DROP TRIGGER ledger_append_only ON ledger_shardrequest;
DROP TRIGGER ledger_spread_has_no_floor ON ledger_account;
DROP FUNCTION ledger_shardrequest_done, ledger_shardrequest_guard, ledger_spread_has_no_floor,
  ledger_held_still;
"""


def load(name, undo=NOOP):
    """Return the operation that runs one file."""
    return migrations.RunSQL((SQL / f"{name}.sql").read_text(), undo)


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0014_verify"),
        ("people", "0005_hashed_scope"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # The column keeps its name: only the code says that it is a part of the balance.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    "shard",
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.account",
                    ),
                ),
                migrations.RemoveConstraint("account", "ledger_no_overdraft"),
                migrations.RenameField("account", "balance_fen", "own_fen"),
                migrations.AlterField(
                    "account",
                    "own_fen",
                    models.BigIntegerField("balance", db_column="balance_fen", default=0),
                ),
                migrations.AddConstraint(
                    "account",
                    models.CheckConstraint(
                        condition=models.Q(
                            ("overdraft_allowed", True),
                            ("own_fen__gte", models.F("held_fen")),
                            _connector="OR",
                        ),
                        name="ledger_no_overdraft",
                    ),
                ),
            ],
        ),
        migrations.AddField("account", "spread", models.BooleanField(db_default=False)),
        migrations.RunSQL(
            "UPDATE ledger_account a SET spread = true"
            " WHERE EXISTS (SELECT FROM ledger_shard s WHERE s.account_id = a.id);"
            "UPDATE ledger_shard SET used = true WHERE shard = 1",
            NOOP,
        ),
        migrations.CreateModel(
            name="ShardRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("shards", models.SmallIntegerField(verbose_name="shards")),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                ("asked_person", models.UUIDField()),
                ("asked_label", models.CharField(max_length=60, verbose_name="asked by")),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("decided_person", models.UUIDField(null=True)),
                ("decided_label", models.CharField(blank=True, max_length=60, verbose_name="decided by")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ("approved", models.BooleanField(null=True)),
                ("account", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="shard_requests", to="ledger.account")),
                ("asked_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("decided_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("institution", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.institution")),
            ],
            options={
                "verbose_name": "proposal of shards",
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("approved", None)), fields=("account",), name="ledger_one_shard_request"),
                    models.CheckConstraint(condition=models.Q(("shards__gte", 1), ("shards__lte", 64)), name="ledger_shard_request_number"),
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="ledger_shard_request_reason"),
                    models.CheckConstraint(condition=models.Q(("decided_person", None), models.Q(("decided_person", models.F("asked_person")), _negated=True), _connector="OR"), name="ledger_shards_by_two"),
                    models.CheckConstraint(condition=models.Q(models.Q(("approved", None), ("decided_at", None), ("decided_by", None), ("decided_person", None)), models.Q(("approved__isnull", False), ("decided_at__isnull", False), ("decided_by__isnull", False), ("decided_person__isnull", False)), _connector="OR"), name="ledger_shard_request_decided"),
                ],
            },
        ),
        migrations.RunSQL(rls_sql("ledger_shardrequest"), rls_undo_sql("ledger_shardrequest")),
        migrations.RunSQL(
            "CREATE POLICY ledger_shardrequest_books ON ledger_shardrequest FOR ALL"
            " TO CURRENT_USER USING (true)",
            "DROP POLICY ledger_shardrequest_books ON ledger_shardrequest",
        ),
        load("posting_parts"),
        load("post"),
        load("hot", HOT_UNDO),
        load("spread"),
        load("differences_by_shard"),
        load("rights"),
        load(
            "hot_reading",
            "DROP FUNCTION ledger_hot_differences, ledger_statement_back, ledger_moved_before",
        ),
    ]
