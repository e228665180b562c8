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

from foundation.people import services as people
from foundation.worklist import rules
from foundation.worklist import services as worklist
from ops_platform import metrics
from ops_platform.env import env
from ops_platform.logs import masked

TASK = re.compile(r"(?:foundation\.)?[a-z_]+\.tasks\.[a-z][a-z_]*")
EXTEND_EVERY_SECONDS = 6
# A sign may come late or be lost once or twice before a process counts as silent.
SIGN_EVERY_SECONDS = env.silent_seconds / 6
WORKER, RELAY, BEAT = PROCESSES = ("worker", "relay", "beat")
HOST = socket.gethostname()[:80]
log = structlog.get_logger("ops.jobs")
_signed: dict[str, float] = {}
_in_hand: dict[int, worklist.Claimed] = {}


def run_job(job_id: int | None = None, *, process: str = WORKER) -> bool:
    """Run one job: the given one if it is still to be done, else the next; False when none is.

    `process` is what this process signs as: a relay that works jobs off is no worker.

    A task does its slow reading first and returns what is to be committed; that runs in one
    transaction with the end of the job, under its fence, so that a worker that lost the job
    changes nothing.
    """
    sign(process)
    job = worklist.claim_job(job_id=job_id)
    if job is None:
        return False
    began = time.monotonic()
    with structlog.contextvars.bound_contextvars(job_id=job.job_id, request_id=job.trace):
        try:
            with _kept(job, process):
                _do(job)
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
    return True


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


def _hand_back(job: worklist.Claimed) -> bool:
    _renew()
    try:
        worklist.hand_back_job(job=job)
    except rules.LeaseLost:
        return False
    log.warning("job.handed_back", kind=job.kind, job_id=job.job_id)
    return True


def _do(job: worklist.Claimed) -> None:
    commit = task_of(job.kind)(**job.args)
    # A connection that broke while the task read for long must not fail the commit.
    _renew()
    with people.acting_as_system(reason=job.kind):
        if commit is not None:
            commit()
        worklist.finish_job(job=job)


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
def _kept(job: worklist.Claimed, process: str) -> Iterator[None]:
    """Extend the job's lease from a second connection while it is worked on."""
    ended = threading.Event()
    told = (job, process, ended)
    keeper = threading.Thread(target=_keep, args=told, daemon=True, name=f"keep-{job.kind}")
    _in_hand[job.job_id] = job
    keeper.start()
    try:
        yield
    finally:
        _in_hand.pop(job.job_id, None)
        ended.set()


def _keep(job: worklist.Claimed, process: str, ended: threading.Event) -> None:
    try:
        while not ended.wait(EXTEND_EVERY_SECONDS):
            try:
                worklist.extend_job(job=job)
                sign(process)
            except DatabaseError as error:
                # The database may be back before the lease ends.
                log.warning("job.not_extended", kind=job.kind, error=repr(error))
                connection.close()
    except rules.LeaseLost:
        log.warning("job.lease_lost", kind=job.kind, job_id=job.job_id)
    finally:
        connections.close_all()
