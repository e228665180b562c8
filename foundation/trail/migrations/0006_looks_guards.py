"""Looks at the books are added and read, never changed; differences only within the scope."""

from django.db import migrations

from foundation.kernel.scope import rls_sql, rls_undo_sql

GUARDS = """
DO $$
DECLARE
  guarded text;
  reader text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['trail_look', 'trail_lookcheck', 'trail_lookdifference'] LOOP
    EXECUTE format('CREATE TRIGGER %1$s_append_only BEFORE UPDATE OR DELETE ON %1$s'
                   ' FOR EACH ROW EXECUTE FUNCTION trail_append_only()', guarded);
    EXECUTE format('CREATE TRIGGER %1$s_no_truncate BEFORE TRUNCATE ON %1$s'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION trail_append_only()', guarded);
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
UNGUARDED = """
DROP TRIGGER trail_lookdifference_no_truncate ON trail_lookdifference;
DROP TRIGGER trail_lookdifference_append_only ON trail_lookdifference;
DROP TRIGGER trail_lookcheck_no_truncate ON trail_lookcheck;
DROP TRIGGER trail_lookcheck_append_only ON trail_lookcheck;
DROP TRIGGER trail_look_no_truncate ON trail_look;
DROP TRIGGER trail_look_append_only ON trail_look;
"""


class Migration(migrations.Migration):
    dependencies = [("trail", "0005_looks")]

    operations = [
        migrations.RunSQL(GUARDS, UNGUARDED),
        migrations.RunSQL(rls_sql("trail_lookdifference"), rls_undo_sql("trail_lookdifference")),
    ]
