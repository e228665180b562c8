"""The statements that put in, give, keep and end items, each in one round trip."""

from __future__ import annotations

from foundation.ui import live
from foundation.worklist import rules, selectors

_TAKEN = live.TAKEN_SQL.format(
    topic="'worklist.' || item.queue", institution="item.institution_id", item="item.id"
)
_RING = live.TELL_SQL.format(topic="'worklist.' || item.queue", institution="item.institution_id")

ENQUEUE = """
INSERT INTO worklist_workitem (institution_id, queue, subject, state, priority, skill,
    grade_needed, amount_fen, urgent, urgent_reason, conflicted, outsiders_only, leads_only,
    holder_label, fence, due_at, origin, kept_for_id, kept_until, enqueued_at, turn_at)
VALUES (%(institution)s, %(queue)s, %(subject)s, 'waiting', %(priority)s, %(skill)s, %(grade)s,
    %(amount)s, false, '', %(conflicted)s::uuid[], %(outsiders_only)s, %(leads_only)s,
    '', 0, %(due)s, %(origin)s, %(kept_for)s, CASE WHEN %(kept_for)s IS NOT NULL
        THEN clock_timestamp() + make_interval(secs => %(kept)s) END,
    clock_timestamp(), clock_timestamp() - make_interval(secs => %(ahead)s))
RETURNING id
"""

# The item the person holds already; else one kept for this person; else the first in turn that this
# person may hold, be it waiting or left lying beyond its lease. What a lock made us wait for is
# read again by the database, so everything that follows is taken from the locking selects, never
# read anew. Short, because planning it takes as long as running it.
_COLUMNS = "id, institution_id, state, holder_id, holder_label, fence, held_at, lease_until"
_FREE = """queue = %(queue)s AND state IN ('waiting', 'held')
      AND (state = 'waiting' OR lease_until <= clock_timestamp())
      AND NOT EXISTS (SELECT 1 FROM mine) AND (SELECT lease FROM says) IS NOT NULL"""
_IN_TURN = f"""kept AS (
    SELECT {_COLUMNS} FROM worklist_workitem
    WHERE {_FREE} AND state = 'waiting' AND kept_for_id = %(staff)s
      AND kept_until > clock_timestamp() AND {selectors.KEEPABLE}
    ORDER BY turn_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
), next AS (
    SELECT {_COLUMNS} FROM worklist_workitem
    WHERE {_FREE} AND NOT EXISTS (SELECT 1 FROM kept)
      AND (SELECT strategy FROM says) <> {rules.ONE_QUEUE} AND {selectors.TAKEABLE}
    ORDER BY turn_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
), found AS (SELECT * FROM kept UNION ALL SELECT * FROM next)"""  # noqa: S608
# The strategy of old: one drawn by lot of the first in turn.
_BY_LOT = f"""found AS (
    SELECT {_COLUMNS} FROM worklist_workitem
    WHERE {_FREE} AND id = ANY (ARRAY(
        SELECT id FROM worklist_workitem WHERE {_FREE} AND {selectors.BY_LOT}
        ORDER BY turn_at, id LIMIT %(drawn)s))
    ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED
)"""  # noqa: S608


def _claiming(candidates: str) -> str:
    """Return the statement that gives one of the candidates, put together of texts of ours."""
    return f"""
SELECT pg_advisory_xact_lock(%(claiming)s, %(staff)s);
WITH {selectors.ABLE}, mine AS (
    SELECT {_COLUMNS} FROM worklist_workitem
    WHERE queue = %(queue)s AND state = 'held' AND holder_id = %(staff)s
    ORDER BY id LIMIT 1 FOR UPDATE
), {candidates}, chosen AS (
    SELECT *, state = 'held' AND lease_until > clock_timestamp() AS still,
        state = 'held' AND lease_until <= clock_timestamp() AS lapsed
    FROM (SELECT * FROM mine UNION ALL SELECT * FROM found) one
), ended AS (
    INSERT INTO worklist_holding
        (institution_id, item_id, staff_id, fence, began_at, ended_at, ended_by)
    SELECT institution_id, id, holder_id, fence, held_at, lease_until, 'expired'
    FROM chosen WHERE lapsed
)
UPDATE worklist_workitem item
SET state = 'held', holder_id = %(staff)s, holder_label = %(label)s,
    fence = chosen.fence + CASE WHEN chosen.still THEN 0 ELSE 1 END,
    held_at = CASE WHEN chosen.still THEN chosen.held_at ELSE clock_timestamp() END,
    first_held_at = coalesce(item.first_held_at, clock_timestamp()),
    kept_for_id = NULL, kept_until = NULL,
    lease_until = clock_timestamp() + make_interval(secs => says.lease)
FROM chosen, says WHERE item.id = chosen.id
RETURNING item.*, chosen.still, CASE WHEN chosen.lapsed THEN chosen.holder_label END AS left_by,
    CASE WHEN NOT chosen.still AND NOT chosen.lapsed THEN {_TAKEN} END AS rung
"""  # noqa: S608


