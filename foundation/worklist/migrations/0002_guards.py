"""Row-level security on items, holdings and suspensions; a holding is never changed."""

from django.db import migrations

from foundation.kernel.scope import rls_sql, rls_undo_sql

FIXED = """
CREATE FUNCTION worklist_holding_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'who held an item is never changed' USING ERRCODE = 'OP020';
END $$;
CREATE TRIGGER worklist_holding_fixed BEFORE UPDATE OR DELETE ON worklist_holding
    FOR EACH ROW EXECUTE FUNCTION worklist_holding_fixed();
ALTER TABLE worklist_holding ENABLE ALWAYS TRIGGER worklist_holding_fixed;
"""
FIXED_UNDO = """
DROP TRIGGER worklist_holding_fixed ON worklist_holding;
DROP FUNCTION worklist_holding_fixed();
"""
# Rows of these tables die young: the dead ones are taken away early, so that claims stay quick.
VACUUM = "SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500)"
VACUUM_UNDO = "RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold)"
GUARDED = ("worklist_workitem", "worklist_holding", "worklist_suspension")
BUSY = ("worklist_workitem", "worklist_job")


class Migration(migrations.Migration):
    dependencies = [("worklist", "0001_initial")]
    operations = [
        *(migrations.RunSQL(rls_sql(table), rls_undo_sql(table)) for table in GUARDED),
        migrations.RunSQL(FIXED, FIXED_UNDO),
        *(
            migrations.RunSQL(f"ALTER TABLE {table} {VACUUM}", f"ALTER TABLE {table} {VACUUM_UNDO}")
            for table in BUSY
        ),
    ]
