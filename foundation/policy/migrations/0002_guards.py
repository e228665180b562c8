"""Business numbers are no secret, so everyone reads them; they are written within the scope."""

from django.db import migrations

from foundation.kernel.scope import rls_sql, rls_undo_sql

# A teller's work is bound by numbers of the branch above, which is outside the teller's scope.
READ_BY_ALL = "CREATE POLICY policy_policy_read ON policy_policy FOR SELECT USING (true)"
# The number of the whole bank has no institution; the service asks for the head office's people.
WRITE_BANK_WIDE = (
    "CREATE POLICY policy_policy_bank_wide ON policy_policy FOR ALL"
    " USING (institution_id IS NULL) WITH CHECK (institution_id IS NULL)"
)


class Migration(migrations.Migration):
    dependencies = [("policy", "0001_initial")]

    operations = [
        migrations.RunSQL(rls_sql("policy_policy"), rls_undo_sql("policy_policy")),
        migrations.RunSQL(READ_BY_ALL, "DROP POLICY policy_policy_read ON policy_policy"),
        migrations.RunSQL(WRITE_BANK_WIDE, "DROP POLICY policy_policy_bank_wide ON policy_policy"),
    ]
