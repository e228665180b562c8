"""The whole platform on one of the bench's databases, as `bin/run` starts it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from django.conf import settings

from ops_platform.env import BASE
from ops_platform.stack import roles


@contextmanager
def running(name: str) -> Iterator[str]:
    """Run web, relay, worker and clock for the length of a block; yield the address."""
    with TemporaryDirectory(prefix="ops-bench-") as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        environ = os.environ | {
            "DATABASE_URL": roles.with_database(os.environ["DATABASE_URL"], name),
            "OPS_VAR": folder,
            "OPS_PORT": str(port),
            "OPS_DEMO": "off",
            "OPS_TOTP": "off",
            # Sessions that were made here are good there.
            "OPS_SECRET_KEY": settings.SECRET_KEY,
        }
        # What was derived for this process is derived anew for those.
        environ.pop("OPS_DB_ROLE", None)
        command = [sys.executable, "-W", "ignore", "-m", "ops_platform.stack"]
        started = subprocess.run(  # noqa: S603
            [*command, "run", "--detach"], cwd=BASE, env=environ, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if started.returncode:
            raise RuntimeError(started.stdout + started.stderr)
        try:
            yield f"127.0.0.1:{port}"
        finally:
            subprocess.run([*command, "stop"], cwd=BASE, env=environ, check=False,  # noqa: S603
                           stdout=subprocess.DEVNULL)  # fmt: skip
