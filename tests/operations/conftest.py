"""One web process as it really runs, for the tests of what it answers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from ops_platform.env import BASE

open_address = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


@pytest.fixture
def web(committed_db, tmp_path):
    """Start one web process; return it and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {
        **committed_db.environment(),
        "OPS_PORT": str(port),
        "OPS_VAR": str(tmp_path),
        "OPS_TOTP": "off",
        "OPS_APP_PASSWORD": os.environ["OPS_APP_PASSWORD"],
        "DJANGO_SETTINGS_MODULE": "ops_platform.settings",
    }
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ops_platform.serve"],
            cwd=BASE, env=environ, stdout=log, stderr=log,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 30
    while not answers(f"{address}/healthz"):
        assert time.monotonic() < until, (tmp_path / "log").read_text()
        time.sleep(0.1)
    yield process, address
    process.kill()
    process.wait()


def answers(address):
    try:
        with open_address(address, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False
