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

# The latest version in force of each rule that is asked as a line is posted; planned once.
_IN_FORCE = "SELECT said.* FROM monitoring_in_force(%s) said"
_KNOWN = "SELECT own, of_staff, internal, age_days FROM monitoring_known(%s, %s, %s, %s)"
# A question and its limit of time go to the database together, and are taken back together.
_WITHIN = "SAVEPOINT monitoring_asked; SET LOCAL statement_timeout = {}; "
_BACK = "ROLLBACK TO SAVEPOINT monitoring_asked; RELEASE SAVEPOINT monitoring_asked"
_SAID, _SETS_KEPT = 4, 8


@dataclass(frozen=True)
class Asked:
    """A version in force that is asked as a line is posted."""

    version_id: int
    entity: str
    prevents: bool
    where: workshop.Where


def hit(*, line: rules.Line, on: date, holding: bool = False, within: int = 0) -> Sequence[Asked]:
    """Return the versions that find a line on a day; where `holding`, of those that hold it back.

    What the line says by itself is looked at first: of a line that no rule concerns nothing is
    asked of the accounts. Whether one does is guessed by what was in force last, so that mostly the
    database is asked once. `within` is in milliseconds, and `take_back` follows then.
    """
    asks = _asks_accounts(_concerned(_Last.asked, line, holding=holding))
    asked, known = _ask(line, on, accounts=asks, within=within)
    concerned = _concerned(asked, line, holding=holding)
    if not _asks_accounts(concerned):
        return concerned
    known = known or _known(line, on)
    return [one for one in concerned if rules.hold(one.where, line, known)]


def take_back() -> None:
    """Take back what a question with a limit of time left: the limit and its savepoint."""
    with connection.cursor() as cursor:
        cursor.execute(_BACK)


def _concerned(asked: Sequence[Asked], line: rules.Line, *, holding: bool) -> list[Asked]:
    return [
        one for one in asked if (one.prevents or not holding) and rules.may_hold(one.where, line)
    ]


def _asks_accounts(asked: Sequence[Asked]) -> bool:
    return any(rules.asks_accounts(one.where) for one in asked)


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


def _ask(
    line: rules.Line, on: date, *, accounts: bool, within: int
) -> tuple[Sequence[Asked], rules.Known | None]:
    """Return the versions asked as a line is posted, with what the accounts tell where asked."""
    sql = _IN_FORCE
    given: list[date | str] = [on]
    if accounts:
        sql = f"SELECT said.*, known.* FROM monitoring_in_force(%s) said, ({_KNOWN}) known"  # noqa: S608
        given = [on, line.account, line.counter_account, line.teller, on]
    with connection.cursor() as cursor:
        cursor.execute((_WITHIN.format(int(within)) if within else "") + sql, given)
        rows = cursor.fetchall()
    asked = _Last.asked = _read(tuple(row[:_SAID] for row in rows))
    known = rules.Known(*rows[0][_SAID:]) if accounts and rows else None
    return asked, known


class _Last:
    """What was in force when this process asked last: a guess, and never an answer."""

    asked: Sequence[Asked] = ()


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
