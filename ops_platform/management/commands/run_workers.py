"""Runs jobs without Celery: the same runner in a plain loop, in some threads."""

from __future__ import annotations

import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections

from ops_platform import booting, jobs
from ops_platform.bell import Bell
from ops_platform.loop import Loop

POLL_SECONDS = 0.5
STOP_SECONDS = 20


class Command(BaseCommand):
    """Take the next job until told to stop."""

    help = "Run jobs without Celery."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --once, -c (how many at a time) and --stop-seconds (how long jobs may still run)."""
        parser.add_argument("--once", action="store_true", help="run what is ready, then end")
        parser.add_argument("-c", "--count", type=int, default=1, help="jobs at a time")
        parser.add_argument(
            "--stop-seconds", type=int, default=STOP_SECONDS, help="then jobs are handed back"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run until told to stop; then finish the jobs in hand, or hand them back in time."""
        booting.check_scopes()
        if options["once"]:
            while jobs.run_jobs(goes_on=lambda: True):
                pass
            return
        loop, rung = Loop("worker"), threading.Event()
        threads = [
            threading.Thread(target=_work, args=(loop, rung), daemon=True, name=f"worker-{number}")
            for number in range(1, options["count"] + 1)
        ]
        for thread in threads:
            thread.start()
        bell = Bell()
        while loop.goes_on():
            bell.wait(POLL_SECONDS)
            rung.set()
        bell.close()
        until = time.monotonic() + options["stop_seconds"]
        for thread in threads:
            thread.join(max(0, until - time.monotonic()))
        jobs.hand_back()


def _work(loop: Loop, rung: threading.Event) -> None:
    while loop.goes_on():
        with loop.surviving():
            if jobs.run_jobs(goes_on=loop.goes_on):
                continue
        rung.clear()
        rung.wait(POLL_SECONDS)
    connections.close_all()
