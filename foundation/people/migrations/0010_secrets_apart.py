"""Hashes of passwords leave the row of the person, and what opens a door is locked (decision 0183)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_undo_sql, system_only_sql

# A person's page has a scope of its own: within it no hash is given out and none is kept.
FUNCTIONS = """
CREATE FUNCTION people_hash_of(p_staff bigint) RETURNS text LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT hashed FROM people_password
  WHERE staff_id = p_staff AND coalesce(current_setting('app.scope', true), '') IN ('', '*')
$$;

CREATE FUNCTION people_keep_hash(p_staff bigint[], p_hash text) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF coalesce(current_setting('app.scope', true), '') NOT IN ('', '*') THEN
    RAISE EXCEPTION 'a password is set at the door, not within the scope of a person'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO people_password (staff_id, hashed) SELECT unnest(p_staff), p_hash
  ON CONFLICT (staff_id) DO UPDATE SET hashed = p_hash;
END $$;

DO $$
DECLARE v_role text;
BEGIN
  REVOKE ALL ON FUNCTION people_hash_of, people_keep_hash FROM PUBLIC;
  FOR v_role IN
    SELECT DISTINCT quote_ident(r.rolname)
    FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
    WHERE c.oid = 'people_password'::regclass AND a.grantee <> c.relowner
  LOOP
    EXECUTE format('REVOKE ALL ON people_password FROM %s', v_role);
    EXECUTE format('GRANT EXECUTE ON FUNCTION people_hash_of, people_keep_hash TO %s', v_role);
  END LOOP;
END $$;
"""
FUNCTIONS_UNDO = """
DROP FUNCTION people_keep_hash(bigint[], text);
DROP FUNCTION people_hash_of(bigint);
"""
# A hash that begins with an exclamation mark lets nobody in: it stood for having no password.
MOVE = """
INSERT INTO people_password (staff_id, hashed)
  SELECT id, password FROM people_staff WHERE password NOT LIKE '!%';
ALTER TABLE people_staff DROP COLUMN password
"""
MOVE_UNDO = """
ALTER TABLE people_staff ADD COLUMN password varchar(128) NOT NULL DEFAULT '!';
ALTER TABLE people_staff ALTER COLUMN password DROP DEFAULT;
UPDATE people_staff s SET password = p.hashed FROM people_password p WHERE p.staff_id = s.id
"""
LOCKED = ("people_formerpassword", "people_passwordreset", "people_secondfactor")


class Migration(migrations.Migration):
    dependencies = [("people", "0009_own_keys")]

    operations = [
        migrations.CreateModel(
            name="Password",
            fields=[
                (
                    "staff",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("hashed", models.CharField(max_length=128)),
            ],
            options={"verbose_name": "password hash"},
        ),
        migrations.RunSQL(
            MOVE, MOVE_UNDO, state_operations=[migrations.RemoveField("staff", "password")]
        ),
        migrations.RunSQL(FUNCTIONS, FUNCTIONS_UNDO),
        *(migrations.RunSQL(system_only_sql(table), rls_undo_sql(table)) for table in LOCKED),
    ]
