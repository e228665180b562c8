"""Proves the ledger by any steps in any order, on servers of its own, for the night."""

from __future__ import annotations

import subprocess
import sys
from argparse import ArgumentParser
from importlib.util import find_spec
from secrets import randbelow
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ops_platform.env import BASE, env
from ops_platform.stack import parts
from ops_platform.stack.throwaway import Throwaway


class Command(BaseCommand):
    """Take many steps in books that exist for this only; the bank's own are not even opened."""

    help = "Compare the ledger with a plain model after each of many steps, on servers thrown away."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read how many steps, and the seed that repeats a run."""
        parser.add_argument("--steps", type=int, default=100_000)
        parser.add_argument("--seed", type=int, help="without one a new one is drawn and printed")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run it in a process that knows only the servers made for it; leave with 1 if it fails."""
        if find_spec("hypothesis") is None:
            raise CommandError(
                "hypothesis is not installed here: it is one of requirements-dev.txt, which a"
                " production machine has not; prove the same release on a test machine"
            )
        seed = randbelow(10**9) if options["seed"] is None else options["seed"]
        self.stdout.write(f"seed {seed}: --seed {seed} repeats this")
        self.stdout.flush()
        servers = Throwaway(home=BASE / "var" / "prove", keep=False)
        try:
            servers.start()
            files = str(servers.home / "files")
            more = {"OPS_LOG_LEVEL": "WARNING", "PROMETHEUS_MULTIPROC_DIR": files}
            environ = parts.environ_of(env, **servers.environment, **more)
            ready = self._run(environ, "owner", "django", "migrate", "--verbosity", "0")
            words = (str(options["steps"]), str(seed))
            code = ready or self._run(environ, "app", "ops_platform.proving", *words)
        finally:
            servers.stop()
        if code:
            self.stderr.write(f"not proved: seed {seed}")
            sys.exit(1)

    @staticmethod
    def _run(environ: dict[str, str], role: str, *words: str) -> int:
        command = [sys.executable, "-W", "ignore", "-m", *words]
        return subprocess.run(  # noqa: S603  our own modules
            command, env=environ | {"OPS_DB_ROLE": role}, check=False
        ).returncode
