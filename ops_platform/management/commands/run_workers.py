"""Runs jobs without Celery: the same runner in a plain loop."""

from __future__ import annotations

import signal
import time
from argparse import ArgumentParser
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import connection

from ops_platform import jobs

POLL_SECONDS = 0.5
log = structlog.get_logger("workers")


class Command(BaseCommand):
    """Take the next job until told to stop."""

    help = "Run jobs without Celery."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --once: run what is ready and end."""
        parser.add_argument("--once", action="store_true", help="run what is ready, then end")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run until told to stop, finishing the job in hand."""
        self.stopping = False
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        while not self.stopping:
            try:
                if jobs.run_job():
                    continue
                if options["once"]:
                    return
            except Exception as fault:  # noqa: BLE001  the database may be away for a while
                log.warning("workers.fault", error=repr(fault))
                connection.close()
            time.sleep(POLL_SECONDS)

    def _stop(self, *_signal: Any) -> None:
        self.stopping = True
