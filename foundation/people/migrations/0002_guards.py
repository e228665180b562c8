"""What the database itself refuses about the tree, the numbers of a human, and the roles."""

from django.db import migrations

from foundation.people.roles import DUTY_CONFLICTS, ROLES
from foundation.people.rules import STANDS_UNDER

PAIRS = ", ".join(f"'{above}>{below}'" for below, all_ in STANDS_UNDER.items() for above in all_)

TREE = f"""
CREATE FUNCTION people_institution_place() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE above people_institution;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.kind <> OLD.kind AND EXISTS (SELECT 1 FROM people_institution WHERE parent_id = NEW.id)
    THEN
      RAISE EXCEPTION 'institution % has others under it: its kind is fixed', NEW.number
        USING ERRCODE = 'check_violation', CONSTRAINT = 'people_institution_kind_fixed';
    END IF;
    IF NEW.parent_id IS DISTINCT FROM OLD.parent_id THEN
      -- Two moves at once could close a circle that neither of them sees.
      PERFORM pg_advisory_xact_lock(hashtextextended('people.tree', 0));
    END IF;
  END IF;
  IF NEW.parent_id IS NULL THEN
    NEW.path := '/' || NEW.id || '/';
    RETURN NEW;
  END IF;
  SELECT * INTO above FROM people_institution WHERE id = NEW.parent_id;
  IF above.path LIKE '%/' || NEW.id || '/%' OR above.id = NEW.id THEN
    RAISE EXCEPTION 'institution % would stand under itself', NEW.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'people_institution_no_circle';
  END IF;
  IF above.kind || '>' || NEW.kind <> ALL (ARRAY[{PAIRS}]) THEN
    RAISE EXCEPTION 'a % does not stand under a %', NEW.kind, above.kind
      USING ERRCODE = 'check_violation', CONSTRAINT = 'people_institution_place';
  END IF;
  NEW.path := above.path || NEW.id || '/';
  RETURN NEW;
END $$;

CREATE FUNCTION people_institution_below() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE people_institution SET path = '' WHERE parent_id = NEW.id;
  RETURN NULL;
END $$;

CREATE TRIGGER people_institution_place BEFORE INSERT OR UPDATE ON people_institution
  FOR EACH ROW EXECUTE FUNCTION people_institution_place();
CREATE TRIGGER people_institution_below AFTER UPDATE ON people_institution
  FOR EACH ROW WHEN (NEW.path IS DISTINCT FROM OLD.path)
  EXECUTE FUNCTION people_institution_below();
"""  # noqa: S608
TREE_UNDO = """
DROP TRIGGER people_institution_below ON people_institution;
DROP TRIGGER people_institution_place ON people_institution;
DROP FUNCTION people_institution_below();
DROP FUNCTION people_institution_place();
"""

