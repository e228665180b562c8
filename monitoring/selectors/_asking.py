"""What the rules find: the statements of `rules.compiled`, asked of the journal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Min

from monitoring.models import AccountDay, RuleVersion
from monitoring.rules import compiled, workshop


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

    With `gathered` the day's lines were put together before in this transaction. Rules that look
    back are asked once so many days are kept: else every account would be new.
    """
    kept_since = AccountDay.objects.aggregate(day=Min("day"))["day"] or on
    rules = [
        (row.pk, spec)
        for row in versions
        for spec in (row.says,)
        if spec.kind != workshop.PROFILE or kept_since <= on - timedelta(days=spec.days)
    ]
    hits: list[Found] = []
    with whole_days():
        for statement in compiled.batch(rules, on=on, gathered=gathered):
            hits += _read(_ask(statement.sql), versions)
    return _exactly(hits, on)


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


def _read(rows: Sequence[Any], versions: Sequence[RuleVersion]) -> list[Found]:
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


def _ask(sql: str, given: Mapping[str, list[str]] | None = None) -> Sequence[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        found: Sequence[Any] = cursor.fetchall()
    return found
