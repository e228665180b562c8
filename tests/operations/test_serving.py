"""A web process that is told to stop answers what it has begun, and takes nothing new."""

from __future__ import annotations

import signal
import socket
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


def head_answered(address, *lines):
    """Send the head of a request to the sign-in page alone; return the answer's first line."""
    host, port = address.removeprefix("http://").split(":")
    head = ["POST /people/sign-in/ HTTP/1.1", f"Host: {host}:{port}", *lines, "", ""]
    with socket.create_connection((host, int(port)), timeout=20) as line:
        line.sendall("\r\n".join(head).encode())
        return line.makefile("rb").readline().decode().strip()


def test_what_is_too_long_is_refused_before_a_byte_of_it_comes(web):
    _process, address = web
    kind = "Content-Type: multipart/form-data; boundary=x"

    assert "413" in head_answered(address, kind, "Content-Length: 300000000")
    assert "411" in head_answered(address, kind, "Transfer-Encoding: chunked")


def wait_for_lock(line):
    """Wait until somebody waits for what this connection has locked."""
    until = time.monotonic() + 10
    while True:
        line.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        if line.fetchone()[0]:
            return
        assert time.monotonic() < until
        time.sleep(0.05)
