"""A real PostgreSQL for the tests: a migrated template, copied for each process of the run.

Tests run as the application's role, which owns nothing; migrations run as the owner. A test that
needs real commits (races, workers, other processes) asks for `committed_db`, a copy of its own.
"""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from psycopg2.extensions import cursor
from pytest_django import live_server_helper
from pytest_django.plugin import DjangoDbBlocker

from ops_platform.env import env
from ops_platform.migrating import one_model_at_a_time
from ops_platform.stack import roles
from ops_platform.stack.fingerprint import migrations_fingerprint
from tests.servers import OWN, PAIR

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
_MIGRATING = 7_340_001


@dataclass(frozen=True)
class Database:
    """One copy of the migrated database."""

    name: str

    def dsn(self, role: str = "app") -> str:
        """Return its address for the application or the owner."""
        return roles.with_database(env.dsn(role), self.name)

    @contextmanager
    def as_owner(self) -> Iterator[cursor]:
        """Open a connection as the owner, outside the test's transaction."""
        with roles.connected(self.dsn("owner")) as line:
            yield line

    def environment(self) -> dict[str, str]:
        """Return the environment of another process that is to use this copy."""
        return {**os.environ, "DATABASE_URL": self.dsn("owner")}


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the servers before the processes of a divided run."""
    if OWN and getattr(session.config.option, "numprocesses", None):
        OWN.start()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop the servers of this run."""
    if OWN:
        connections.close_all()
        OWN.stop()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the choice of the tests that need no server."""
    parser.addoption("--without-database", action="store_true", help="only tests without a server")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse tests that would empty tables, and leave out those with servers when asked to."""
    for item in items:
        mark = item.get_closest_marker("django_db")
        if mark and mark.kwargs.get("transaction"):
            raise pytest.UsageError(f"{item.nodeid}: ask for committed_db, not transaction=True")
    if config.getoption("--without-database"):
        slow = [item for item in items if needs_server(item)]
        items[:] = [item for item in items if not needs_server(item)]
        config.hook.pytest_deselected(items=slow)


def needs_server(item: pytest.Item) -> bool:
    """Return whether a test works with a database or with processes of its own."""
    fixtures = set(getattr(item, "fixturenames", ()))
    marked = item.get_closest_marker("django_db") or item.get_closest_marker("slow")
    return bool(marked or fixtures & {"template", "db", "django_db_setup"})


@pytest.fixture(scope="session")
def template(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> str:
    """Return the name of the migrated database that all others are copied from."""
    if OWN:
        OWN.start()
    else:
        roles.prepare_external(env)
    name = f"template_{migrations_fingerprint()}"
    with roles.connected(env.dsn("owner")) as line:
        line.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
        line.execute("SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%%'")
        found = {row[0] for row in line.fetchall()}
        if name not in found:
            for old in found:
                roles.drop(env.dsn("owner"), name=old)
            with django_db_blocker.unblock():
                _migrate(name)
    return name


@pytest.fixture(scope="session")
def database(template: str) -> Iterator[Database]:
    """Return this process's copy, shared by the tests that roll back."""
    with copied(template, "") as copy:
        yield copy


@pytest.fixture(scope="session")
def connected(database: Database) -> Iterator[None]:
    """Let Django's connection lead to this process's copy."""
    with _connected_to(database):
        yield


@pytest.fixture
def committed_db(template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Database]:
    """Give the test a copy of its own, in which what it commits stays until the test ends."""
    with copied(template, "_own") as copy, _connected_to(copy), django_db_blocker.unblock():
        yield copy


@pytest.fixture(scope="module")
def shared_db(template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Database]:
    """Give the tests of one file a copy together, for what takes long to bring about."""
    with copied(template, "_shared") as copy, _connected_to(copy), django_db_blocker.unblock():
        yield copy


@pytest.fixture
def live(committed_db: Database) -> Iterator[live_server_helper.LiveServer]:
    """Serve the pages from this process, on a database of the test's own."""
    server = live_server_helper.LiveServer("127.0.0.1")
    yield server
    server.stop()


@contextmanager
def copied(template: str, mark: str) -> Iterator[Database]:
    """Copy a database for this process, under a name with this at its end."""
    owner, name = env.dsn("owner"), f"test_{_WORKER}_{os.getpid()}{mark}"
    roles.clone(owner, template=template, name=name)
    try:
        yield Database(name)
    finally:
        # On servers of our own by the one who may end every connection, whosoever it is.
        roles.drop(PAIR.postgres.dsn() if PAIR else owner, name=name)


@contextmanager
def _connected_to(database: Database, role: str = "app") -> Iterator[None]:
    connection = connections["default"]
    before = dict(connection.settings_dict)
    connection.close()
    # The same dictionary serves the connections of other threads.
    connection.settings_dict.update(env.database(role), NAME=database.name, CONN_MAX_AGE=0)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def migrate(app: str, to: str = "") -> None:
    """Bring an app to one of its migrations, back or forth, or to its latest one."""
    with one_model_at_a_time():
        executor = MigrationExecutor(connection)
        executor.migrate([(app, to)] if to else executor.loader.graph.leaf_nodes(app))


def _migrate(name: str) -> None:
    owner, raw = env.dsn("owner"), f"{name}_raw".replace("template_", "making_")
    roles.drop(owner, name=raw)
    with roles.connected(owner) as line:
        line.execute(f"CREATE DATABASE {raw} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
        roles.grant(roles.with_database(owner, raw), role=env.app_role)
        with _connected_to(Database(raw), "owner"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call_command("migrate", interactive=False, verbosity=0)
        line.execute(f"ALTER DATABASE {raw} RENAME TO {name}")
