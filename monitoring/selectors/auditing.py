"""What can be asked of the auditors' desk: which queue a person holds from, what waits for two."""

from __future__ import annotations

from collections.abc import Sequence

from foundation.people.models import Staff
from foundation.worklist import selectors as worklist
from monitoring.models import Forcing
from monitoring.rules import forcing


def held_queue(*, staff: Staff, queues: Sequence[str]) -> str:
    """Return the queue of these from which a person holds an item, or nothing."""
    return worklist.held_in(staff=staff, queues=queues)


def waiting(*, match_id: int) -> Forcing | None:
    """Return the match by hand of a pair that waits for a second person, or None."""
    rows = Forcing.objects.filter(match_id=match_id, state=forcing.PROPOSED)
    found: Forcing | None = rows.select_related("author").order_by("id").first()
    return found


def forcing_by_id(*, forcing_id: int) -> Forcing | None:
    """Return a proposal among those that the person may see, or None."""
    found: Forcing | None = Forcing.objects.filter(id=forcing_id).first()
    return found


def forcings(*, match_id: int) -> Sequence[Forcing]:
    """Return what was proposed about a pair, the earliest first."""
    rows = Forcing.objects.filter(match_id=match_id).select_related("author", "decided_by")
    return tuple(rows.order_by("id"))
