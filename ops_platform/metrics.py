"""Figures for the bank's monitoring: what happens is counted, what is there is asked for.

Labels are names that the code knows (pages, codes, queues) and institutions; no person, no item.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.db.backends.signals import connection_created
from django.db.utils import ProgrammingError
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

from foundation.kernel.scope import NoScope
from foundation.trail import events as trail
from foundation.trail import selectors as trail_selectors
from foundation.worklist import events as queues
from foundation.worklist import selectors as worklist
from ops_platform.env import env

if env.metrics_folder:
    # Whoever counts first makes the folder: web, worker, a command, or what prepares servers.
    Path(env.metrics_folder).mkdir(parents=True, exist_ok=True)
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_requests = Histogram(
    "ops_request_seconds",
    "Time to answer a request, by page.",
    ["page", "method", "status"],
    buckets=_BUCKETS,
)
_refusals = Counter("ops_refusals", "Refusals shown to people and systems, by code.", ["code"])
_fences = Counter("ops_fences", "Stale decisions and lost jobs that changed nothing.", ["where"])
_sign_in_failures = Counter("ops_sign_in_failures", "Tries to sign in that failed.")
_unasked = Counter(
    "ops_rules_not_asked", "Postings that went on since rules did not answer in time."
)
_views = Counter("ops_image_views", "Images that left the store for a person.", ["use"])
_claims = Counter("ops_claims", "Items given to a person.", ["queue", "lapsed"])
_denials = Counter("ops_denials", "What the database or the scope denied to our code.", ["kind"])

_CODE = re.compile("E[0-9]{4}|forbidden|not found")
# LeaseLost of the worklist, and ShownIsStale of the authorization centre.
_STALE = frozenset({"E3001", "E2008"})
_SEEN = "imaging.page.seen."
_DENIED = "42501"

# Each query gives rows of label values and one figure. They count over all institutions, so they
# run in the system's scope.
_QUERIES = (
    (
        "ops_jobs",
        "Jobs that are not done.",
        ("state",),
        """
        SELECT state, count(*) FROM worklist_job WHERE state IN ('ready', 'running', 'dead')
        GROUP BY state
        """,
    ),
    (
        "ops_job_oldest_seconds",
        "Age of the oldest job that should have begun.",
        (),
        """
        SELECT coalesce(extract(epoch FROM clock_timestamp() - min(run_after)), 0)
        FROM worklist_job WHERE state = 'ready' AND run_after <= clock_timestamp()
        """,
    ),
    (
        "ops_process_silent_seconds",
        "Time since the last beat, relay or worker was heard of.",
        ("process",),
        """
        SELECT process, extract(epoch FROM clock_timestamp() - max(at))
        FROM worklist_heartbeat GROUP BY process
        """,
    ),
    (
        "ops_work_items",
        "Open work items by queue, state and institution.",
        ("queue", "state", "institution"),
        """
        SELECT item.queue, item.state, place.number, count(*) FROM worklist_workitem item
        JOIN people_institution place ON place.id = item.institution_id
        WHERE item.state IN ('waiting', 'held', 'suspended')
        GROUP BY item.queue, item.state, place.number
        """,
    ),
    (
        "ops_work_item_oldest_seconds",
        "Age of the oldest waiting item of a queue, by institution.",
        ("queue", "institution"),
        """
        SELECT item.queue, place.number, extract(epoch FROM clock_timestamp() - min(enqueued_at))
        FROM worklist_workitem item JOIN people_institution place ON place.id = item.institution_id
        WHERE item.state = 'waiting' GROUP BY item.queue, place.number
        """,
    ),
    (
        "ops_on_site_items",
        "Items that wait for somebody of their outlet.",
        (),
        "SELECT count(*) FROM authorization_request WHERE state = 'on_site'",
    ),
    (
        "ops_on_site_oldest_seconds",
        "Age of the oldest item that waits for somebody of its outlet.",
        (),
        """
        SELECT coalesce(extract(epoch FROM clock_timestamp() - min(presented_at)), 0)
        FROM authorization_request WHERE state = 'on_site'
        """,
    ),
)


def count_request(page: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    _requests.labels(page, method, str(status)).observe(seconds)


def count_recorded(event: trail.Recorded) -> None:
    """Count a line of the trail once it is there for good."""
    if _CODE.fullmatch(event.result):
        _once_kept(_refusals.labels(event.result.replace(" ", "_")))
    if event.result in _STALE:
        _once_kept(_fences.labels("page"))
    if (event.action, event.result) == ("people.sign_in", "refused"):
        _once_kept(_sign_in_failures)
    if event.action == "monitoring.not_asked":
        _once_kept(_unasked)
    if event.action.startswith(_SEEN):
        _once_kept(_views.labels(event.action.removeprefix(_SEEN)))


def count_claim(event: queues.Claimed) -> None:
    """Count an item that was given to a person."""
    _once_kept(_claims.labels(event.queue, "yes" if event.lapsed else "no"))


def count_fence(where: str) -> None:
    """Count work that came too late to change anything."""
    _fences.labels(where).inc()


def connect() -> None:
    """Hear of what the database denies, and of rows touched outside every scope."""
    connection_created.connect(_watch, dispatch_uid="metrics.denials")
    got_request_exception.connect(_count_fault, dispatch_uid="metrics.no_scope")


def _once_kept(counter: Counter) -> None:
    transaction.on_commit(counter.inc)


def _watch(connection: Any, **_signal: Any) -> None:
    if _counting_denials not in connection.execute_wrappers:
        connection.execute_wrappers.append(_counting_denials)


def _counting_denials(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
    try:
        return execute(sql, params, many, context)
    except ProgrammingError as error:
        if getattr(error.__cause__, "pgcode", "") == _DENIED:
            by_policy = "row-level security" in str(error)
            _denials.labels("row_security" if by_policy else "privilege").inc()
        raise


def _count_fault(**_signal: Any) -> None:
    if isinstance(sys.exc_info()[1], NoScope):
        _denials.labels("no_scope").inc()


class DatabaseCollector(Collector):
    """Asks the database when the figures are fetched, so that all processes say the same."""

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of queues and jobs."""
        with connection.cursor() as line:
            for name, text, labels, query in _QUERIES:
                line.execute(query)
                gauge = GaugeMetricFamily(name, text, labels=labels)
                for row in line.fetchall():
                    gauge.add_metric([str(part) for part in row[:-1]], row[-1])
                yield gauge
        yield _of_the_limits()
        yield from _of_the_trail()


