"""Running jobs: the one way a task runs, whether Celery or the plain loop calls it."""

from __future__ import annotations

import importlib
import os
import re
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from django.db import Error as DatabaseError
from django.db import connection, connections
from django.utils import timezone

from foundation.people import services as people
from foundation.worklist import rules, selectors
from foundation.worklist import services as worklist
from ops_platform import metrics
from ops_platform.env import env
from ops_platform.logs import masked

TASK = re.compile(r"(?:foundation\.)?[a-z_]+\.tasks\.[a-z][a-z_]*")
EXTEND_EVERY_SECONDS = 5
LIMITS_SECONDS = 2
# A sign may come late or be lost once or twice before a process counts as silent.
SIGN_EVERY_SECONDS = env.silent_seconds / 6
WORKER, RELAY, BEAT = PROCESSES = ("worker", "relay", "beat")
HOST = socket.gethostname()[:80]
log = structlog.get_logger("ops.jobs")
_signed: dict[str, float] = {}
_in_hand: dict[int, worklist.Claimed] = {}


def run_job(job_id: int | None = None) -> bool:
    """Run one job: the given one if it is still to be done, else the next; False when none is.

    A task does its slow reading first and returns what is to be committed; that runs in one
    transaction with the end of the job, under its fence, so that a worker that lost the job
    changes nothing.
    """
    return run_jobs(job_id, goes_on=lambda: False) == 1


def run_jobs(
    job_id: int | None = None, *, goes_on: Callable[[], bool], process: str = WORKER
) -> int:
    """Run the given job or the next, and then the next while asked to go on; return how many.

    `process` is what this process signs as: a relay that works jobs off is no worker.

    Each is claimed in the transaction that ends the one before it, which saves a round trip and a
    commit. What is claimed is run even when meanwhile nobody asks to go on.
    """
    sign(process)
    _keeper.process = process
    job, run = worklist.claim_job(job_id=job_id, limits=limits()), 0
    while job is not None:
        job, run = _run(job, goes_on), run + 1
        sign(process)
        if job is None and goes_on():
            job = worklist.claim_job(limits=limits())
    return run


def _run(job: worklist.Claimed, goes_on: Callable[[], bool]) -> worklist.Claimed | None:
    """Run a job; return the next one, if it was claimed with the end of this one."""
    began = time.monotonic()
    with structlog.contextvars.bound_contextvars(job_id=job.job_id, request_id=job.trace):
        try:
            with _kept(job):
                following = _do(job, goes_on)
        except rules.LeaseLost:
            _fenced(job)
        except SystemExit:
            _hand_back(job)
            raise
        except Exception as error:  # noqa: BLE001  a task may fail in any way; the row keeps it
            log.warning("job.failed", kind=job.kind, attempts=job.attempts, error=repr(error))
            _fail(job, traceback.format_exc())
        else:
            log.info("job.done", kind=job.kind, ms=round((time.monotonic() - began) * 1000))
            return following
    return None


def task_of(kind: str) -> Callable[..., Callable[[], Any] | None]:
    """Return the task of a dotted name; only functions of an app's tasks are tasks."""
    if not TASK.fullmatch(kind):
        raise LookupError(f"{kind} is no task")
    module, _, name = kind.rpartition(".")
    task: Callable[..., Callable[[], Any] | None] = getattr(importlib.import_module(module), name)
    return task


def sign(process: str) -> None:
    """Say now and then that this process lives, which readiness asks for."""
    if time.monotonic() - _signed.get(process, -SIGN_EVERY_SECONDS) >= SIGN_EVERY_SECONDS:
        worklist.sign_of_life(process=process, host=HOST, pid=os.getpid())
        _signed[process] = time.monotonic()


def sign_while(goes_on: Callable[[], bool]) -> None:
    """Sign for a worker that waits to be given work, as long as it is there to take it."""
    while goes_on():
        try:
            sign(WORKER)
        except DatabaseError as error:
            log.warning("worker.not_signed", error=repr(error))
            connection.close()
        time.sleep(SIGN_EVERY_SECONDS)
    connections.close_all()


