"""Who may take which waiting item: one text for claiming, counting, giving and explaining.

`ABLE` are the tables that are made once a question: the person's skills, the dated numbers, what
the person is and did. `CONDITIONS` say by name what an item must fulfil (decision 0189).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from foundation.people import selectors as people
from foundation.people.models import Staff
from foundation.people.roles import roles_with
from foundation.worklist import rules

# Whoever gave a sign of life within this and holds nothing counts as somebody who could take it.
PRESENT_SECONDS = 120

CAN = f"can AS ({people.SKILLS_SQL})"
ABLE = f"""{CAN}, number AS (
    SELECT DISTINCT ON (code) code, value FROM policy_policy
    WHERE institution_id IS NULL AND code = ANY (%(codes)s) AND valid_from <= %(on)s
      AND approved_by_id IS NOT NULL
    ORDER BY code, valid_from DESC, id DESC
), says AS (
    SELECT max(value::bigint) FILTER (WHERE code = %(lease_code)s) AS lease,
        max(value::bigint) FILTER (WHERE code = %(limit_code)s) AS most_fen,
        max(value::bigint) FILTER (WHERE code = %(ring_code)s) AS ring,
        max(value::bigint) FILTER (WHERE code = %(lead_code)s) AS lead,
        max(value::bigint) FILTER (WHERE code = %(months_code)s) AS months,
        max(value::bigint) FILTER (WHERE code = %(pair_code)s) AS pair_most,
        coalesce(max(value::bigint) FILTER (WHERE code = %(strategy_code)s), 1) AS strategy
    FROM number
), me AS (
    SELECT EXISTS (SELECT 1 FROM people_staffrole held
        WHERE held.staff_id = %(staff)s AND held.role = ANY (%(lead_roles)s)
          AND held.valid_from <= %(on)s
          AND (held.valid_until IS NULL OR held.valid_until >= %(on)s)) AS leads
), place AS (
    SELECT post.institution_id FROM people_post post
    JOIN people_staff worked ON worked.id = post.staff_id, says
    WHERE worked.person = %(person)s AND (post.valid_until IS NULL
        OR post.valid_until >= (%(on)s::date - make_interval(months => says.months::int)))
), done AS (
    SELECT ended.origin, past.ended_at FROM worklist_holding past
    JOIN worklist_workitem ended ON ended.id = past.item_id
    WHERE past.staff_id = %(staff)s AND past.ended_at > clock_timestamp() - interval '1 hour'
      AND past.ended_by = 'finished' AND ended.queue = %(queue)s
), often AS (
    SELECT done.origin FROM done, says WHERE done.origin IS NOT NULL
    GROUP BY done.origin, says.pair_most HAVING count(*) >= says.pair_most
), latest AS (
    SELECT done.origin FROM done ORDER BY done.ended_at DESC LIMIT 1
), idle AS (
    SELECT coalesce(max(other.grade), 0) AS grade FROM people_staff other
    JOIN people_staffrole role ON role.staff_id = other.id
    WHERE other.institution_id = %(institution)s AND other.person <> %(person)s
      AND other.is_active AND role.role = ANY (%(queue_roles)s) AND role.valid_from <= %(on)s
      AND (role.valid_until IS NULL OR role.valid_until >= %(on)s)
      AND other.seen_at > clock_timestamp() - make_interval(secs => {PRESENT_SECONDS})
      AND NOT EXISTS (SELECT 1 FROM worklist_workitem busy
          WHERE busy.state = 'held' AND busy.holder_id = other.id)
)"""  # noqa: S608 -- put together of texts of ours

_WAITED = "extract(epoch FROM clock_timestamp() - enqueued_at)"
_LEADS = "(SELECT leads FROM me)"
_OWN_GRADE = "grade_needed <= %(grade)s"
_AMOUNT = "coalesce(amount_fen <= (SELECT most_fen FROM says), true)"
_OWN = "NOT (%(person)s = ANY (conflicted))"
_PLACE = """(NOT outsiders_only OR institution_id <> %(institution)s
    AND institution_id <> ALL (ARRAY(SELECT place.institution_id FROM place)))"""
_UP = f"(NOT leads_only OR {_LEADS})"

# Put together of texts of ours; each by the name of rules.NOT_OFFERED that says what is lacking.
CONDITIONS: Mapping[str, str] = {
    "leads": _UP,
    "skill": f"""(skill = '' AND {_OWN_GRADE}
        OR EXISTS (SELECT 1 FROM can WHERE can.skill = worklist_workitem.skill
            AND can.grade >= worklist_workitem.grade_needed)
        OR {_WAITED} >= (SELECT ring FROM says)
            AND grade_needed <= (SELECT max(can.grade) FROM can)
        OR ({_WAITED} >= (SELECT lead FROM says) OR leads_only) AND {_LEADS} AND {_OWN_GRADE})""",  # noqa: S608
    "amount": _AMOUNT,
    "own": _OWN,
    "place": _PLACE,
    "pair_hour": "(leads_only OR origin IS NULL"
    " OR origin <> ALL (ARRAY(SELECT often.origin FROM often)))",
    "pair_row": f"""(origin IS NULL OR origin IS DISTINCT FROM (SELECT origin FROM latest)
        OR grade_needed > (SELECT idle.grade FROM idle)
        OR {_WAITED} >= coalesce((SELECT ring FROM says), 0))""",  # noqa: S608
    "kept": "(kept_until IS NULL OR kept_until <= clock_timestamp() OR kept_for_id = %(staff)s)",
}
TAKEABLE = "\n      AND ".join(CONDITIONS.values())
# What is kept for somebody is theirs whoever's the last one was: they know it already.
KEEPABLE = "\n      AND ".join(
    CONDITIONS[name] for name in ("leads", "skill", "amount", "own", "place")
)
# What the one queue of old looked at before an item was drawn by lot.
BY_LOT = "\n      AND ".join((_UP, _OWN_GRADE, _AMOUNT, _OWN, _PLACE))


def abilities(*, queue: str, staff: Staff, on: date) -> Mapping[str, Any]:
    """Return what `ABLE` and `TAKEABLE` ask of a person: grade, who and where one is, the day."""
    named = queue.partition(".")[0]
    known = rules.queues().get(queue)
    codes = {
        f"{word}_code": f"{named}.{code}"
        for word, code in (
            ("lease", "lease_seconds"),
            ("limit", f"limit_g{staff.grade}_fen"),
            ("ring", "ring_seconds"),
            ("lead", "lead_seconds"),
            ("months", "own_outlet_months"),
            ("pair", "pair_hour_most"),
            ("strategy", "strategy"),
        )
    }
    return {
        "queue": queue,
        "staff": staff.pk,
        "on": on,
        "grade": staff.grade,
        "person": staff.person,
        "institution": staff.institution_id,
        "queue_roles": list(roles_with(known.permission)) if known else [],
        "lead_roles": list(roles_with(known.leads)) if known and known.leads else [],
        "codes": list(codes.values()),
        **codes,
    }
