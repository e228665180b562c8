"""Writes the jobs of the bank's day when their time comes; two beats write no job twice."""

from __future__ import annotations

import os
import signal
import socket
import time
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone

from foundation.worklist import services as worklist
from ops_platform.schedule import SLOTS

log = structlog.get_logger("beat")


class Command(BaseCommand):
    """Look at the schedule each second."""

    help = "Write the jobs of ops_platform/schedule.py when their time comes."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run until told to stop; what was missed while away is not made up twice."""
        self.stopping = False
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        written: dict[str, str] = {}
        while not self.stopping:
            try:
                write_due(written)
            except Exception as fault:  # noqa: BLE001  the database may be away for a while
                log.warning("beat.fault", error=repr(fault))
                connection.close()
            time.sleep(1)

    def _stop(self, *_signal: Any) -> None:
        self.stopping = True


def write_due(written: dict[str, str]) -> None:
    """Write each slot's job once; `written` keeps what this process wrote last."""
    at = timezone.now()
    for slot in SLOTS:
        key = slot.key(at)
        if written.get(slot.kind) != key:
            worklist.enqueue_job(kind=slot.kind, args=slot.args, dedup_key=key)
            written[slot.kind] = key
    worklist.sign_of_life(process="beat", host=socket.gethostname(), pid=os.getpid(), at=at)
