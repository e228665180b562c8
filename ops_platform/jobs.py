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
from django.db import connections
from django.utils import timezone

from foundation.people import services as people
from foundation.worklist import rules
from foundation.worklist import services as worklist

TASK = re.compile(r"(?:foundation\.)?[a-z_]+\.tasks\.[a-z_]+")
EXTEND_EVERY_SECONDS = 20
SIGN_EVERY_SECONDS = 5
_signed = [-60.0]
log = structlog.get_logger("jobs")


def run_job(job_id: int | None = None) -> bool:
    """Run one job: the given one if it is still to be done, else the next; False when none is.

    A task does its slow reading first and returns what is to be committed; that runs in one
    transaction with the end of the job, under its fence, so that a worker that lost the job
    changes nothing.
    """
    _sign()
    job = worklist.claim_job(job_id=job_id)
    if job is None:
        return False
    with structlog.contextvars.bound_contextvars(job_id=job.job_id, request_id=job.trace):
        try:
            with _kept(job):
                commit = task_of(job.kind)(**job.args)
            with people.acting_as_system(reason=job.kind):
                if commit is not None:
                    commit()
                worklist.finish_job(job=job)
        except rules.LeaseLost:
            log.warning("job.fenced", kind=job.kind)
        except Exception as error:  # noqa: BLE001  a task may fail in any way; the row keeps it
            log.warning("job.failed", kind=job.kind, attempts=job.attempts, error=repr(error))
            _fail(job, traceback.format_exc())
        else:
            log.info("job.done", kind=job.kind)
    return True


def task_of(kind: str) -> Callable[..., Callable[[], Any] | None]:
    """Return the task of a dotted name; only functions of an app's tasks are tasks."""
    if not TASK.fullmatch(kind):
        raise LookupError(f"{kind} is no task")
    module, _, name = kind.rpartition(".")
    task: Callable[..., Callable[[], Any] | None] = getattr(importlib.import_module(module), name)
    return task


def _sign() -> None:
    """Say now and then that this worker lives, which readiness asks for."""
    if time.monotonic() - _signed[0] > SIGN_EVERY_SECONDS:
        _signed[0] = time.monotonic()
        worklist.sign_of_life(
            process="worker", host=socket.gethostname(), pid=os.getpid(), at=timezone.now()
        )


def _fail(job: worklist.Claimed, error: str) -> None:
    try:
        with people.acting_as_system(reason="job.fail"):
            worklist.fail_job(job=job, error=error)
    except rules.LeaseLost:
        log.warning("job.fenced", kind=job.kind)


@contextmanager
def _kept(job: worklist.Claimed) -> Iterator[None]:
    """Extend the job's lease from a second connection while its task works."""
    ended = threading.Event()

    def keep() -> None:
        try:
            while not ended.wait(EXTEND_EVERY_SECONDS):
                worklist.extend_job(job=job)
        except rules.LeaseLost:
            log.warning("job.lease_lost", kind=job.kind)
        finally:
            connections.close_all()

    keeper = threading.Thread(target=keep, daemon=True, name=f"keep-{job.job_id}")
    keeper.start()
    try:
        yield
    finally:
        ended.set()
