"""What others may hear from the monitoring centre."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SlipMoved:
    """A slip was issued or stands in another state; `origin` names what it is about.

    A suspected crime is told of too: who listens must keep it from whoever may not see it.
    """

    slip_id: int
    number: str
    origin: str
    kind: str
    state: str
    institution_id: int
    at: datetime


@dataclass(frozen=True)
class BulletinAsked:
    """Somebody wants the bulletin of a month of all below an institution; `month` is its first."""

    institution_id: int
    month: str
    by: str
