"""The embedded servers: what was acknowledged is still there after kill -9."""

import os
import subprocess
import sys
import time

import pytest
import redis

from ops_platform.stack import roles, turns
from ops_platform.stack.throwaway import scratch, throwaway

pytestmark = pytest.mark.slow


@pytest.fixture
def servers(tmp_path_factory):
    # Careful servers: as in earnest, with every commit on the disk.
    with throwaway(careless=False, home=tmp_path_factory.mktemp("servers")) as running:
        yield running


def _killed_and_started(server, child):
    child.kill()
    child.wait()
    server.prepare()
    fresh = server.start()
    server.wait_ready(fresh)
    return fresh


def test_committed_rows_survive_the_death_of_the_database(servers):
    owner = servers.environment["DATABASE_URL"]
    with roles.connected(owner) as line:
        line.execute("CREATE TABLE paid AS SELECT generate_series(1, 1000) AS fen")

    began = time.monotonic()
    for number, (server, child) in enumerate(servers._children):  # noqa: SLF001
        servers._children[number] = (server, _killed_and_started(server, child))  # noqa: SLF001

    assert time.monotonic() - began < 15
    with roles.connected(owner) as line:
        line.execute("SELECT count(*) FROM paid")
        assert line.fetchone() == (1000,)


def test_the_broker_keeps_what_it_was_told_a_second_ago(servers):
    client = redis.Redis.from_url(servers.environment["REDIS_URL"])
    client.set("bell", "rung")
    time.sleep(1.5)

    server, child = servers._children[1]  # noqa: SLF001
    servers._children[1] = (server, _killed_and_started(server, child))  # noqa: SLF001

    assert client.get("bell") == b"rung"
    client.close()


def test_the_application_role_cannot_make_or_empty_tables(servers):
    app = servers.environment["DATABASE_URL"].replace("ops_owner:", "ops_app:")
    with roles.connected(servers.environment["DATABASE_URL"]) as line:
        line.execute("CREATE TABLE kept (id int)")

    for forbidden in ("CREATE TABLE mine (id int)", "TRUNCATE kept", "DROP TABLE kept"):
        with roles.connected(app) as line, pytest.raises(Exception, match=r"permission|owner"):
            line.execute(forbidden)


def test_what_may_be_lost_lies_in_memory_where_that_is_ample(tmp_path):
    usual = tmp_path / "usual"
    there = scratch(usual, memory=tmp_path, room=0)

    assert there.is_dir()
    assert there.parent == tmp_path
    assert scratch(usual, memory=tmp_path, room=0) == there
    assert scratch(tmp_path / "another", memory=tmp_path, room=0) != there
    assert scratch(usual, memory=tmp_path, room=1 << 60) == usual
    assert scratch(usual, memory=tmp_path / "none", room=0) == usual


def test_whoever_changes_a_table_is_in_the_log(servers):
    with roles.connected(servers.environment["DATABASE_URL"]) as line:
        line.execute("SHOW log_statement")
        assert line.fetchone() == ("ddl",)


def test_servers_and_what_they_start_take_short_turns(servers):
    usual = turns.turn_ns(os.getpid())
    if usual is None:
        pytest.skip("this system knows of no length of turns")
    for _server, child in servers._children:  # noqa: SLF001
        assert turns.turn_ns(child.pid) == turns.SHORT_NS
    with roles.connected(servers.environment["DATABASE_URL"]) as line:
        line.execute("SELECT pg_backend_pid()")
        assert [turns.turn_ns(pid) for (pid,) in line.fetchall()] == [turns.SHORT_NS]
    assert turns.turn_ns(os.getpid()) == usual > turns.SHORT_NS


def test_a_system_without_turns_leaves_everything_as_it_is(monkeypatch):
    monkeypatch.setattr(turns.platform, "machine", lambda: "riscv64")
    assert turns.take_short_turns() is False
    assert turns.turn_ns(os.getpid()) is None


def test_turns_do_not_change_how_a_process_gives_way():
    asked = (
        "import os; os.nice(7); from ops_platform.stack import turns; "
        "turns.take_short_turns(); print(os.getpriority(os.PRIO_PROCESS, 0))"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "7"