def hand_back() -> int:
    """Give the jobs in this process's hands to other workers, since it must stop now."""
    return sum(_hand_back(job) for job in list(_in_hand.values()))


def limits() -> rules.Limits:
    """Return what claims must heed, as it was at most two seconds ago."""
    return _limits.now()


def _hand_back(job: worklist.Claimed) -> bool:
    _renew()
    try:
        worklist.hand_back_job(job=job)
    except rules.LeaseLost:
        return False
    log.warning("job.handed_back", kind=job.kind, job_id=job.job_id)
    return True


def _do(job: worklist.Claimed, goes_on: Callable[[], bool]) -> worklist.Claimed | None:
    commit = task_of(job.kind)(**job.args)
    # A connection that broke while the task read for long must not fail the commit.
    _renew()
    heeded = limits() if goes_on() else None
    with people.acting_as_system(reason=job.kind):
        if commit is not None:
            commit()
        if heeded is not None:
            return worklist.end_job(job=job, limits=heeded)
        worklist.finish_job(job=job)
    return None


def _fenced(job: worklist.Claimed) -> None:
    """Another worker has the job: what this one did is not committed."""
    metrics.count_fence("job")
    log.warning("job.fenced", kind=job.kind)


def _renew() -> None:
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def _fail(job: worklist.Claimed, error: str) -> None:
    _renew()
    try:
        given_up = worklist.fail_job(job=job, error=masked(error))
    except rules.LeaseLost:
        _fenced(job)
    else:
        if given_up:
            log.error("job.dead", kind=job.kind, attempts=job.attempts)


@contextmanager
def _kept(job: worklist.Claimed) -> Iterator[None]:
    """Let the process's keeper extend the job's lease while it is worked on."""
    _in_hand[job.job_id] = job
    _keeper.watch()
    try:
        yield
    finally:
        _in_hand.pop(job.job_id, None)


class _Keeper:
    """Extends the leases of all jobs in this process's hands, from a connection of its own."""

    def __init__(self) -> None:
        self.process = WORKER
        self._pid = 0
        self._lock = threading.Lock()

    def watch(self) -> None:
        """Start the thread in this process; one that was forked has none."""
        if self._pid == os.getpid():
            return
        with self._lock:
            if self._pid != os.getpid():
                self._pid = os.getpid()
                threading.Thread(target=self._watch, daemon=True, name="keep-jobs").start()

    def _watch(self) -> None:
        seen: set[tuple[int, int]] = set()
        while True:
            time.sleep(EXTEND_EVERY_SECONDS)
            held = list(_in_hand.values())
            # A job is extended from the second look on: one that is quick costs nothing.
            for job in held:
                if (job.job_id, job.fence) in seen:
                    _extend(job)
            seen = {(job.job_id, job.fence) for job in held}
            connections.close_all()


def _extend(job: worklist.Claimed) -> None:
    try:
        worklist.extend_job(job=job)
        sign(_keeper.process)
    except rules.LeaseLost:
        if _in_hand.get(job.job_id) == job:
            log.warning("job.lease_lost", kind=job.kind, job_id=job.job_id)
    except DatabaseError as error:
        # The database may be back before the lease ends.
        log.warning("job.not_extended", kind=job.kind, error=repr(error))
        connection.close()


class _Limits:
    """What claims must heed, asked for anew every other second."""

    def __init__(self) -> None:
        self._limits, self._until = rules.NO_LIMITS, 0.0

    def now(self) -> rules.Limits:
        """Return the limits as they were at most two seconds ago."""
        if time.monotonic() >= self._until:
            self._limits = selectors.job_limits(on=timezone.localdate())
            self._until = time.monotonic() + LIMITS_SECONDS
        return self._limits


_keeper, _limits = _Keeper(), _Limits()
