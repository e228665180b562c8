"""What the database itself remembers of its installation: which migrations, whether seeded.

The note lies in the database, not in a file, so that it is true after a restore as well.
"""

from psycopg2 import errors

from ops_platform.env import Env
from ops_platform.stack import roles
from ops_platform.stack.fingerprint import migrations_fingerprint

_TABLE = """
CREATE TABLE IF NOT EXISTS ops_installation (
    name text PRIMARY KEY,
    value text NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""


def noted(env: Env, name: str) -> str:
    """Return a note, or the empty text."""
    with roles.connected(env.dsn("owner")) as line:
        try:
            line.execute("SELECT value FROM ops_installation WHERE name = %s", [name])
        except errors.UndefinedTable:
            return ""
        row = line.fetchone()
        return str(row[0]) if row else ""


def note(env: Env, name: str, value: str) -> None:
    """Write a note down; only the owner may."""
    with roles.connected(env.dsn("owner")) as line:
        line.execute(_TABLE)
        line.execute(f"REVOKE INSERT, UPDATE, DELETE ON ops_installation FROM {env.app_role}")
        line.execute(
            "INSERT INTO ops_installation (name, value) VALUES (%s, %s) ON CONFLICT (name) "
            "DO UPDATE SET value = excluded.value, noted_at = clock_timestamp()",
            [name, value],
        )


def migrated(env: Env) -> bool:
    """Tell whether the migrations in the code are those the database has."""
    return noted(env, "migrations") == migrations_fingerprint()


def note_migrated(env: Env) -> None:
    """Remember that the database has the migrations of the code."""
    note(env, "migrations", migrations_fingerprint())


def half_seeded(env: Env) -> bool:
    """Tell whether a demo day was begun here and never finished: such a database is nobody's."""
    return bool(noted(env, "seeding")) and not noted(env, "seeded")


def count_on(env: Env) -> bool:
    """Let the trail's count of transactions go on when the database came from another server.

    Returns whether it did. Nobody may work in the database yet (foundation/trail/README.md).
    """
    with roles.connected(env.dsn("owner")) as line:
        line.execute("SELECT trail_count_on()")
        [added] = line.fetchone() or (0,)
    if added:
        note(env, "trail counts on from", str(added))
    return bool(added)
