"""The bank's day: which job runs when. The only such table."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Slot:
    """A job that is written once in every so many seconds, whatever process asks."""

    kind: str
    every_seconds: int
    args: dict[str, Any] = field(default_factory=dict)

    def key(self, at: datetime) -> str:
        """Return the name of the slot that the moment falls in: the same for all who ask."""
        return f"{self.kind}@{int(at.timestamp()) // self.every_seconds * self.every_seconds}"


SLOTS: tuple[Slot, ...] = (
    Slot("foundation.worklist.tasks.expire_leases", 5),
    Slot("foundation.worklist.tasks.purge_jobs", 3600),
)
