"""Whether this installation can do its work now: one small question to everything it needs."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import structlog
from django.conf import settings
from django.core.cache import cache as shared_cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

_DATABASE_SECONDS_MAX = 0.5
_CLOCK_SECONDS_MAX = 1
_DISK_FREE_PERCENT_MIN = 10
_JOB_SECONDS_MAX = 60
_log = structlog.get_logger("ops.health")


class Unhealthy(Exception):
    """One thing is not as it must be."""


@dataclass(frozen=True)
class Check:
    """One question; a failed one that is not `needed` leaves the installation degraded."""

    name: str
    ask: Callable[[], None]
    needed: bool = True


def database_answers() -> None:
    """Write to the log of the database, durably, and read back, in time."""
    began = time.perf_counter()
    with connection.cursor() as line:
        # A message in the write-ahead log: a real durable write that needs no table.
        line.execute("SELECT pg_logical_emit_message(true, 'ops', 'ready')")
        line.fetchone()
    if time.perf_counter() - began > _DATABASE_SECONDS_MAX:
        raise Unhealthy("slow")


def role_is_weak() -> None:
    """Row-level security holds only for a role that cannot step around it."""
    with connection.cursor() as line:
        line.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        row = line.fetchone()
    if row is None or row[0]:
        raise Unhealthy("the database role bypasses row-level security")


def migrations_current() -> None:
    """All migrations of this code are in the database."""
    _migrations_current()


@cache
def _migrations_current() -> None:
    # Only a good answer is remembered: an exception is asked for again.
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Unhealthy("migrations are missing")


def clocks_agree() -> None:
    """The clocks of this machine and of the database differ by less than a second."""
    with connection.cursor() as line:
        line.execute("SELECT clock_timestamp()")
        row = line.fetchone()
    assert row is not None
    if abs((datetime.now(UTC) - row[0]).total_seconds()) > _CLOCK_SECONDS_MAX:
        raise Unhealthy("the clocks differ")


def disk_has_room() -> None:
    """The folder of images and logs has room left."""
    usage = shutil.disk_usage(settings.OPS_VAR)
    if usage.free * 100 < usage.total * _DISK_FREE_PERCENT_MIN:
        raise Unhealthy("the disk is nearly full")


def jobs_move() -> None:
    """No job has waited longer than a minute past its time."""
    with connection.cursor() as line:
        line.execute(
            "SELECT count(*) FROM worklist_job WHERE state = 'ready' "
            "AND run_after < clock_timestamp() - make_interval(secs => %s)",
            [_JOB_SECONDS_MAX],
        )
        row = line.fetchone()
    if row and row[0]:
        raise Unhealthy(f"{row[0]} jobs have not begun")


def redis_answers() -> None:
    """The broker answers; without it work goes on from the job table, only slower."""
    shared_cache.set("ready", "1", timeout=10)
    if shared_cache.get("ready") != "1":
        raise Unhealthy("the value is gone")


CHECKS = (
    Check("database", database_answers),
    Check("role", role_is_weak),
    Check("migrations", migrations_current),
    Check("clock", clocks_agree),
    Check("disk", disk_has_room),
    Check("jobs", jobs_move, needed=False),
    Check("redis", redis_answers, needed=False),
)


def examine(checks: tuple[Check, ...] = CHECKS) -> tuple[str, dict[str, bool]]:
    """Return `ready`, `degraded` or `unready`, and which checks passed."""
    found = {check.name: _passes(check) for check in checks}
    if not all(found[check.name] for check in checks if check.needed):
        return "unready", found
    return ("ready" if all(found.values()) else "degraded"), found


def _passes(check: Check) -> bool:
    try:
        check.ask()
    except Exception as wrong:  # noqa: BLE001 - any fault means: not healthy
        _log.warning("unhealthy", check=check.name, why=f"{type(wrong).__name__}: {wrong}")
        return False
    return True
