"""A row in every table, whatever it says: constraints and triggers stand aside for it."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg2.errors import NotNullViolation
from psycopg2.extensions import cursor

# What stands in a column that wants a value, by the beginning of its type's name.
VALUES = {
    "bigint": "1", "integer": "1", "smallint": "1", "numeric": "1", "boolean": "false",
    "text": "'x'", "character": "'x'", "date": "current_date", "timestamp": "now()",
    "time": "localtime", "uuid": "gen_random_uuid()", "jsonb": "'{}'", "bytea": "''",
}  # fmt: skip
WANTED = """
SELECT a.attname, format_type(a.atttypid, NULL), parent.relname, target.attname
FROM pg_attribute a
LEFT JOIN pg_constraint key ON key.conrelid = a.attrelid AND key.contype = 'f'
    AND key.conkey = ARRAY[a.attnum] AND key.conparentid = 0
LEFT JOIN pg_class parent ON parent.oid = key.confrelid
LEFT JOIN pg_attribute target ON target.attrelid = key.confrelid AND target.attnum = key.confkey[1]
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = ''
ORDER BY a.attnum
"""
ASIDE = """
SELECT conname FROM pg_constraint
WHERE conrelid = %s::regclass AND contype IN ('c', 'f') AND conislocal
"""


def fill(line: cursor, tables: Sequence[str]) -> None:
    """Put a row into each table that has none, as the owner, and into those that it points at."""
    line.execute("SELECT set_config('app.scope', '*', false)")
    left: dict[str, dict[str, str]] = {}
    empty = [table for table in tables if not _has_rows(line, table)]
    while empty:
        table = empty.pop()
        left[table], parents = _wanted(line, table)
        _let_anything_in(line, table)
        empty += [one for one in parents if one not in left and not _has_rows(line, one)]
    while left:
        done = [table for table, wanted in left.items() if _inserted(line, table, wanted)]
        assert done, f"no row could be put into {sorted(left)}"
        left = {table: wanted for table, wanted in left.items() if table not in done}


def _has_rows(line: cursor, table: str) -> bool:
    line.execute(f"SELECT FROM {table} LIMIT 1")
    return line.fetchone() is not None


def _wanted(line: cursor, table: str) -> tuple[dict[str, str], set[str]]:
    """Return what each column without a value of its own is given, and the tables pointed at."""
    line.execute(WANTED, [table])
    columns = line.fetchall()
    given = {
        name: f"(SELECT max({key}) FROM {parent})" if parent else _value(kind)
        for name, kind, parent, key in columns
    }
    return given, {parent for _name, _kind, parent, _key in columns if parent}


def _value(kind: str) -> str:
    if kind.endswith("[]"):
        return "'{}'"
    return next(text for beginning, text in VALUES.items() if kind.startswith(beginning))


def _let_anything_in(line: cursor, table: str) -> None:
    line.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    line.execute(ASIDE, [table])
    for (name,) in line.fetchall():
        line.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def _inserted(line: cursor, table: str, wanted: dict[str, str]) -> bool:
    """Insert a row; not while a parent has none."""
    names = ", ".join(f'"{name}"' for name in wanted)
    try:
        line.execute(f"INSERT INTO {table} ({names}) SELECT {', '.join(wanted.values())}")
    except NotNullViolation:
        return False
    return True