def _of_the_limits() -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(
        "ops_job_limit_used",
        "Jobs of a kind as a part of their limit: 1 is full (running) or crowded (waiting).",
        labels=["kind", "limit"],
    )
    for one in worklist.pressures(on=timezone.localdate()):
        for limit, used, most in (
            ("running", one.running, one.running_most),
            ("waiting", one.waiting, one.waiting_most),
        ):
            if most is not None:
                gauge.add_metric([one.kind.code, limit], used / max(1, most))
    return gauge


def _of_the_trail() -> Iterator[Metric]:
    now = timezone.now()
    lag = trail_selectors.oldest_unsealed(at=now).total_seconds()
    yield GaugeMetricFamily(
        "ops_trail_unsealed_seconds", "Age of the oldest line of the trail without a seal.", lag
    )
    look = trail_selectors.last_look()
    if look is None:
        return
    age = (now - look.at).total_seconds()
    yield GaugeMetricFamily(
        "ops_books_verified_seconds", "Time since all books and the trail were looked through.", age
    )
    yield GaugeMetricFamily(
        "ops_books_broken", "Whether that look found anything wrong.", int(look.result != "ok")
    )


def exposition() -> bytes:
    """Return all figures in Prometheus' text form."""
    registry = CollectorRegistry()
    registry.register(DatabaseCollector())
    return generate_latest(registry) + generate_latest(_of_processes())


def _of_processes() -> CollectorRegistry:
    if not env.metrics_folder:
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together, env.metrics_folder)  # type: ignore[no-untyped-call]
    return together
