"""A web process that is told to stop answers what it has begun, and takes nothing new."""

from __future__ import annotations

import signal
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from ops_platform.stack import roles

pytestmark = pytest.mark.slow

open_address = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


def test_a_running_request_is_answered_after_the_word_to_stop(web, committed_db):
    process, address = web
    with roles.connected(committed_db.dsn("owner")) as line, ThreadPoolExecutor(1) as person:
        line.execute("BEGIN")
        line.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
        asked = person.submit(open_address, f"{address}/readyz?only=serving", timeout=20)
        wait_for_lock(line)

        process.send_signal(signal.SIGTERM)
        time.sleep(1)

        assert not asked.done()
        assert process.poll() is None
        with pytest.raises(urllib.error.URLError, match="refused"):
            open_address(f"{address}/healthz", timeout=5)
        line.execute("COMMIT")
        assert asked.result(10).status == 200
    assert process.wait(10) == -signal.SIGTERM, "it ends by the signal, after its work"


def test_a_request_that_never_ends_does_not_hold_the_process(web, committed_db):
    process, address = web
    with roles.connected(committed_db.dsn("owner")) as line, ThreadPoolExecutor(1) as person:
        line.execute("BEGIN")
        line.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
        asked = person.submit(open_address, f"{address}/readyz?only=serving", timeout=40)
        wait_for_lock(line)

        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(30)

        assert time.monotonic() - began < 12, "the supervisor kills after twelve seconds"
        assert asked.exception(10)
        line.execute("ROLLBACK")


def wait_for_lock(line):
    """Wait until somebody waits for what this connection has locked."""
    until = time.monotonic() + 10
    while True:
        line.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        if line.fetchone()[0]:
            return
        assert time.monotonic() < until
        time.sleep(0.05)
