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

# The check constraint compares two numbers; this compares the two humans behind them.
TWO_HUMANS = """
CREATE FUNCTION policy_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.approved_by_id IS NOT NULL THEN
    RAISE EXCEPTION 'what is in force is only ever followed by a later row'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'policy_in_force_fixed';
  END IF;
  IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - '{approved_by_id,approved_at,declined_by_id,declined_at}'::text[])
      IS DISTINCT FROM (to_jsonb(OLD) - '{approved_by_id,approved_at,declined_by_id,declined_at}'::text[]) THEN
    RAISE EXCEPTION 'a proposal is only ever approved or declined'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'policy_proposal_fixed';
  END IF;
  IF NEW.approved_by_id IS NOT NULL AND (SELECT count(DISTINCT person) FROM people_staff
      WHERE id IN (NEW.proposed_by_id, NEW.approved_by_id)) < 2 THEN
    RAISE EXCEPTION 'proposer and approver are two people'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'policy_two_humans';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER policy_policy_guard BEFORE INSERT OR UPDATE ON policy_policy
  FOR EACH ROW EXECUTE FUNCTION policy_guard();
CREATE TRIGGER policy_calendarday_guard BEFORE INSERT OR UPDATE ON policy_calendarday
  FOR EACH ROW EXECUTE FUNCTION policy_guard();

DO $$
DECLARE reader text;
BEGIN
  FOR reader IN
    SELECT DISTINCT grantee FROM information_schema.role_table_grants
     WHERE table_name = 'policy_policy' AND grantee <> current_user
  LOOP
    EXECUTE format('REVOKE DELETE, TRUNCATE ON policy_policy, policy_calendarday FROM %I', reader);
  END LOOP;
END $$;
"""
TWO_HUMANS_UNDO = """
DROP TRIGGER policy_calendarday_guard ON policy_calendarday;
DROP TRIGGER policy_policy_guard ON policy_policy;
DROP FUNCTION policy_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("policy", "0001_initial")]

    operations = [
        migrations.RunSQL(rls_sql("policy_policy"), rls_undo_sql("policy_policy")),
        migrations.RunSQL(READ_BY_ALL, "DROP POLICY policy_policy_read ON policy_policy"),
        migrations.RunSQL(WRITE_BANK_WIDE, "DROP POLICY policy_policy_bank_wide ON policy_policy"),
        migrations.RunSQL(TWO_HUMANS, TWO_HUMANS_UNDO),
    ]
