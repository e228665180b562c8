"""The drill of docs/operations.md: a dump, restored on another server, is whole and goes on."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from foundation.people import services as people
from foundation.trail import gateways
from foundation.trail import services as trail
from ops_platform.env import BASE, OWNER, env
from ops_platform.stack import installation, roles
from ops_platform.stack.servers import postgres_binaries
from ops_platform.stack.throwaway import Throwaway, throwaway
from tests.database import Database
from tests.factories import ledger as factory
from tests.factories.trail import seal_all
from tests.servers import PAIR

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PAIR is None, reason="needs the superuser of a server of our own"),
]
# A server in use is ahead of a new one by far more numbers of transactions than a restore takes.
IN_USE = """
DO $$ BEGIN
  FOR n IN 1 .. 30000 LOOP
    PERFORM pg_current_xact_id();
    COMMIT;
  END LOOP;
END $$
"""
SEAL = """
import django; django.setup()
from datetime import datetime, UTC
from foundation.people import services as people
from foundation.trail import services as trail
with people.acting_as_system(reason="drill"):
    print(sorted(trail.seal(at=datetime.now(UTC))))
"""


def tool(servers: Throwaway, name: str, *words: str | Path) -> None:
    """Run one of the server's own programs as a person at the console would."""
    path = postgres_binaries(servers.postgres.places, kind=servers.postgres.kind) / name
    subprocess.run([path, *words], check=True, capture_output=True, timeout=120)


def there(servers: Throwaway, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python of the platform against the restored database."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", *words],
        env={
            **os.environ,
            **servers.environment,
            "DJANGO_SETTINGS_MODULE": "ops_platform.settings",
        },
        cwd=BASE,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def counted(dsn: str) -> dict[str, int]:
    """Return how many rows each table has, seen by one whom no policy holds."""
    found = {}
    with roles.connected(dsn) as line:
        line.execute(
            "SELECT relname FROM pg_class"
            " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
        for (table,) in line.fetchall():
            line.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = line.fetchone()[0]  # type: ignore[index]
    return found


def test_what_was_dumped_is_proved_elsewhere_and_goes_on(
    committed_db: Database, tmp_path: Path, settings: Any
) -> None:
    assert PAIR is not None
    settings.OPS_VAR = tmp_path / "here"
    with committed_db.as_owner() as line:
        line.execute(IN_USE)
    bank, anchor = factory.bank(), gateways.anchor()
    assert bank.outlet.pk in seal_all(at=factory.NOON)
    with people.acting_as_system(reason="drill"):
        trail.drop_anchor(anchor=anchor, at=factory.NOON)
    source, dump = PAIR.postgres.dsn(committed_db.name), tmp_path / "ops.dump"
    before = counted(source)

    tool(PAIR, "pg_dump", "--format=custom", f"--dbname={source}", f"--file={dump}")
    with throwaway(kind=PAIR.postgres.kind, home=tmp_path / "elsewhere") as other:
        target = other.postgres.dsn("ops")
        # A new one: rights that one in use gives by default would be added to those of the dump.
        roles.clone(other.postgres.dsn("postgres"), template="template0", name="ops")
        tool(
            other, "pg_restore", f"--dbname={target}", f"--role={OWNER}", "--exit-on-error", dump
        )  # fmt: skip

        shutil.copytree(anchor.path.parent, other.home / "files" / "anchors")
        shutil.copytree(PAIR.home / "files" / "secrets", other.home / "files" / "secrets")
        assert counted(target) == before
        assert before["ledger_journalline"] > 0
        assert before["trail_event"] > 0
        assert "RestoredElsewhere" in there(other, "-c", SEAL).stderr
        here = replace(env, database_url=other.environment["DATABASE_URL"])
        assert installation.count_on(here)
        assert not installation.count_on(here), "only once"
        assert there(other, "-c", SEAL).returncode == 0
        looked = there(other, "-m", "django", "verify_books")
        assert "0 differences; trail: 0 breaks" in looked.stdout, looked.stdout + looked.stderr
        assert looked.returncode == 0
    shutil.rmtree(tmp_path / "elsewhere", ignore_errors=True)
