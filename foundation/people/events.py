"""What others may hear of people."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SignedOut:
    """A person signed out: what is theirs on a screen is nobody's any more."""

    staff_id: int
    at: datetime
