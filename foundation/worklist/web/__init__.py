"""Pages of the dispatcher: queues, one queue, one item; and of the operators: jobs, one job."""

from foundation.worklist.web._jobs import drop_job, job, jobs, retry_job, retry_jobs
from foundation.worklist.web._queues import (
    assign,
    item,
    mark_urgent,
    queue,
    queues,
    resume,
    staff_seconds,
    suspend,
    take_back,
)

__all__ = [
    "assign",
    "drop_job",
    "item",
    "job",
    "jobs",
    "mark_urgent",
    "queue",
    "queues",
    "resume",
    "retry_job",
    "retry_jobs",
    "staff_seconds",
    "suspend",
    "take_back",
]
