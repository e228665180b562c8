"""What others may hear from the queues."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Claimed:
    """Somebody was given an item; `lapsed` when a former holder's lease had run out."""

    queue: str
    lapsed: bool


@dataclass(frozen=True)
class LetGo:
    """An item is nobody's any more, not by its holder's doing: its lease ended, or it was taken."""

    queue: str
    subject: str
