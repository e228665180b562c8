"""What others may hear from the trail."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recorded:
    """A line is on the trail: what was done and how it ended; no names, for whoever counts."""

    action: str
    result: str
