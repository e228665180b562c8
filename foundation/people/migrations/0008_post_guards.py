"""What the database itself refuses about posts: overlaps, rewriting, fewer than three humans."""

from django.db import migrations

from foundation.kernel.scope import rls_sql, rls_undo_sql

# A range of one number instead of the number itself: no extension is needed for that.
NO_OVERLAP = """
ALTER TABLE people_post ADD CONSTRAINT people_post_no_overlap EXCLUDE USING gist (
  int8range(staff_id, staff_id, '[]') WITH &&, daterange(valid_from, valid_until, '[]') WITH &&)
"""
NO_OVERLAP_UNDO = "ALTER TABLE people_post DROP CONSTRAINT people_post_no_overlap"

GUARDS = """
CREATE FUNCTION people_post_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (to_jsonb(NEW) - 'valid_until') IS DISTINCT FROM (to_jsonb(OLD) - 'valid_until') THEN
      RAISE EXCEPTION 'a post is only ever ended'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'people_post_fixed';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.proposed_by_id IS NULL THEN
    IF current_setting('app.scope', true) IS DISTINCT FROM '*' THEN
      RAISE EXCEPTION 'a post is proposed by one person and approved by another'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'people_post_two_people';
    END IF;
  ELSIF (SELECT count(DISTINCT person) FROM people_staff WHERE id IN
      (NEW.staff_id, NEW.proposed_by_id, NEW.approved_by_id)) < 3 THEN
    RAISE EXCEPTION 'holder, proposer and approver of a post are three people'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'people_post_three_people';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER people_post_guard BEFORE INSERT OR UPDATE ON people_post
  FOR EACH ROW EXECUTE FUNCTION people_post_guard();

CREATE FUNCTION people_postproposal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF (SELECT count(DISTINCT person) FROM people_staff WHERE id IN
        (NEW.staff_id, NEW.proposed_by_id)) < 2 THEN
      RAISE EXCEPTION 'nobody proposes a post of their own'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'people_post_proposal_own';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state <> 'waiting'
      OR (to_jsonb(NEW) - '{state,decided_by_id,decided_at}'::text[])
      IS DISTINCT FROM (to_jsonb(OLD) - '{state,decided_by_id,decided_at}'::text[]) THEN
    RAISE EXCEPTION 'a proposal is only ever decided, and once'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'people_post_proposal_fixed';
  END IF;
  IF (SELECT count(DISTINCT person) FROM people_staff WHERE id IN
      (NEW.staff_id, NEW.proposed_by_id, NEW.decided_by_id)) < 3 THEN
    RAISE EXCEPTION 'holder, proposer and decider of a post are three people'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'people_post_proposal_three_people';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER people_postproposal_guard BEFORE INSERT OR UPDATE ON people_postproposal
  FOR EACH ROW EXECUTE FUNCTION people_postproposal_guard();

CREATE FUNCTION people_staff_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Whoever could move a number alone could show it what another branch does.
  IF NEW.institution_id <> OLD.institution_id
      AND current_setting('app.scope', true) IS DISTINCT FROM '*' THEN
    RAISE EXCEPTION 'where % works follows from the post', OLD.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'people_staff_place_by_post';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER people_staff_place BEFORE UPDATE OF institution_id ON people_staff
  FOR EACH ROW EXECUTE FUNCTION people_staff_place();

DO $$
DECLARE reader text;
BEGIN
  FOR reader IN
    SELECT DISTINCT grantee FROM information_schema.role_table_grants
     WHERE table_name = 'people_post' AND grantee <> current_user
  LOOP
    EXECUTE format('REVOKE DELETE, TRUNCATE ON people_post, people_postproposal FROM %I', reader);
  END LOOP;
END $$;
"""
GUARDS_UNDO = """
DROP TRIGGER people_staff_place ON people_staff;
DROP TRIGGER people_postproposal_guard ON people_postproposal;
DROP TRIGGER people_post_guard ON people_post;
DROP FUNCTION people_staff_place();
DROP FUNCTION people_postproposal_guard();
DROP FUNCTION people_post_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0007_posts")]

    operations = [
        migrations.RunSQL(NO_OVERLAP, NO_OVERLAP_UNDO),
        migrations.RunSQL(GUARDS, GUARDS_UNDO),
        migrations.RunSQL(rls_sql("people_postproposal"), rls_undo_sql("people_postproposal")),
    ]
