"""Whether this installation can do its work now: one small question to everything it needs."""

import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache, partial
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache as shared_cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from foundation.ledger import selectors as ledger
from foundation.people import selectors as people
from foundation.people.services import acting_as_system
from foundation.trail import selectors as trail
from foundation.worklist import selectors as worklist
from ops_platform import jobs
from ops_platform.env import env

_SILENCE = """
SELECT extract(epoch FROM clock_timestamp() - max(at)) FROM worklist_heartbeat
WHERE process = %s
"""
_OLDEST_JOB = """
SELECT extract(epoch FROM clock_timestamp() - min(run_after)) FROM worklist_job
WHERE state = 'ready' AND run_after <= clock_timestamp()
"""
_log = structlog.get_logger("ops.health")


class Unhealthy(Exception):
    """One thing is not as it must be; the text is shown to whoever asks."""


class Need(Enum):
    """What is missing while a check fails."""

    SERVING = "serving"  # no page can be right
    WORKING = "working"  # pages are right, but the bank's work does not go its whole way
    EXTRA = "extra"  # all work goes on, slower


@dataclass(frozen=True)
class Check:
    """One question, whose answer says what was seen."""

    name: str
    ask: Callable[[], str]
    need: Need
    asks_database: bool = True


@dataclass(frozen=True)
class Found:
    """What one check found."""

    ok: bool
    seen: str


@dataclass(frozen=True)
class State:
    """What all checks found together."""

    status: str
    checks: dict[str, Found]

    def told(self, *, whole: bool) -> dict[str, Any]:
        """Return it as the probe answers; to strangers without what was seen."""
        if whole:
            return asdict(self)
        checks = {name: {"ok": found.ok} for name, found in self.checks.items()}
        return {"status": self.status, "checks": checks}


def database_answers() -> str:
    """Write to the log of the database, durably, and read back, in time."""
    began = time.perf_counter()
    # A message in the write-ahead log: a real durable write that needs no table.
    _one("SELECT pg_logical_emit_message(true, 'ops', 'ready')")
    took = round((time.perf_counter() - began) * 1000)
    _within(took, settings.READY_DATABASE_MS, "written and read in", "ms")
    return f"written and read in {took} ms"


def role_is_weak() -> str:
    """Row-level security holds only where it is on, for a role that cannot step around it."""
    if people.mighty_role():
        raise Unhealthy("the database role can step around row-level security")
    open_tables = people.unlocked_tables(tables=people.institutional_tables())
    if open_tables:
        raise Unhealthy(f"without row-level security: {', '.join(open_tables)}")
    return "held by row-level security"


def migrations_in_step() -> str:
    """All migrations of this code are in the database."""
    with connection.cursor() as line:
        line.execute("SELECT app, name FROM django_migrations")
        missing = _migrations_of_code() - set(line.fetchall())
    if missing:
        raise Unhealthy(f"{len(missing)} migrations are not in the database")
    return "in step"


def clocks_agree() -> str:
    """The clocks of this machine and of the database agree."""
    before = datetime.now(UTC)
    there = _one("SELECT clock_timestamp()")
    # Between the two looks at the clock here; what the question took is no difference.
    apart = max(before - there, there - datetime.now(UTC)).total_seconds()
    _within(round(max(0, apart) * 1000), settings.READY_CLOCK_MS, "apart by", "ms")
    return f"apart by less than {settings.READY_CLOCK_MS} ms"


def disk_has_room() -> str:
    """The folder of images and logs has room left."""
    usage = shutil.disk_usage(settings.OPS_VAR)
    free = usage.free * 100 // usage.total
    if free < settings.READY_DISK_FREE_PERCENT:
        raise Unhealthy(f"{free} % free, less than {settings.READY_DISK_FREE_PERCENT} %")
    return f"{free} % free"


def day_is_open() -> str:
    """Some institution has its business day open: otherwise nothing can be posted."""
    with acting_as_system(reason="ready"):
        open_days = ledger.open_days()
    if not open_days:
        raise Unhealthy("no institution has its business day open: bin/manage open_day opens it")
    return f"open at {open_days} institutions"


