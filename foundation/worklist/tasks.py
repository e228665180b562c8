"""Background work of the worklist."""

from __future__ import annotations

from collections.abc import Callable

from foundation.worklist import services


def expire_leases() -> Callable[[], int]:
    """Put back what people let lie beyond its lease."""
    return services.expire_leases


def purge_jobs() -> Callable[[], int]:
    """Forget jobs that were done long ago."""
    return services.purge_jobs
