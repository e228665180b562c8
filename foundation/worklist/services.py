"""What the worklist can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from foundation.worklist.models import Job


def enqueue_job(*, kind: str, args: Mapping[str, Any], dedup_key: str | None = None) -> Job:
    """Ask a worker to run the task of that dotted name, once the caller's transaction commits."""
    return Job.objects.create(kind=kind, args=dict(args), dedup_key=dedup_key)
