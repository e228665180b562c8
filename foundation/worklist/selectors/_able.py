"""Who may take which waiting item: one text for claiming, counting, giving and explaining.

`ABLE` is what is worked out once a question: the person's skills, the dated numbers, what the
person is and did (sql/able.sql). `CONDITIONS` say by name what an item must fulfil (decision 0189).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from foundation.people.models import Staff
from foundation.people.roles import roles_with
from foundation.worklist import rules

# Whoever gave a sign of life within this and holds nothing counts as somebody who could take it.
PRESENT_SECONDS = 120

# All that is known of the person: one row, worked out once, of a function planned once (0193).
ABLE = f"""says AS MATERIALIZED (SELECT * FROM worklist_able(
    %(queue)s, %(staff)s, %(person)s, %(institution)s, %(on)s, %(codes)s::text[],
    %(queue_roles)s::text[], %(lead_roles)s::text[], {PRESENT_SECONDS})),
fair AS MATERIALIZED (SELECT * FROM worklist_fair(
    %(queue)s, %(staff)s, %(person)s, %(institution)s, %(on)s, %(fair_code)s,
    %(queue_roles)s::text[], {PRESENT_SECONDS}))"""  # noqa: S608

_WAITED = "extract(epoch FROM clock_timestamp() - enqueued_at)"
_LEADS = "(SELECT leads FROM says)"
_OWN_GRADE = "grade_needed <= %(grade)s"
_AMOUNT = "coalesce(amount_fen <= (SELECT most_fen FROM says), true)"
OWN = "NOT (%(person)s = ANY (conflicted))"
_PLACE = """(NOT outsiders_only OR institution_id <> %(institution)s
    AND institution_id <> ALL ((SELECT places FROM says)::bigint[]))"""
_UP = f"(NOT leads_only OR {_LEADS})"

# Put together of texts of ours; each by the name of rules.NOT_OFFERED that says what is lacking.
CONDITIONS: Mapping[str, str] = {
    "leads": _UP,
    "skill": f"""({_OWN_GRADE} AND (skill = ''
        OR grade_needed <= (SELECT grades FROM says)[
            array_position((SELECT skills FROM says), skill::text)]
        OR {_WAITED} >= (SELECT ring FROM says)
            AND grade_needed <= (SELECT most_grade FROM says)
        OR ({_WAITED} >= (SELECT lead FROM says) OR leads_only) AND {_LEADS}))""",  # noqa: S608
    "amount": _AMOUNT,
    "own": OWN,
    "place": _PLACE,
    "pair_hour": "(leads_only OR origin IS NULL"
    " OR origin <> ALL ((SELECT often FROM says)::uuid[]))",
    "pair_row": f"""(origin IS NULL OR origin IS DISTINCT FROM (SELECT latest FROM says)
        OR grade_needed > (SELECT idle FROM says)
        OR {_WAITED} >= coalesce((SELECT ring FROM says), 0))""",  # noqa: S608
    "fair": f"""(leads_only OR grade_needed > (SELECT grade FROM fair)
        OR {_WAITED} >= (SELECT seconds FROM fair))""",  # noqa: S608
    "kept": "(kept_until IS NULL OR kept_until <= clock_timestamp() OR kept_for_id = %(staff)s)",
}
TAKEABLE = "\n      AND ".join(CONDITIONS.values())
# What it would be but for whose turn it is by the seconds of the day.
BUT_FAIR = "\n      AND ".join(text for name, text in CONDITIONS.items() if name != "fair")
# What is kept for somebody is theirs whoever's the last one was: they know it already.
KEEPABLE = "\n      AND ".join(
    CONDITIONS[name] for name in ("leads", "skill", "amount", "own", "place")
)
# What the one queue of old looked at before an item was drawn by lot.
BY_LOT = "\n      AND ".join((_UP, _OWN_GRADE, _AMOUNT, OWN, _PLACE))

# What a claim may give now: what is kept for the person, what is in turn, or what lots are of.
OFFERED = f"""(CASE WHEN (SELECT strategy FROM says) = {rules.ONE_QUEUE} THEN {BY_LOT}
    ELSE (kept_for_id = %(staff)s AND kept_until > clock_timestamp() AND {KEEPABLE})
        IS TRUE OR {TAKEABLE} END)"""  # noqa: S608 -- put together of texts of ours


def abilities(*, queue: str, staff: Staff, on: date) -> Mapping[str, Any]:
    """Return what `ABLE` and `TAKEABLE` ask of a person: grade, who and where one is, the day."""
    named = queue.partition(".")[0]
    known = rules.queues().get(queue)
    codes = (
        "lease_seconds", f"limit_g{staff.grade}_fen", "ring_seconds", "lead_seconds",
        "own_outlet_months", "pair_hour_most", "strategy",
    )  # fmt: skip
    return {
        "queue": queue,
        "staff": staff.pk,
        "on": on,
        "grade": staff.grade,
        "person": staff.person,
        "institution": staff.institution_id,
        "queue_roles": list(roles_with(known.permission)) if known else [],
        "lead_roles": list(roles_with(known.leads)) if known and known.leads else [],
        "codes": [f"{named}.{code}" for code in codes],
        "fair_code": f"{named}.fair_seconds",
    }
