"""What a person would be given next, as it looks now; asking takes nothing."""

from __future__ import annotations

from datetime import date

from django.db import connection

from foundation.people.models import Staff
from foundation.worklist.selectors._able import (
    ABLE,
    BUT_FAIR,
    CONDITIONS,
    TAKEABLE,
    abilities,
)

LIKELY_NEXT = f"""
WITH {ABLE}
SELECT subject FROM worklist_workitem
WHERE queue = %(queue)s AND state = 'waiting' AND {TAKEABLE}
ORDER BY kept_for_id = %(staff)s DESC NULLS LAST, turn_at, id LIMIT 1
"""  # noqa: S608 -- put together of texts of ours

LEFT_FOR_NOW = f"""
WITH {ABLE}
SELECT (SELECT seconds FROM fair) FROM worklist_workitem
WHERE queue = %(queue)s AND state = 'waiting' AND {BUT_FAIR}
  AND NOT {CONDITIONS["fair"]} LIMIT 1
"""  # noqa: S608 -- put together of texts of ours


def left_for_seconds(*, queue: str, staff: Staff, on: date) -> int:
    """Return after how many seconds the person asks again for what is left to others; 0 for never.

    That is while something waits that the person could take if nobody had worked less today.
    """
    with connection.cursor() as cursor:
        cursor.execute(LEFT_FOR_NOW, abilities(queue=queue, staff=staff, on=on))
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def likely_next(*, queue: str, staff: Staff, on: date) -> str:
    """Return the subject that the person would be given now, or nothing; nobody is given it."""
    with connection.cursor() as cursor:
        cursor.execute(LIKELY_NEXT, abilities(queue=queue, staff=staff, on=on))
        row = cursor.fetchone()
    return str(row[0]) if row else ""
