"""A decision keeps its item's business date; what pages look for by account or voucher is indexed."""

from pathlib import Path

from django.db import migrations, models

GUARD = Path(__file__).resolve().parent.parent / "sql" / "decision_guard.sql"
# A decision is never changed: the owner fills the new column with the guard set aside.
FILL = """
ALTER TABLE authorization_decision DISABLE TRIGGER authorization_decision_guard;
SET LOCAL app.scope = '*';
UPDATE authorization_decision made SET business_date = item.business_date
  FROM authorization_request item WHERE item.id = made.request_id;
ALTER TABLE authorization_decision ENABLE ALWAYS TRIGGER authorization_decision_guard;
"""


class Migration(migrations.Migration):

    dependencies = [("authorization", "0002_guards"), ("people", "0005_hashed_scope")]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="business_date",
            field=models.DateField(null=True, verbose_name="business date"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        # Constraints that the update left to the end of the transaction would bar the next step.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="decision",
            name="business_date",
            field=models.DateField(verbose_name="business date"),
        ),
        migrations.RunSQL(
            GUARD.read_text().partition("\nCREATE TRIGGER")[0], migrations.RunSQL.noop
        ),
        migrations.RemoveIndex(model_name="request", name="authorizati_teller__522030_idx"),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["business_date", "-id"], name="authorizati_busines_2bd545_idx"),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["decider", "business_date"], name="authorizati_decider_f43bd0_idx"),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(fields=["teller", "business_date", "state"], name="authorizati_teller__0795e7_idx"),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(fields=["payer_account", "-id"], name="authorizati_payer_a_df92bc_idx"),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(fields=["voucher_no"], name="authorizati_voucher_796f73_idx"),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(("state__in", ("queued", "viewing"))),
                fields=["state", "queued_at"],
                name="authorization_in_the_centre",
            ),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(("state", "returned")),
                fields=["teller", "-id"],
                name="authorization_sent_back",
            ),
        ),
    ]
