"""What others may hear of people."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SignedOut:
    """A person's session ended, or was locked: what is theirs on a screen is nobody's any more.

    By the person, by a second sign-in of the same human, by an administrator, by a new post, or by
    the screen that was left alone.
    """

    staff_id: int
    at: datetime


@dataclass(frozen=True)
class NumbersJoined:
    """A number turned out to be another human's: what was kept of the former is that human's.

    Both as the text of their UUID.
    """

    former: str
    person: str
