"""Only what is open in this database holds sealing back, not the server's other databases."""

from django.db import migrations

# Below the horizon nothing of this database is open any more. A transaction of the snapshot counts
# unless its lock on its own number is held by a session of another database: whoever cannot be
# told (ended meanwhile, or prepared and without a session) counts, so the horizon errs only on the
# early side. The caller's own transaction is never in its snapshot and is added by name.
HORIZON = """
CREATE OR REPLACE FUNCTION trail_finished_tx() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT LEAST(
           COALESCE(
             (SELECT min(open.tx::text::bigint)
                FROM pg_snapshot_xip(pg_current_snapshot()) AS open(tx)
               WHERE NOT EXISTS (
                       SELECT FROM pg_locks held
                         JOIN pg_stat_activity session ON session.pid = held.pid
                        WHERE held.locktype = 'transactionid'
                          AND held.transactionid = open.tx::xid
                          AND held.mode = 'ExclusiveLock' AND held.granted
                          AND session.datname <> current_database())),
             pg_snapshot_xmax(pg_current_snapshot())::text::bigint),
           pg_current_xact_id_if_assigned()::text::bigint)
         + trail_restart()
$$;
"""
FORMER = """
CREATE OR REPLACE FUNCTION trail_finished_tx() RETURNS bigint LANGUAGE sql VOLATILE AS
  'SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + trail_restart()';
"""


class Migration(migrations.Migration):
    dependencies = [("trail", "0002_guards")]

    operations = [migrations.RunSQL(HORIZON, FORMER)]
