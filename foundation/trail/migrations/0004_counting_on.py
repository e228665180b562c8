"""An event's transaction is the database's word; after a restore elsewhere the count goes on."""

from django.db import migrations

# Who could choose the number could place an event beyond every seal, or slip it below one.
STAMP = """
CREATE FUNCTION trail_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.tx := trail_tx();
  RETURN NEW;
END $$;
CREATE TRIGGER trail_event_stamp BEFORE INSERT ON trail_event
  FOR EACH ROW EXECUTE FUNCTION trail_stamp();
"""
STAMP_UNDO = """
DROP TRIGGER trail_event_stamp ON trail_event;
DROP FUNCTION trail_stamp();
"""
# Numbers of finished transactions are below the caller's own, unless they were given out by
# another server. Called by the owner before anybody works; answers what is added from now on, or 0.
COUNT_ON = """
CREATE FUNCTION trail_count_on() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  known bigint;
BEGIN
  PERFORM set_config('app.scope', '*', true);
  SELECT GREATEST((SELECT max(tx) FROM trail_event), (SELECT max(upto_tx) - 1 FROM trail_seal))
    INTO known;
  IF known IS NULL OR known < trail_tx() THEN
    RETURN 0;
  END IF;
  EXECUTE format('CREATE OR REPLACE FUNCTION trail_restart() RETURNS bigint LANGUAGE sql STABLE'
                 ' AS ''SELECT %s::bigint''', known + 1);
  RETURN known + 1;
END $$;
REVOKE EXECUTE ON FUNCTION trail_count_on() FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("trail", "0003_horizon")]

    operations = [
        migrations.RunSQL(STAMP, STAMP_UNDO),
        migrations.RunSQL(COUNT_ON, "DROP FUNCTION trail_count_on();"),
    ]
