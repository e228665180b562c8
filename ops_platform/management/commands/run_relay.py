"""Rings the workers for every job that is ready; nothing lives only in the broker."""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from typing import Any

import psycopg2
import structlog
from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone
from redis.exceptions import RedisError

from foundation.worklist import services as worklist
from ops_platform.celery import app
from ops_platform.env import env

POLL_SECONDS = 1
RING_AGAIN_SECONDS = 15
BATCH = 200
READY = """
SELECT id FROM worklist_job
WHERE state = 'ready' AND run_after <= clock_timestamp()
   OR state = 'running' AND lease_until <= clock_timestamp()
ORDER BY priority DESC, id LIMIT %s
"""
log = structlog.get_logger("relay")


class Command(BaseCommand):
    """Watch the job table and ring Celery with the ids that are ready."""

    help = "Ring the workers for the jobs that are ready."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run until told to stop; a broker or database that is away is tried again."""
        self.stopping = False
        self.rung: dict[int, float] = {}
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        bell = None
        pause = 0.0
        while not self.stopping:
            try:
                bell = bell or _listening()
                self._ring_all()
                worklist.sign_of_life(
                    process="relay", host=socket.gethostname(), pid=os.getpid(), at=timezone.now()
                )
                pause = 0
                _wait(bell)
            except (psycopg2.Error, RedisError, OSError, Exception) as fault:  # noqa: BLE001
                pause = min(pause + 1, 10)
                log.warning("relay.fault", error=repr(fault), pause_seconds=pause)
                connection.close()
                bell = None
                time.sleep(pause)

    def _ring_all(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(READY, [BATCH])
            ready = [row[0] for row in cursor.fetchall()]
        now = time.monotonic()
        self.rung = {i: at for i, at in self.rung.items() if now - at < RING_AGAIN_SECONDS}
        for job_id in ready:
            if job_id not in self.rung:
                app.send_task("ops_platform.run_job", [job_id], retry=False)
                self.rung[job_id] = now

    def _stop(self, *_signal: Any) -> None:
        self.stopping = True


def _listening() -> Any:
    line = psycopg2.connect(env.dsn("app"))
    line.autocommit = True
    with line.cursor() as cursor:
        cursor.execute("LISTEN jobs")
    return line


def _wait(bell: Any) -> None:
    select.select([bell], [], [], POLL_SECONDS)
    bell.poll()
    bell.notifies.clear()
