"""Whose a number is: a keyed hash of the identity number, and numbers of one human put together."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FUNCTIONS = """
CREATE FUNCTION people_person_of(p_hashes text[]) RETURNS uuid LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT person FROM people_identity WHERE hashed = ANY (p_hashes) LIMIT 1
$$;

CREATE FUNCTION people_known(p_persons uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT person FROM people_identity WHERE person = ANY (p_persons)
$$;

CREATE FUNCTION people_identity_keys() RETURNS SETOF text LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT key_name FROM people_identity
$$;

CREATE FUNCTION people_keep_identity(
  p_persons uuid[], p_hashes text[], p_key text, p_by bigint, p_at timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF p_by IS NULL AND current_setting('app.scope', true) IS DISTINCT FROM '*' THEN
    RAISE EXCEPTION 'somebody enters an identity' USING ERRCODE = 'OP104';
  END IF;
  IF EXISTS (SELECT 1 FROM people_staff WHERE id = p_by AND person = ANY (p_persons)) THEN
    RAISE EXCEPTION 'nobody enters their own identity' USING ERRCODE = 'OP104';
  END IF;
  INSERT INTO people_identity (person, hashed, key_name, told_by_id, told_at)
    SELECT unnest(p_persons), unnest(p_hashes), p_key, p_by, p_at;
END $$;

DO $$
DECLARE v_role text;
BEGIN
  REVOKE ALL ON FUNCTION people_person_of, people_known, people_identity_keys,
    people_keep_identity FROM PUBLIC;
  FOR v_role IN
    SELECT DISTINCT quote_ident(r.rolname)
    FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
    WHERE c.oid = 'people_identity'::regclass AND a.grantee <> c.relowner
  LOOP
    EXECUTE format('REVOKE ALL ON people_identity FROM %s', v_role);
    EXECUTE format('GRANT EXECUTE ON FUNCTION people_person_of, people_known,'
                   ' people_identity_keys, people_keep_identity TO %s', v_role);
  END LOOP;
END $$;
"""
FUNCTIONS_UNDO = """
DROP FUNCTION people_keep_identity(uuid[], text[], text, bigint, timestamptz);
DROP FUNCTION people_identity_keys();
DROP FUNCTION people_known(uuid[]);
DROP FUNCTION people_person_of(text[]);
"""

# The trigger of 0002, but that what is over does not keep two numbers of one human apart: who
# granted a role, and what was held beside it, counts for a role that is moved or ended only from
# today on. A new role is looked at as before.
ROLE = """
CREATE OR REPLACE FUNCTION people_staffrole_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  who people_staff;
  clash text;
  counted daterange := '(,)';
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
  IF TG_OP = 'UPDATE' THEN
    counted := daterange((clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date, NULL);
  END IF;
  IF NEW.granted_by_id IS NULL THEN
    IF TG_OP = 'INSERT' AND current_setting('app.scope', true) IS DISTINCT FROM '*' THEN
      RAISE EXCEPTION 'a role is granted by one person and approved by another'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'people_role_two_people';
    END IF;
  ELSIF counted && daterange(NEW.valid_from, NEW.valid_until, '[]')
      AND (SELECT count(DISTINCT person) FROM people_staff WHERE id IN
      (NEW.staff_id, NEW.granted_by_id, NEW.approved_by_id)) < 3 THEN
    RAISE EXCEPTION 'holder, granter and approver of a role are three people'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'people_role_three_people';
  END IF;
  SELECT held.role INTO clash
    FROM people_staffrole held
    JOIN people_dutyconflict pair ON pair.first = NEW.duty AND pair.second = held.duty
   WHERE held.person = NEW.person AND held.id IS DISTINCT FROM NEW.id
     AND daterange(held.valid_from, held.valid_until, '[]') * counted
      && daterange(NEW.valid_from, NEW.valid_until, '[]')
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the duties of % and % are not for one human', NEW.role, clash
      USING ERRCODE = 'check_violation', CONSTRAINT = 'people_role_duties_apart';
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0013_aml_duty")]

    operations = [
        migrations.CreateModel(
            name="Identity",
            fields=[
                ("person", models.UUIDField(primary_key=True, serialize=False)),
                ("hashed", models.CharField(max_length=64, unique=True)),
                ("key_name", models.CharField(max_length=12)),
                ("told_at", models.DateTimeField()),
                (
                    "told_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "identity hash"},
        ),
        migrations.RunSQL(FUNCTIONS, FUNCTIONS_UNDO),
        migrations.RunSQL(ROLE, migrations.RunSQL.noop),
    ]
