"""`bin/run` with its options: outside servers by two URLs, a port, TLS, a fresh start."""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from ops_platform.env import BASE
from ops_platform.stack import __main__ as stack
from ops_platform.stack.house import House
from ops_platform.stack.throwaway import throwaway

COMMAND = [sys.executable, "-m", "ops_platform.stack"]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@pytest.mark.slow
def test_two_urls_a_port_and_tls(tmp_path: Path) -> None:
    port = free_port()
    with throwaway(kind=os.environ.get("OPS_TEST_SERVERS", ""), home=tmp_path / "servers") as pair:
        environ = {
            **os.environ, **pair.environment, "OPS_VAR": str(tmp_path / "var"), "OPS_DEMO": "off",
        }  # fmt: skip
        environ.pop("OPS_PORT", None)
        ran = [*COMMAND, "run", "--detach", "--port", str(port), "--public"]
        done = subprocess.run(
            ran, cwd=BASE, env=environ, capture_output=True, text=True, check=False, timeout=300
        )
        try:
            assert done.returncode == 0, done.stdout + done.stderr
            assert f":{port}/" in done.stdout
            trusted = ssl.create_default_context(cafile=tmp_path / "var/secrets/tls.crt")
            asked = urllib.request.build_opener(
                urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusted)
            ).open(f"https://localhost:{port}/people/sign-in/", timeout=20)
            assert b'id="id_password"' in asked.read()
            state = json.loads((tmp_path / "var/run/stack.json").read_text())
            assert {"web", "worker", "relay", "beat"} <= {
                name.rstrip("0123456789-") for name in state["processes"]
            }
            assert not {"postgres", "redis"} & set(state["processes"]), "nothing is embedded"
        finally:
            subprocess.run([*COMMAND, "stop"], cwd=BASE, env=environ, check=False, timeout=120)


class Reached(Exception):
    pass


def test_fresh_throws_the_data_away_before_anything_starts(monkeypatch, tmp_path):
    def wipe(house: House) -> None:
        raise Reached

    monkeypatch.setenv("OPS_VAR", str(tmp_path))
    monkeypatch.setattr(House, "wipe", wipe)
    monkeypatch.setattr(stack, "_start_supervisor", lambda *_args, **_more: pytest.fail("started"))

    with pytest.raises(Reached):
        stack.main(["run", "--fresh", "--detach"])
