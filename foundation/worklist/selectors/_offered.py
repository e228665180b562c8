"""What a person would be given now: how many items, and of items that wait which, and why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import connection

from foundation.people.models import Staff
from foundation.worklist.selectors._able import ABLE, CONDITIONS, OFFERED, abilities
from foundation.worklist.selectors._queues import COUNTED_MOST

WAITING_FOR = f"""
WITH {ABLE}
SELECT count(*) FROM (
    SELECT 1 FROM worklist_workitem
    WHERE queue = %(queue)s AND state = 'waiting' AND {OFFERED} LIMIT %(most)s
) found
"""  # noqa: S608 -- put together of two texts of ours

LACKING_OF = f"""
WITH {ABLE}
SELECT id, {OFFERED}, {", ".join(CONDITIONS.values())} FROM worklist_workitem
WHERE id = ANY (%(ids)s) AND state = 'waiting'
"""  # noqa: S608 -- put together of texts of ours


def waiting_for(*, queue: str, staff: Staff, on: date, most: int = COUNTED_MOST) -> int:
    """Return how many items of a queue the person could claim now, counted up to so many."""
    asked = {"most": most, **abilities(queue=queue, staff=staff, on=on)}
    with connection.cursor() as cursor:
        cursor.execute(WAITING_FOR, asked)
        return int(cursor.fetchone()[0])


def lacking_of(
    *, queue: str, staff: Staff, on: date, ids: Sequence[int]
) -> Mapping[int, Sequence[str]]:
    """Return what keeps each of these items from a person now, as `lacking` names it.

    Nothing does of what `waiting_for` counts; what does not wait, as it is set aside, is not there.
    """
    asked = {"ids": list(ids), **abilities(queue=queue, staff=staff, on=on)}
    with connection.cursor() as cursor:
        cursor.execute(LACKING_OF, asked)
        rows = cursor.fetchall()
    return {
        item: ()
        if offered
        else tuple(name for name, good in zip(CONDITIONS, fulfilled, strict=True) if not good)
        for item, offered, *fulfilled in rows
    }
