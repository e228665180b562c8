"""The Celery application: one task, which runs the job of that id. The broker only rings."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from threading import Thread, Timer
from typing import Any

import django
from billiard.process import active_children
from celery import Celery
from celery.signals import (
    setup_logging,
    worker_init,
    worker_process_init,
    worker_shutting_down,
)
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ops_platform.settings")

from ops_platform.env import env

QUEUE = "jobs"
# Longer than three times the longest task; a call given out twice finds its job taken or done.
VISIBILITY_SECONDS = 600
# So long a call goes on with the next job, each claimed with the end of the one before; a call for
# a job that is done by then begins with the next.
ROUND_SECONDS = 2
TRANSPORT = {
    "visibility_timeout": VISIBILITY_SECONDS,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "health_check_interval": 10,
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    "socket_keepalive": True,
}

app = Celery("ops_platform", broker=env.broker_url)
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    task_default_queue=QUEUE,
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_soft_shutdown_timeout=20,
    worker_send_task_events=False,
    broker_connection_timeout=2,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options=TRANSPORT,
    result_backend_transport_options={"visibility_timeout": VISIBILITY_SECONDS},
    visibility_timeout=VISIBILITY_SECONDS,
    timezone="Asia/Shanghai",
)
# Celery would close the database's connection before and after each call; ours are looked after
# where they are used (CONN_MAX_AGE, and jobs.py when one broke).
app.conf["CELERY_DB_REUSE_MAX"] = 1_000


@setup_logging.connect  # type: ignore[untyped-decorator]
def _keep_our_logging(**_more: Any) -> None:
    """Leave logging to the settings."""


@worker_init.connect  # type: ignore[untyped-decorator]
def _check_scopes(**_more: Any) -> None:
    """Refuse to begin over a database that does not keep the scopes, before any child is there."""
    from ops_platform import booting

    booting.check_scopes()


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _fresh_connections(**_more: Any) -> None:
    """Let no child use a connection of its parent."""
    from django.db import connections

    connections.close_all()


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _sign_while_waiting(**_more: Any) -> None:
    """Let each child sign while nothing is given to it, and no longer than its parent lives.

    Otherwise a beat or a relay that is down would look like a worker that is.
    """
    from ops_platform import jobs

    parent = os.getppid()
    signing = Thread(
        target=jobs.sign_while, args=(lambda: os.getppid() == parent,), daemon=True, name="sign"
    )
    signing.start()


@worker_shutting_down.connect  # type: ignore[untyped-decorator]
def _end_in_time(**_more: Any) -> None:
    """Let the children hand back what they have not finished soon, before they are killed."""
    ending = Timer(app.conf.worker_soft_shutdown_timeout, _end_children)
    ending.daemon = True
    ending.start()


def _end_children() -> None:
    for child in active_children():
        with suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGTERM)


@app.task(name="ops_platform.run_job")  # type: ignore[untyped-decorator]
def run_job(job_id: int) -> None:
    """Run the job of that id, or the next when it is done already, and go on for a while."""
    from ops_platform import jobs

    until = time.monotonic() + ROUND_SECONDS

    def goes_on() -> bool:
        return time.monotonic() < until

    if not jobs.run_jobs(job_id, goes_on=goes_on):
        jobs.run_jobs(goes_on=goes_on)


if not apps.ready:
    django.setup()
