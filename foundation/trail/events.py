"""What others may hear from the trail."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recorded:
    """A line is on the trail: what was done, how it ended, and about what; no person's name."""

    action: str
    result: str
    subject: str = ""
