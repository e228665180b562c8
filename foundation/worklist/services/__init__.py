"""What the worklist can do: items for people, jobs for workers."""

from foundation.worklist.services._dispatching import (
    assign,
    mark_urgent,
    resume,
    suspend,
    take_back,
    withdraw,
)
from foundation.worklist.services._items import (
    claim_next,
    enqueue,
    expire_leases,
    finish,
    heartbeat,
    release,
)
from foundation.worklist.services._jobs import (
    Claimed,
    claim_job,
    enqueue_job,
    extend_job,
    fail_job,
    finish_job,
    purge_jobs,
    revive_job,
    sign_of_life,
)

__all__ = [
    "Claimed",
    "assign",
    "claim_job",
    "claim_next",
    "enqueue",
    "enqueue_job",
    "expire_leases",
    "extend_job",
    "fail_job",
    "finish",
    "finish_job",
    "heartbeat",
    "mark_urgent",
    "purge_jobs",
    "release",
    "resume",
    "revive_job",
    "sign_of_life",
    "suspend",
    "take_back",
    "withdraw",
]
