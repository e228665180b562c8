"""Changes of rows whose business day is over, counted by outlet and day: the SQL of such counts.

A table of this kind has an institution, a day, how many `changes` there were and the `newest` of a
sequence. Triggers write it; nobody who writes waits for another (docs/decisions/0235).
"""

from __future__ import annotations

import re

_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,57}")


def note_sql(table: str) -> str:
    """Return the function by which a trigger counts a change of an institution's day.

    It adds to a row that no other transaction has added to and is still open; where there is none,
    it begins another. So nobody waits and nothing can lock in a ring, and a day has as many rows as
    transactions ever changed it at once. The number from the sequence never comes again, also where
    a transaction is rolled back.
    """
    _check(table)
    return f"""
CREATE OR REPLACE FUNCTION {table}_note(p_institution bigint, p_day date) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE {table} SET changes = changes + 1, newest = nextval('{table}_id_seq')
     WHERE id = (SELECT id FROM {table} WHERE institution_id = p_institution
                    AND business_date = p_day LIMIT 1 FOR UPDATE SKIP LOCKED);
    IF NOT FOUND THEN
        INSERT INTO {table} (institution_id, business_date, changes, newest)
        VALUES (p_institution, p_day, 1, nextval('{table}_id_seq'));
    END IF;
END $$;
"""  # noqa: S608 -- the name was checked


def note_each_sql(table: str) -> str:
    """Return the function as it was before there were counts: it notes a row for each change."""
    _check(table)
    return f"""
CREATE OR REPLACE FUNCTION {table}_note(p_institution bigint, p_day date) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO {table} (institution_id, business_date) VALUES (p_institution, p_day);
END $$;
"""  # noqa: S608 -- the name was checked


def carry_sql(table: str) -> str:
    """Return the statements that make one count of the rows that were noted one by one."""
    _check(table)
    return f"""
SELECT set_config('app.scope', '*', true);
UPDATE {table} kept SET changes = noted.changes, newest = kept.id
  FROM (SELECT max(id) AS id, count(*) AS changes FROM {table}
         GROUP BY institution_id, business_date) noted
 WHERE kept.id = noted.id;
DELETE FROM {table} WHERE newest = 0;
SET CONSTRAINTS ALL IMMEDIATE
"""  # noqa: S608 -- the name was checked


def read_only_sql(table: str) -> str:
    """Return the statement that leaves the application nothing but reading: triggers write."""
    _check(table)
    return f"""
DO $$
DECLARE reader text;
BEGIN
  FOR reader IN
    SELECT DISTINCT grantee FROM information_schema.role_table_grants
     WHERE table_name = '{table}' AND grantee <> current_user
  LOOP
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {table} FROM %I', reader);
  END LOOP;
END $$
"""  # noqa: S608 -- the name was checked


def _check(table: str) -> None:
    if not _IDENTIFIER.fullmatch(table):
        raise ValueError(f"{table!r} is not a plain identifier")
