"""Events are added and read, never changed: by nobody, and only within the scope."""

from django.db import migrations

from foundation.kernel.scope import rls_sql, rls_undo_sql

APPEND_ONLY = """
CREATE FUNCTION trail_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

DO $$
DECLARE
  guarded text;
  reader text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['trail_event', 'trail_seal'] LOOP
    EXECUTE format('CREATE TRIGGER %1$s_append_only BEFORE UPDATE OR DELETE ON %1$s'
                   ' FOR EACH ROW EXECUTE FUNCTION trail_append_only()', guarded);
    EXECUTE format('CREATE TRIGGER %1$s_no_truncate BEFORE TRUNCATE ON %1$s'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION trail_append_only()', guarded);
    -- ALWAYS: holds under session_replication_role = replica as well.
    EXECUTE format('ALTER TABLE %1$s ENABLE ALWAYS TRIGGER %1$s_append_only', guarded);
    EXECUTE format('ALTER TABLE %1$s ENABLE ALWAYS TRIGGER %1$s_no_truncate', guarded);
    FOR reader IN
      SELECT DISTINCT grantee FROM information_schema.role_table_grants
       WHERE table_name = guarded AND grantee <> current_user
    LOOP
      EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM %I', guarded, reader);
    END LOOP;
  END LOOP;
END $$;
"""
APPEND_ONLY_UNDO = """
DROP TRIGGER trail_seal_no_truncate ON trail_seal;
DROP TRIGGER trail_seal_append_only ON trail_seal;
DROP TRIGGER trail_event_no_truncate ON trail_event;
DROP TRIGGER trail_event_append_only ON trail_event;
DROP FUNCTION trail_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("trail", "0001_initial")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_UNDO),
        migrations.RunSQL(rls_sql("trail_seal"), rls_undo_sql("trail_seal")),
        migrations.RunSQL(rls_sql("trail_event"), rls_undo_sql("trail_event")),
    ]
