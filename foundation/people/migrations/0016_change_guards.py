"""What the database itself refuses about institutions that are moved, renamed or closed."""

from django.db import migrations

from foundation.kernel.scope import rls_sql, rls_undo_sql

GUARDS = """
CREATE FUNCTION people_institutionproposal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'waiting' THEN
      RAISE EXCEPTION 'a proposal waits before it is decided' USING ERRCODE = 'OP106';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state <> 'waiting'
      OR (to_jsonb(NEW) - '{state,decided_by_id,decided_at}'::text[])
      IS DISTINCT FROM (to_jsonb(OLD) - '{state,decided_by_id,decided_at}'::text[]) THEN
    RAISE EXCEPTION 'a proposal is only ever decided, and once' USING ERRCODE = 'OP106';
  END IF;
  IF (SELECT count(DISTINCT person) FROM people_staff WHERE id IN
      (NEW.proposed_by_id, NEW.decided_by_id)) < 2 THEN
    RAISE EXCEPTION 'proposer and decider are two people' USING ERRCODE = 'OP106';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER people_institutionproposal_guard BEFORE INSERT OR UPDATE
  ON people_institutionproposal
  FOR EACH ROW EXECUTE FUNCTION people_institutionproposal_guard();

-- What was approved is carried out here and nowhere else.
CREATE FUNCTION people_institution_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE people_institution SET
    parent_id = CASE NEW.kind WHEN 'move' THEN NEW.parent_id ELSE parent_id END,
    name = CASE NEW.kind WHEN 'rename' THEN NEW.name ELSE name END,
    active = active AND NEW.kind <> 'close'
   WHERE id = NEW.institution_id;
  RETURN NULL;
END $$;
CREATE TRIGGER people_institution_changed AFTER UPDATE ON people_institutionproposal
  FOR EACH ROW WHEN (NEW.state = 'approved' AND OLD.state = 'waiting')
  EXECUTE FUNCTION people_institution_changed();

CREATE FUNCTION people_institution_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'institution % is moved, renamed and closed by two people', NEW.number
      USING ERRCODE = 'OP105';
  END IF;
  IF NOT NEW.active AND (
    EXISTS (SELECT 1 FROM people_staff WHERE institution_id = NEW.id AND is_active)
    OR EXISTS (SELECT 1 FROM people_institution WHERE parent_id = NEW.id AND active)) THEN
    RAISE EXCEPTION 'institution % is in use', NEW.number USING ERRCODE = 'OP107';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER people_institution_two BEFORE UPDATE OF parent_id, name, active
  ON people_institution FOR EACH ROW
  WHEN ((NEW.parent_id, NEW.name, NEW.active) IS DISTINCT FROM
        (OLD.parent_id, OLD.name, OLD.active))
  EXECUTE FUNCTION people_institution_by_two();

-- Locks the institution: whoever closes it and whoever comes to it wait for each other.
CREATE FUNCTION people_institution_open(p_place bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM people_institution WHERE id = p_place FOR SHARE;
  IF EXISTS (SELECT 1 FROM people_institution WHERE id = p_place AND NOT active) THEN
    RAISE EXCEPTION 'institution % is closed', p_place USING ERRCODE = 'OP107';
  END IF;
END $$;

CREATE FUNCTION people_staff_at_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM people_institution_open(NEW.institution_id);
  RETURN NEW;
END $$;
CREATE TRIGGER people_staff_at_open BEFORE INSERT OR UPDATE OF institution_id, is_active
  ON people_staff FOR EACH ROW WHEN (NEW.is_active) EXECUTE FUNCTION people_staff_at_open();

CREATE FUNCTION people_institution_under_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM people_institution_open(NEW.parent_id);
  RETURN NEW;
END $$;
CREATE TRIGGER people_institution_under_open BEFORE INSERT OR UPDATE OF parent_id
  ON people_institution FOR EACH ROW WHEN (NEW.active AND NEW.parent_id IS NOT NULL)
  EXECUTE FUNCTION people_institution_under_open();

DO $$
DECLARE reader text;
BEGIN
  FOR reader IN
    SELECT DISTINCT grantee FROM information_schema.role_table_grants
     WHERE table_name = 'people_institutionproposal' AND grantee <> current_user
  LOOP
    EXECUTE format('REVOKE DELETE, TRUNCATE ON people_institutionproposal FROM %I', reader);
  END LOOP;
END $$;
"""
GUARDS_UNDO = """
DROP TRIGGER people_institution_under_open ON people_institution;
DROP TRIGGER people_staff_at_open ON people_staff;
DROP TRIGGER people_institution_two ON people_institution;
DROP TRIGGER people_institutionproposal_guard ON people_institutionproposal;
DROP FUNCTION people_institution_under_open();
DROP FUNCTION people_staff_at_open();
DROP FUNCTION people_institution_open(bigint);
DROP FUNCTION people_institution_by_two();
DROP TRIGGER people_institution_changed ON people_institutionproposal;
DROP FUNCTION people_institution_changed();
DROP FUNCTION people_institutionproposal_guard();
"""
TABLE = "people_institutionproposal"


class Migration(migrations.Migration):
    dependencies = [("people", "0015_institution_proposal")]

    operations = [
        migrations.RunSQL(rls_sql(TABLE), rls_undo_sql(TABLE)),
        migrations.RunSQL(GUARDS, GUARDS_UNDO),
    ]
