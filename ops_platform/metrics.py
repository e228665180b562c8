"""Figures for the bank's monitoring: requests as they happen, queues and jobs from the database."""

from collections.abc import Iterator

from django.db import connection
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

from ops_platform.env import env

_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_requests = Histogram(
    "ops_request_seconds",
    "Time to answer a request, by page.",
    ["page", "method", "status"],
    buckets=_BUCKETS,
)

# Each query gives rows of label values and one figure. They count over all institutions, so they
# run in the system's scope.
_QUERIES = (
    (
        "ops_jobs",
        "Jobs in the job table.",
        ("state",),
        "SELECT state, count(*) FROM worklist_job GROUP BY state",
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
        "ops_work_items",
        "Open work items by queue and state.",
        ("queue", "state"),
        """
        SELECT queue, state, count(*) FROM worklist_workitem
        WHERE state IN ('waiting', 'held', 'suspended') GROUP BY queue, state
        """,
    ),
    (
        "ops_work_item_oldest_seconds",
        "Age of the oldest waiting item of a queue.",
        ("queue",),
        """
        SELECT queue, extract(epoch FROM clock_timestamp() - min(enqueued_at))
        FROM worklist_workitem WHERE state = 'waiting' GROUP BY queue
        """,
    ),
)


def count_request(page: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    _requests.labels(page, method, str(status)).observe(seconds)


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
