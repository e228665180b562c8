"""Policies look the institution up in a hash of the scope instead of walking through its list."""

from django.db import migrations

# Policies made from now on have this form already (kernel.scope.rls_sql); older ones, of whatever
# room, are altered here.
HASHED = """
DO $$
DECLARE
  made record;
  seen text;
BEGIN
  FOR made IN
    SELECT tablename, policyname, substring(qual FROM '([a-z_]+) = ANY') AS guarded
      FROM pg_policies
     WHERE schemaname = current_schema() AND policyname = tablename || '_scope'
       AND qual LIKE '%= ANY%string_to_array%'
  LOOP
    seen := format(
      $seen$%I IN (
        select unnest(string_to_array(
          nullif(nullif(current_setting('app.scope', true), ''), '*'), ',')::bigint[])
      ) OR (select current_setting('app.scope', true)) = '*'$seen$, made.guarded);
    EXECUTE format('ALTER POLICY %I ON %I USING (%s) WITH CHECK (%s)',
                   made.policyname, made.tablename, seen, seen);
  END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0004_second_factor")]

    operations = [migrations.RunSQL(HASHED, migrations.RunSQL.noop)]