def process_lives(process: str) -> str:
    """A process of the kind signed lately, by the clock of the database; each signs for itself."""
    if process == jobs.RELAY and env.executor == "loop":
        return "not needed: workers take jobs from the table themselves"
    silent = _one(_SILENCE, process)
    if silent is None:
        raise Unhealthy(f"no {process} was ever heard of")
    _within(round(silent), settings.READY_SILENT_SECONDS, "last heard of", "s ago")
    return f"heard of {round(silent)} s ago"


def jobs_move() -> str:
    """No job has waited long past its time."""
    waited = round(_one(_OLDEST_JOB) or 0)
    _within(waited, settings.READY_JOB_SECONDS, "the oldest waits for", "s")
    return f"the oldest waits for {waited} s"


def queues_have_room() -> str:
    """No kind of job is crowded; while one is, patient kinds wait and all else goes on."""
    found = worklist.pressures(on=timezone.localdate())
    crowded = [one for one in found if one.crowded]
    if crowded:
        names = ", ".join(f"{one.kind.code} over {one.waiting_most}" for one in crowded)
        raise Unhealthy(f"patient jobs wait for {names}")
    return f"{sum(one.full for one in found)} kinds run as many as may"


def trail_is_sealed() -> str:
    """What was written on the trail is sealed soon after."""
    now = _one("SELECT clock_timestamp()")
    with acting_as_system(reason="ready"):
        lag = round(trail.oldest_unsealed(at=now).total_seconds())
    _within(lag, settings.READY_SEAL_SECONDS, "unsealed for", "s")
    return f"the oldest unsealed for {lag} s"


def redis_answers() -> str:
    """The broker answers; without it work goes on from the job table, only slower."""
    shared_cache.set("ready", "1", timeout=10)
    if shared_cache.get("ready") != "1":
        raise Unhealthy("the value is gone")
    return "answers"


# The database first: when it is away the others that need it are not asked.
DATABASE, SILENT = "database", "does not answer"
CHECKS = (
    Check(DATABASE, database_answers, Need.SERVING),
    Check("role", role_is_weak, Need.SERVING),
    Check("migrations", migrations_in_step, Need.SERVING),
    Check("clock", clocks_agree, Need.SERVING),
    Check("disk", disk_has_room, Need.SERVING, asks_database=False),
    Check("business_day", day_is_open, Need.WORKING),
    *(Check(name, partial(process_lives, name), Need.WORKING) for name in jobs.PROCESSES),
    Check("jobs", jobs_move, Need.WORKING),
    Check("seal", trail_is_sealed, Need.WORKING),
    Check("pressure", queues_have_room, Need.EXTRA),
    Check("redis", redis_answers, Need.EXTRA, asks_database=False),
)


def examine(*, serving_only: bool = False) -> State:
    """Ask everything, or only what a page needs: `ready`, `degraded` or `unready`."""
    asked = [check for check in CHECKS if not serving_only or check.need is Need.SERVING]
    found: dict[str, Found] = {}
    for check in asked:
        away = DATABASE in found and found[DATABASE].seen == SILENT
        skip = away and check.asks_database
        found[check.name] = Found(ok=False, seen="not asked") if skip else _found(check)
    failed = {check.need for check in asked if not found[check.name].ok}
    if failed - {Need.EXTRA}:
        return State("unready", found)
    return State("degraded" if failed else "ready", found)


@cache
def _migrations_of_code() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _found(check: Check) -> Found:
    try:
        return Found(ok=True, seen=check.ask())
    except Unhealthy as wrong:
        seen = told = str(wrong)
    except Exception as wrong:  # noqa: BLE001 - any fault means: not healthy
        # Its words may name hosts and roles: they are for the log.
        seen, told = SILENT, f"{type(wrong).__name__}: {wrong}"
    _log.warning("unhealthy", check=check.name, why=told)
    return Found(ok=False, seen=seen)


def _within(figure: int, most: int, words: str, unit: str) -> None:
    if figure > most:
        raise Unhealthy(f"{words} {figure} {unit}, more than {most}")


def _one(query: str, *given: str) -> Any:
    with connection.cursor() as line:
        line.execute(query, given)
        row = line.fetchone()
    assert row is not None
    return row[0]
