"""What rules of one line say of a line at the counter: few small questions within a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db import connection

from monitoring.rules import prevention as rules
from monitoring.rules import workshop
from monitoring.selectors.workshop import Found, versions_by_id

# The latest version in force of each rule that is asked as a line is posted.
_IN_FORCE = """
SELECT DISTINCT ON (one.rule_id) one.id, rule.entity, one.prevents, one.spec::text
FROM monitoring_ruleversion one JOIN monitoring_monitoringrule rule ON rule.id = one.rule_id
WHERE one.state = 'published' AND one.valid_from <= %s AND rule.at_once
ORDER BY one.rule_id, one.valid_from DESC, one.seq DESC
"""
_KNOWN = "SELECT own, of_staff, internal, age_days FROM monitoring_known(%s, %s, %s, %s)"
_SETS_KEPT = 8


@dataclass(frozen=True)
class Asked:
    """A version in force that is asked as a line is posted."""

    version_id: int
    entity: str
    prevents: bool
    where: workshop.Where


def hit(*, line: rules.Line, on: date, holding: bool = False) -> Sequence[Asked]:
    """Return the versions that find a line on a day; where `holding`, of those that hold it back.

    What the line says by itself is looked at first: of a line that no rule concerns nothing is
    asked of the accounts.
    """
    concerned = [
        one
        for one in in_force_at_once(on=on)
        if (one.prevents or not holding) and rules.may_hold(one.where, line)
    ]
    if not any(rules.asks_accounts(one.where) for one in concerned):
        return concerned
    known = _known(line, on)
    return [one for one in concerned if rules.hold(one.where, line, known)]


def found_in(
    *, asked: Sequence[Asked], line: rules.Line, line_ids: tuple[int, ...] = ()
) -> list[Found]:
    """Return what versions found in a line as it is kept of a hit, with the ids of its lines."""
    versions = {row.pk: row for row in versions_by_id(ids=[one.version_id for one in asked])}
    return [
        Found(
            versions[one.version_id],
            line.named(one.entity),
            line.institution_id,
            (1, line.amount_fen),
            line_ids,
        )
        for one in asked
    ]


def in_force_at_once(*, on: date) -> Sequence[Asked]:
    """Return the versions that are asked as a line is posted on a day."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_FORCE, [on])
        return _read(tuple(cursor.fetchall()))


@lru_cache(maxsize=_SETS_KEPT)
def _read(rows: tuple[tuple[int, str, bool, str], ...]) -> tuple[Asked, ...]:
    """Read the specs of rows; the rows are the key, so that nothing read is ever out of date."""
    return tuple(
        Asked(number, entity, prevents, workshop.read(json.loads(spec)).where)
        for number, entity, prevents, spec in rows
    )


def reverses(*, line_id: int) -> bool:
    """Tell whether a line takes another entry back; at the counter the transaction says so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM ledger_journalline"
            " WHERE id = %s AND reverses_id IS NOT NULL)",
            [line_id],
        )
        found: bool = cursor.fetchone()[0]
    return found


def _known(line: rules.Line, on: date) -> rules.Known:
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [line.account, line.counter_account, line.teller, on])
        row = cursor.fetchone()
    return rules.Known(*row)
