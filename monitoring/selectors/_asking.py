"""What the rules find: the statements of `rules.compiled`, asked of the journal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Min

from foundation.ledger.rules import ids_of
from monitoring.models import AccountDay, RuleVersion
from monitoring.rules import compiled, workshop
from monitoring.rules.compiled import Statement

Rows = Sequence[Any]


_LARGE = """
SELECT count(*) = %s FROM
  (SELECT FROM ledger_journalline WHERE id BETWEEN %s AND %s LIMIT %s) counted
"""


@dataclass(frozen=True)
class Found:
    """That a version found an entity: where, with which figures, and in which lines."""

    version: RuleVersion
    entity: str
    place_id: int
    found: tuple[int, ...]
    lines: tuple[int, ...] = ()


def find(*, versions: Sequence[RuleVersion], on: date, gathered: bool = False) -> list[Found]:
    """Return everything that the versions find on a business day, without its lines.

    With `gathered` the day's lines were put together before in this transaction.
    """
    rules = asked_on(versions=versions, on=on)
    rows = [
        row for one in compiled.batch(rules, on=on, gathered=gathered) for row in ask(statement=one)
    ]
    return found_of(rows=rows, versions=versions, on=on)


def asked_on(*, versions: Sequence[RuleVersion], on: date) -> list[compiled.Numbered]:
    """Return the rules of the versions that are asked of a day, numbered as the versions are.

    Rules that look back are asked once so many days are kept: else every account would be new.
    """
    kept_since = AccountDay.objects.aggregate(day=Min("day"))["day"] or on
    return [
        (row.pk, spec)
        for row in versions
        for spec in (row.says,)
        if spec.kind != workshop.PROFILE or kept_since <= on - timedelta(days=spec.days)
    ]


def statements(*, rules: Sequence[compiled.Numbered], on: date) -> list[Statement]:
    """Return what is asked of a day whose lines were put together, what takes longest first.

    Accounts are many, and a long statement asks much.
    """
    made = compiled.batch(rules, on=on, gathered=True)
    return sorted(made, key=lambda one: ("account" not in one.name.split(), -len(one.sql)))


def ask(*, statement: Statement) -> Rows:
    """Return the rows that a statement finds."""
    with whole_days():
        return _ask(statement.sql)


def found_of(*, rows: Rows, versions: Sequence[RuleVersion], on: date) -> list[Found]:
    """Return what rows say that versions found, counts of what is different made exact."""
    return _exactly(_read(rows, versions), on)


def is_large(*, on: date, least: int) -> bool:
    """Tell whether a day has so many lines that it is worth dividing the work on it."""
    with connection.cursor() as cursor:
        cursor.execute(_LARGE, [least, *ids_of(on), least])
        large: bool = cursor.fetchone()[0]
    return large


def seen() -> tuple[int, int]:
    """Return what tells whether two connections put the same lines together."""
    ((count, total),) = _ask(compiled.SEEN)
    return int(count), int(total)


@contextmanager
def whole_days() -> Iterator[None]:
    """Let the statements within join whole days by hash.

    What was folded a moment ago is in no statistics: the database takes it for a single row, and
    looks each of its hundred thousand accounts up by itself.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('enable_nestloop')")
        (before,) = cursor.fetchone()
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SELECT set_config('enable_nestloop', %s, true)", [before])


def with_lines(*, hits: Iterable[Found], on: date) -> list[Found]:
    """Return the hits with the lines that bear them out, asked for once a version."""
    by_version: dict[int, list[Found]] = {}
    for hit in hits:
        by_version.setdefault(hit.version.pk, []).append(hit)
    return [one for some in by_version.values() for one in _bearing_out(some, on)]


def fold_sql(*, on: date, entity: str, gathered: bool) -> str:
    """Return the SELECT of a day's figures of accounts or tellers, for who keeps them."""
    return compiled.fold(on=on, entity=entity, gathered=gathered)


def gather_sql(*, on: date) -> str:
    """Return the statement that puts a day's lines together, for who asks much of them."""
    return compiled.gather(on=on)


def _bearing_out(hits: Sequence[Found], on: date) -> list[Found]:
    spec = hits[0].version.says
    if spec.kind == workshop.RING or hits[0].lines:
        return list(hits)
    lines: dict[str, list[int]] = {}
    entities = [hit.entity for hit in hits]
    for entity, line in _ask(compiled.evidence(spec, on=on), {"entities": entities}):
        lines.setdefault(entity, []).append(line)
    return [replace(hit, lines=tuple(lines.get(hit.entity, ()))) for hit in hits]


def _exactly(hits: Sequence[Found], on: date) -> list[Found]:
    """Count what is different exactly where a rule asks for it; leave out what is too few."""
    kept: list[Found] = []
    asked: dict[int, list[Found]] = {}
    for hit in hits:
        tests = hit.version.says.tests
        distinct = any(not t.over and workshop.MEASURES[t.what].distinct for t in tests)
        if distinct:
            asked.setdefault(hit.version.pk, []).append(hit)
        else:
            kept.append(hit)
    for some in asked.values():
        kept += _counted(some, on)
    return kept


def _counted(hits: Sequence[Found], on: date) -> list[Found]:
    spec = hits[0].version.says
    rows = _ask(compiled.exact(spec, on=on), {"entities": [hit.entity for hit in hits]})
    counts = {row[0]: row[1:] for row in rows}
    kept = []
    for hit in hits:
        pairs = zip(counts.get(hit.entity, ()), hit.found, strict=False)
        found = tuple(old if new is None else int(new) for new, old in pairs)
        enough = zip(found, spec.tests, strict=False)
        if found and all(n >= t.value for n, t in enough if t.op == workshop.LEAST):
            kept.append(replace(hit, found=found))
    return kept


def _read(rows: Rows, versions: Sequence[RuleVersion]) -> list[Found]:
    by_id = {row.pk: row for row in versions}
    return [
        Found(
            by_id[number],
            entity,
            place,
            tuple(int(one or 0) for one in found),
            tuple(map(int, lines.split(","))) if lines else (),
        )
        for number, entity, place, found, lines in rows
    ]


def _ask(sql: str, given: Mapping[str, list[str]] | None = None) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        found: Rows = cursor.fetchall()
    return found