# In an emergency: the first in turn of the person's own house, up to an amount, whatever its skill.
_AT_HOME = f"""found AS (
    SELECT {_COLUMNS} FROM worklist_workitem
    WHERE {_FREE} AND institution_id = %(institution)s AND {selectors.OWN}
      AND coalesce(amount_fen <= %(most)s, true)
    ORDER BY turn_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
)"""  # noqa: S608

CLAIM, DRAW, CLAIM_AT_HOME = _claiming(_IN_TURN), _claiming(_BY_LOT), _claiming(_AT_HOME)

EXPIRE = """
WITH gone AS (
    SELECT id, institution_id, holder_id, holder_label, fence, held_at, lease_until
    FROM worklist_workitem WHERE state = 'held' AND lease_until <= clock_timestamp()
    ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
), ended AS (
    INSERT INTO worklist_holding
        (institution_id, item_id, staff_id, fence, began_at, ended_at, ended_by)
    SELECT institution_id, id, holder_id, fence, held_at, lease_until, 'expired' FROM gone
)
UPDATE worklist_workitem item SET state = 'waiting', holder_id = NULL, holder_label = '',
    lease_until = NULL
FROM gone WHERE item.id = gone.id
RETURNING item.id, item.queue, item.institution_id, item.subject, gone.holder_label,
    clock_timestamp()
"""

LET_GO = """
WITH gone AS (
    SELECT id, institution_id, holder_id, holder_label, fence, held_at
    FROM worklist_workitem WHERE state = 'held' AND holder_id = %(staff)s ORDER BY id FOR UPDATE
), ended AS (
    INSERT INTO worklist_holding
        (institution_id, item_id, staff_id, fence, began_at, ended_at, ended_by)
    SELECT institution_id, id, holder_id, fence, held_at, clock_timestamp(), 'signed out' FROM gone
)
UPDATE worklist_workitem item SET state = 'waiting', holder_id = NULL, holder_label = '',
    lease_until = NULL
FROM gone WHERE item.id = gone.id
RETURNING item.id, item.queue, item.institution_id, item.subject, gone.holder_label
"""

# Everything that ends a holding checks holder, fence and lease in the statement itself.
END = f"""
WITH held AS (
    SELECT id, institution_id, holder_id, fence, held_at FROM worklist_workitem
    WHERE id = %(item)s AND state = 'held' AND holder_id = %(staff)s AND fence = %(fence)s
      AND lease_until > clock_timestamp()
    FOR UPDATE
), ended AS (
    INSERT INTO worklist_holding
        (institution_id, item_id, staff_id, fence, began_at, ended_at, ended_by)
    SELECT institution_id, id, holder_id, fence, held_at, clock_timestamp(), %(how)s FROM held
)
UPDATE worklist_workitem item SET state = %(state)s, lease_until = NULL,
    holder_id = CASE WHEN %(state)s = 'done' THEN item.holder_id END,
    holder_label = CASE WHEN %(state)s = 'done' THEN item.holder_label ELSE '' END,
    done_at = CASE WHEN %(state)s = 'done' THEN clock_timestamp() END
FROM held WHERE item.id = held.id
RETURNING item.id, item.queue, item.institution_id, {_RING} AS rung
"""  # noqa: S608 -- put together of texts of ours

KEEP = """
UPDATE worklist_workitem SET lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
WHERE id = %(item)s AND state = 'held' AND holder_id = %(staff)s AND fence = %(fence)s
  AND lease_until > clock_timestamp()
RETURNING lease_until
"""
