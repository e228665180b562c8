"""Rings Celery for the jobs that are ready; works them off itself while the broker is away."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import structlog
from django.db import connection
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from ops_platform import jobs
from ops_platform.celery import QUEUE, app
from ops_platform.env import env

# So many calls lie in the broker at most: a job that comes later and is more urgent waits behind
# no more, and a broker without workers does not fill up.
WINDOW = 64
RING_AGAIN_SECONDS = 15
PAUSE_MOST_SECONDS = 30
OWN_WORK_SECONDS = 1

# Of each kind as many as may begin now; of patient kinds only what has waited long enough.
READY = """
WITH RECURSIVE kinds AS (
    (SELECT kind FROM worklist_job WHERE state = 'ready' ORDER BY kind LIMIT 1)
    UNION ALL
    SELECT (SELECT kind FROM worklist_job WHERE state = 'ready' AND kind > kinds.kind
            ORDER BY kind LIMIT 1)
    FROM kinds WHERE kinds.kind IS NOT NULL
), free AS (
    SELECT kind, greatest(0, least(%(most)s, (%(running_most)s::int[])[
        array_position(%(limited)s::text[], kind::text)] - (
            SELECT count(*) FROM worklist_job job
            WHERE job.state = 'running' AND job.kind = kinds.kind))) AS room,
        statement_timestamp() - CASE WHEN kind = ANY (%(patient)s::text[])
            THEN make_interval(secs => %(patience)s) ELSE interval '0' END AS due
    FROM kinds WHERE kind IS NOT NULL
)
SELECT id FROM (
    (SELECT id, turn_at FROM worklist_job
     WHERE state = 'running' AND lease_until <= statement_timestamp() AND attempts < attempts_max
     ORDER BY turn_at, id LIMIT %(most)s)
    UNION ALL
    SELECT next.id, next.turn_at FROM free, LATERAL (
        SELECT id, turn_at FROM worklist_job job
        WHERE job.state = 'ready' AND job.kind = free.kind AND job.run_after <= free.due
        ORDER BY turn_at, id LIMIT free.room) next
) begun ORDER BY turn_at, id LIMIT %(most)s
"""
log = structlog.get_logger("ops.relay")


class Relay:
    """What the relay remembers: whom it rang when, and how long it leaves a dead broker alone.

    Nothing of it matters after a restart: the job table says what is to be done.
    """

    def __init__(self, broker: Redis | None = None) -> None:
        self.broker = broker or Redis.from_url(
            env.redis_url, socket_timeout=1, socket_connect_timeout=1
        )
        self._rung: dict[int, float] = {}
        self._pause = 0
        self.away_until = 0.0

    @property
    def broker_is_away(self) -> bool:
        """Whether the broker failed lately and is left alone for the moment."""
        return time.monotonic() < self.away_until

    def pass_on(self) -> bool:
        """Ring for what is ready, or do some of it; tell whether there may be more at once."""
        ready = ready_jobs(2 * WINDOW)
        if not ready:
            return False
        if not self.broker_is_away:
            try:
                self._ring(ready)
                self._pause = 0
                return len(ready) == 2 * WINDOW
            except (RedisError, OperationalError, OSError) as fault:
                self._leave_alone(fault)
        return self._work_off()

    def _ring(self, ready: Sequence[int]) -> None:
        now = time.monotonic()
        self._rung = {job: at for job, at in self._rung.items() if now - at < RING_AGAIN_SECONDS}
        room = WINDOW - int(self.broker.llen(QUEUE))
        for job_id in [job_id for job_id in ready if job_id not in self._rung][: max(0, room)]:
            app.send_task("ops_platform.run_job", [job_id], retry=False)
            self._rung[job_id] = now

    def _leave_alone(self, fault: Exception) -> None:
        self._pause = min(2 * self._pause or 1, PAUSE_MOST_SECONDS)
        self.away_until = time.monotonic() + self._pause
        self._rung = {}
        log.warning("relay.broker_away", error=repr(fault), pause_seconds=self._pause)

    def _work_off(self) -> bool:
        until = time.monotonic() + OWN_WORK_SECONDS
        while time.monotonic() < until:
            if not jobs.run_jobs(process=jobs.RELAY, goes_on=lambda: time.monotonic() < until):
                return False
        return True


def ready_jobs(limit: int) -> list[int]:
    """Return the ids of jobs that may begin now, in the order of their turns."""
    limits = jobs.limits()
    asked: dict[str, Any] = {
        "most": limit,
        "limited": list(limits.running_most),
        "running_most": list(limits.running_most.values()),
        "patient": list(limits.patient),
        "patience": limits.patience_seconds,
    }
    with connection.cursor() as cursor:
        cursor.execute(READY, asked)
        return [row[0] for row in cursor.fetchall()]
