"""Events are added and read, never changed: by nobody, and only within the scope."""

from django.db import migrations

from foundation.kernel.scope import rls_sql, rls_undo_sql

APPEND_ONLY = """
CREATE FUNCTION trail_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER trail_event_append_only BEFORE UPDATE OR DELETE ON trail_event
  FOR EACH ROW EXECUTE FUNCTION trail_append_only();
CREATE TRIGGER trail_event_no_truncate BEFORE TRUNCATE ON trail_event
  FOR EACH STATEMENT EXECUTE FUNCTION trail_append_only();
ALTER TABLE trail_event ENABLE ALWAYS TRIGGER trail_event_append_only;
ALTER TABLE trail_event ENABLE ALWAYS TRIGGER trail_event_no_truncate;
COMMENT ON TABLE trail_event IS 'append-only';
"""
APPEND_ONLY_UNDO = """
DROP TRIGGER trail_event_no_truncate ON trail_event;
DROP TRIGGER trail_event_append_only ON trail_event;
DROP FUNCTION trail_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("trail", "0001_initial")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_UNDO),
        migrations.RunSQL(rls_sql("trail_event"), rls_undo_sql("trail_event")),
    ]