# The advisory lock makes two grants to the same human wait for each other, under any number.
ROLE = """
CREATE FUNCTION people_staffrole_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  who people_staff;
  clash text;
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.staff_id, NEW.role, NEW.valid_from, NEW.granted_by_id,
      NEW.approved_by_id) IS DISTINCT FROM (OLD.staff_id, OLD.role, OLD.valid_from,
      OLD.granted_by_id, OLD.approved_by_id) THEN
    RAISE EXCEPTION 'a role held is only ever ended'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'people_role_fixed';
  END IF;
  SELECT * INTO who FROM people_staff WHERE id = NEW.staff_id;
  PERFORM pg_advisory_xact_lock(hashtextextended('people.person:' || who.person, 0));
  NEW.person := who.person;
  SELECT duty INTO NEW.duty FROM people_roleduty WHERE role = NEW.role;
  IF NEW.duty IS NULL THEN
    RAISE EXCEPTION 'there is no role %', NEW.role
      USING ERRCODE = 'check_violation', CONSTRAINT = 'people_role_known';
  END IF;
  IF (who.vendor_id IS NOT NULL) <> (NEW.duty = 'vendor') THEN
    RAISE EXCEPTION 'roles of vendors and of the bank do not mix'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'people_role_vendor';
  END IF;
  IF NEW.granted_by_id IS NULL THEN
    IF TG_OP = 'INSERT' AND current_setting('app.scope', true) IS DISTINCT FROM '*' THEN
      RAISE EXCEPTION 'a role is granted by one person and approved by another'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'people_role_two_people';
    END IF;
  ELSIF (SELECT count(DISTINCT person) FROM people_staff WHERE id IN
      (NEW.staff_id, NEW.granted_by_id, NEW.approved_by_id)) < 3 THEN
    RAISE EXCEPTION 'holder, granter and approver of a role are three people'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'people_role_three_people';
  END IF;
  SELECT held.role INTO clash
    FROM people_staffrole held
    JOIN people_dutyconflict pair ON pair.first = NEW.duty AND pair.second = held.duty
   WHERE held.person = NEW.person AND held.id IS DISTINCT FROM NEW.id
     AND daterange(held.valid_from, held.valid_until, '[]')
      && daterange(NEW.valid_from, NEW.valid_until, '[]')
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the duties of % and % are not for one human', NEW.role, clash
      USING ERRCODE = 'check_violation', CONSTRAINT = 'people_role_duties_apart';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER people_staffrole_guard BEFORE INSERT OR UPDATE ON people_staffrole
  FOR EACH ROW EXECUTE FUNCTION people_staffrole_guard();

CREATE FUNCTION people_roleproposal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND (SELECT count(DISTINCT person) FROM people_staff WHERE id IN
      (NEW.staff_id, NEW.proposed_by_id)) < 2 THEN
    RAISE EXCEPTION 'nobody proposes a role of their own'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'people_proposal_own';
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF OLD.state <> 'waiting' OR (NEW.staff_id, NEW.role, NEW.kind, NEW.valid_from,
        NEW.valid_until, NEW.reason, NEW.proposed_by_id, NEW.proposed_at)
        IS DISTINCT FROM (OLD.staff_id, OLD.role, OLD.kind, OLD.valid_from,
        OLD.valid_until, OLD.reason, OLD.proposed_by_id, OLD.proposed_at) THEN
      RAISE EXCEPTION 'a proposal is only ever decided, and once'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'people_proposal_fixed';
    END IF;
    IF (SELECT count(DISTINCT person) FROM people_staff WHERE id IN
        (NEW.staff_id, NEW.proposed_by_id, NEW.decided_by_id)) < 3 THEN
      RAISE EXCEPTION 'holder, proposer and decider of a role are three people'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'people_proposal_three_people';
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER people_roleproposal_guard BEFORE INSERT OR UPDATE ON people_roleproposal
  FOR EACH ROW EXECUTE FUNCTION people_roleproposal_guard();

CREATE FUNCTION people_staff_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Whoever could part two numbers of one human could approve what they made themselves.
  IF NEW.number <> OLD.number OR (NEW.person <> OLD.person
      AND current_setting('app.scope', true) IS DISTINCT FROM '*') THEN
    RAISE EXCEPTION 'the number and the human of % are fixed', OLD.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'people_staff_person_fixed';
  END IF;
  IF NEW.vendor_id IS DISTINCT FROM OLD.vendor_id
      AND EXISTS (SELECT 1 FROM people_staffrole WHERE staff_id = NEW.id) THEN
    RAISE EXCEPTION '% has held roles: the vendor is fixed', OLD.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'people_staff_vendor_fixed';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION people_staff_same_human() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The guard of the roles looks at each again, now as roles of the other human.
  UPDATE people_staffrole SET person = NEW.person WHERE staff_id = NEW.id;
  RETURN NULL;
END $$;

CREATE TRIGGER people_staff_same_human AFTER UPDATE ON people_staff
  FOR EACH ROW WHEN (NEW.person <> OLD.person) EXECUTE FUNCTION people_staff_same_human();
CREATE TRIGGER people_staff_guard BEFORE UPDATE OF person, number, vendor_id ON people_staff
  FOR EACH ROW EXECUTE FUNCTION people_staff_guard();
"""
ROLE_UNDO = """
DROP TRIGGER people_staff_guard ON people_staff;
DROP TRIGGER people_staff_same_human ON people_staff;
DROP TRIGGER people_roleproposal_guard ON people_roleproposal;
DROP TRIGGER people_staffrole_guard ON people_staffrole;
DROP FUNCTION people_staff_guard();
DROP FUNCTION people_staff_same_human();
DROP FUNCTION people_roleproposal_guard();
DROP FUNCTION people_staffrole_guard();
"""

# The application reads these and never writes them.
READ_ONLY = """
DO $$
DECLARE reader text;
BEGIN
  FOR reader IN
    SELECT DISTINCT grantee FROM information_schema.role_table_grants
     WHERE table_name = 'people_roleduty' AND grantee <> current_user
  LOOP
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON people_roleduty,'
                   ' people_dutyconflict FROM %I', reader);
    EXECUTE format('REVOKE DELETE, TRUNCATE ON people_staff, people_staffrole,'
                   ' people_roleproposal FROM %I', reader);
  END LOOP;
END $$;
"""


def fill(apps, _schema_editor):
    """Copy roles.py; whoever changes the duties there adds a migration that calls this again."""
    duties = apps.get_model("people", "RoleDuty").objects
    duties.all().delete()
    duties.bulk_create(duties.model(role=role.code, duty=role.duty) for role in ROLES.values())
    conflicts = apps.get_model("people", "DutyConflict").objects
    conflicts.all().delete()
    both = [(a, b) for pair in DUTY_CONFLICTS for a in pair for b in pair if a != b]
    conflicts.bulk_create(conflicts.model(first=a, second=b) for a, b in sorted(both))


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.RunSQL(TREE, TREE_UNDO),
        migrations.RunSQL(ROLE, ROLE_UNDO),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(READ_ONLY, migrations.RunSQL.noop),
    ]
