"""What the database itself refuses about rosters: rewritten shifts, strangers, silent past days."""

from django.db import migrations

from foundation.kernel.scope import rls_sql, rls_undo_sql

PAST = """
ALTER TABLE people_rosterentry ADD CONSTRAINT people_roster_past_has_reason
  CHECK ("on" >= (set_at AT TIME ZONE 'Asia/Shanghai')::date OR reason <> '')
"""
PAST_UNDO = "ALTER TABLE people_rosterentry DROP CONSTRAINT people_roster_past_has_reason"

GUARDS = """
CREATE FUNCTION people_shift_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a shift is never changed, only followed'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'people_shift_fixed';
END $$;
CREATE TRIGGER people_shift_guard BEFORE UPDATE OR DELETE ON people_shift
  FOR EACH ROW EXECUTE FUNCTION people_shift_guard();

CREATE FUNCTION people_rosterentry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.person, NEW."on") IS DISTINCT FROM (OLD.person, OLD."on") THEN
    RAISE EXCEPTION 'a roster entry stays with its human and its day'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'people_roster_fixed';
  END IF;
  IF NOT EXISTS (SELECT FROM people_staff WHERE id = NEW.staff_id AND person = NEW.person
                 AND institution_id = NEW.institution_id) THEN
    RAISE EXCEPTION 'only who works at a centre stands on its roster'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'people_roster_own_centre';
  END IF;
  IF NEW.shift_code <> '' AND NOT EXISTS (SELECT FROM people_shift
      WHERE institution_id = NEW.institution_id AND code = NEW.shift_code
        AND valid_from <= NEW."on") THEN
    RAISE EXCEPTION 'the centre has no shift % on %', NEW.shift_code, NEW."on"
      USING ERRCODE = 'check_violation', CONSTRAINT = 'people_roster_shift_known';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER people_rosterentry_guard BEFORE INSERT OR UPDATE ON people_rosterentry
  FOR EACH ROW EXECUTE FUNCTION people_rosterentry_guard();

DO $$
DECLARE reader text;
BEGIN
  FOR reader IN
    SELECT DISTINCT grantee FROM information_schema.role_table_grants
     WHERE table_name = 'people_rosterentry' AND grantee <> current_user
  LOOP
    EXECUTE format('REVOKE DELETE, TRUNCATE ON people_rosterentry, people_shift FROM %I', reader);
    EXECUTE format('REVOKE UPDATE ON people_shift FROM %I', reader);
  END LOOP;
END $$;
"""
GUARDS_UNDO = """
DROP TRIGGER people_rosterentry_guard ON people_rosterentry;
DROP TRIGGER people_shift_guard ON people_shift;
DROP FUNCTION people_rosterentry_guard();
DROP FUNCTION people_shift_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0011_roster")]

    operations = [
        migrations.RunSQL(PAST, PAST_UNDO),
        migrations.RunSQL(GUARDS, GUARDS_UNDO),
        migrations.RunSQL(rls_sql("people_shift"), rls_undo_sql("people_shift")),
        migrations.RunSQL(rls_sql("people_rosterentry"), rls_undo_sql("people_rosterentry")),
    ]
