"""The two database roles: the owner, who migrates, and the application, which owns nothing."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection, cursor, make_dsn, parse_dsn

from ops_platform.env import DATABASE, OWNER, Env


class WrongRole(SystemExit):
    """A database role has rights that would make row-level security void, or cannot be made."""


@contextmanager
def connected(dsn: str) -> Iterator[cursor]:
    """Open a connection for administration, one statement at a time, and close it after."""
    link: connection = psycopg2.connect(dsn, connect_timeout=10, application_name="ops-stack")
    try:
        link.autocommit = True
        with link.cursor() as line:
            yield line
    finally:
        link.close()


_LEAVING_SECONDS = 15


def make_owner(superuser_dsn: str, *, password: str, may_create: bool = False) -> None:
    """Create the owner's role in an embedded server, with its password; safe to repeat."""
    rights = "CREATEDB CREATEROLE" if may_create else "NOCREATEDB NOCREATEROLE"
    with connected(superuser_dsn) as line:
        _role(line, OWNER, password, f"LOGIN {rights} NOSUPERUSER NOBYPASSRLS")


def make_database(superuser_dsn: str, *, name: str = DATABASE) -> None:
    """Create an empty database that belongs to the owner, unless it is there."""
    with connected(superuser_dsn) as line:
        line.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not line.fetchone():
            text = "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
            line.execute(sql.SQL(text).format(sql.Identifier(name), sql.Identifier(OWNER)))


def make_application(superuser_dsn: str, *, role: str, password: str) -> None:
    """Create the application's role in an embedded server, with its password; safe to repeat."""
    with connected(superuser_dsn) as line:
        _role(line, role, password, _APPLICATION_RIGHTS)


def prepare_external(env: Env) -> None:
    """Give an outside server the application's role, through the owner's login.

    Nothing is done when the role can sign in already. Refuses a role that row-level security
    would not hold.
    """
    if _can_sign_in(env.dsn("app")):
        return
    with connected(env.dsn("owner")) as line:
        try:
            _role(line, env.app_role, env.app_password, _APPLICATION_RIGHTS)
        except psycopg2.errors.InsufficientPrivilege:
            raise WrongRole(
                f"the role {env.app_role} cannot be made by this login: create it by hand, "
                f"LOGIN, with OPS_APP_PASSWORD (docs/operations.md)"
            ) from None


def grant(owner_dsn: str, *, role: str) -> None:
    """Let the application read and write what the owner makes from now on; safe to repeat.

    Only default rights are given, before the first table exists. What a migration takes away
    from a table (the trail is never changed) is therefore not given back here.
    """
    app = sql.Identifier(role)
    database = sql.Identifier(parse_dsn(owner_dsn)["dbname"])
    with connected(owner_dsn) as line:
        line.execute("SELECT current_user")
        owner = sql.Identifier(line.fetchone()[0])  # type: ignore[index]
        for text in _GRANTS:
            line.execute(sql.SQL(text).format(app=app, owner=owner, database=database))


def check_application(app_dsn: str) -> None:
    """Refuse an application role that is superuser, bypasses row security, or owns tables."""
    with connected(app_dsn) as line:
        line.execute(
            "SELECT rolsuper OR rolbypassrls, EXISTS (SELECT 1 FROM pg_class c "
            "WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p')) "
            "FROM pg_roles r WHERE rolname = current_user"
        )
        mighty, owning = line.fetchone() or (True, True)
    if mighty or owning:
        raise WrongRole(
            "the application's database role must not be superuser, BYPASSRLS or an owner of tables"
        )


def clone(superuser_dsn: str, *, template: str, name: str) -> None:
    """Copy a database as a whole, files and all; a former one of that name is dropped."""
    with connected(superuser_dsn) as line:
        drop(superuser_dsn, name=name)
        text = "CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY"
        names = (sql.Identifier(name), sql.Identifier(template), sql.Identifier(OWNER))
        line.execute(sql.SQL(text).format(*names))


def drop(superuser_dsn: str, *, name: str) -> None:
    """Drop a database and end its connections; wait for those that are just leaving.

    The owner of an outside server may not end the application's connections, and never those of
    autovacuum: then the plain drop, which sends autovacuum away by itself, takes its turn.
    """
    database = sql.Identifier(name)
    forced = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database)
    plain = sql.SQL("DROP DATABASE IF EXISTS {}").format(database)
    until = time.monotonic() + _LEAVING_SECONDS
    for text in cycle((forced, plain)):
        try:
            with connected(superuser_dsn) as line:
                line.execute(text)
        except (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.ObjectInUse):
            if time.monotonic() > until:
                raise
        else:
            return


def wait_for(dsn: str, *, seconds: int) -> None:
    """Wait until a database lets us in; raises its last refusal after the given time."""
    until = time.monotonic() + seconds
    while True:
        try:
            with connected(dsn):
                return
        except psycopg2.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def with_database(dsn: str, name: str) -> str:
    """Return the address of another database of the same server."""
    return make_dsn(dsn, dbname=name)


_APPLICATION_RIGHTS = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION"

_DEFAULT = "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
_GRANTS = (
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {app}",
    "GRANT USAGE ON SCHEMA public TO {app}",
    f"{_DEFAULT} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {{app}}",
    f"{_DEFAULT} GRANT USAGE, SELECT ON SEQUENCES TO {{app}}",
)


def _role(line: cursor, name: str, password: str, rights: str) -> None:
    line.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
    verb = "ALTER" if line.fetchone() else "CREATE"
    text = sql.SQL(f"{verb} ROLE {{}} {rights} PASSWORD {{}}")
    line.execute(text.format(sql.Identifier(name), sql.Literal(password)))


def _can_sign_in(dsn: str) -> bool:
    try:
        with connected(dsn):
            return True
    except psycopg2.OperationalError:
        return False
