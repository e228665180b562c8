"""Background work of the worklist."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.utils import timezone

from foundation.worklist import services


def expire_leases() -> Callable[[], int]:
    """Put back what people let lie beyond its lease."""
    return services.expire_leases


def resume_due() -> Callable[[], int]:
    """Let wait again what was set aside until now."""
    return partial(services.resume_due, at=timezone.now())


def bury_jobs() -> Callable[[], int]:
    """Give up jobs that every worker died of."""
    return services.bury_jobs


def purge_jobs() -> Callable[[], int]:
    """Forget jobs that were done long ago."""
    return services.purge_jobs
