"""Row-level security on items and holdings; a holding is never changed."""

from django.db import migrations

from foundation.kernel.scope import rls_sql

FIXED = """
CREATE FUNCTION worklist_holding_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'who held an item is never changed' USING ERRCODE = 'OP020';
END $$;
CREATE TRIGGER worklist_holding_fixed BEFORE UPDATE OR DELETE ON worklist_holding
    FOR EACH ROW EXECUTE FUNCTION worklist_holding_fixed();
ALTER TABLE worklist_holding ENABLE ALWAYS TRIGGER worklist_holding_fixed;
"""


class Migration(migrations.Migration):
    dependencies = [("worklist", "0001_initial")]
    operations = [
        migrations.RunSQL(rls_sql("worklist_workitem")),
        migrations.RunSQL(rls_sql("worklist_holding")),
        migrations.RunSQL(FIXED),
    ]
