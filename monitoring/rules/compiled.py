# ruff: noqa: S608 -- nothing but whole numbers and words of the vocabulary is written in.
"""Rules as SQL: all rules of one family in one statement, so that a day's lines are read once each.

A family is a kind and what it is about. Each statement answers rows of `COLUMNS`: which rule, which
entity, an institution where its lines are, and the figures found. Nothing but whole numbers, codes
of four digits and words of the vocabulary is written into a statement. It is plain SQL that another
engine reads as well, but for `SUM`: `bin/bench monitoring` asks DuckDB the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from foundation.ledger.rules import ids_of
from monitoring.rules import _sql
from monitoring.rules import _vocabulary as words
from monitoring.rules._spec import Spec, Test

COLUMNS = ("rule", "entity", "place", "found", "lines")
EVIDENCE_MOST = 20
# What another engine calls its own sum.
SUM = words.SUM
# What tells whether two connections gathered the same lines.
SEEN = f"SELECT count(*), coalesce(sum(id), 0) FROM {_sql.GATHERED}"
# So many steps of chains are told by the bits of one whole number.
_STEPS_IN_ONE = 60
Numbered = tuple[int, Spec]
# Gives the lines that a statement reads: the journal's, or what was gathered of them.
Lines = Callable[..., str]


@dataclass(frozen=True)
class Statement:
    """One family of rules as SQL, under a name for people; `of_days` reads the figures of days."""

    name: str
    sql: str
    of_days: bool = False


@dataclass
class _Columns:
    """The figures of a statement, each written once however many rules ask for it."""

    names: dict[str, str] = field(default_factory=dict)

    def name(self, sql: str) -> str:
        return self.names.setdefault(sql, f"f{len(self.names) + 1}")

    def __str__(self) -> str:
        return "".join(f", {sql} AS {name}" for sql, name in self.names.items())


@dataclass
class _Steps:
    """The steps of chains, each a bit of a whole number however many rules ask for it.

    What an entity did at all is then one figure for sixty steps, and not one for each of them.
    """

    places: dict[str, int] = field(default_factory=dict)

    def mark(self, sql: str) -> str:
        """Return that a marked line is such a step."""
        column, bit = self._at(sql)
        return f"(s{column} & {bit}) <> 0"

    def marks(self) -> str:
        """Return the columns that mark a line."""
        columns: dict[int, list[str]] = {}
        for sql in self.places:
            column, bit = self._at(sql)
            one = f"CASE WHEN {sql} THEN CAST({bit} AS bigint) ELSE 0 END"
            columns.setdefault(column, []).append(one)
        return "".join(f", {' | '.join(bits)} AS s{one}" for one, bits in columns.items())

    def done(self, today: str) -> str:
        """Return the columns of what an entity did at all, and of what it did on the day."""
        columns = sorted({self._at(sql)[0] for sql in self.places})
        return "".join(
            f", bit_or(s{one}) AS d{one},"
            f" bit_or(CASE WHEN {today} THEN s{one} ELSE 0 END) AS t{one}"
            for one in columns
        )

    def able(self, sqls: Sequence[str]) -> str:
        """Return that an entity did all of the steps, the last of them on the day."""
        asked: dict[int, int] = {}
        for column, bit in map(self._at, sqls):
            asked[column] = asked.get(column, 0) | bit
        column, last = self._at(sqls[-1])
        every = [f"(d{one} & {bits}) = {bits}" for one, bits in asked.items()]
        return " AND ".join([*every, f"(t{column} & {last}) <> 0"])

    def _at(self, sql: str) -> tuple[int, int]:
        column, bit = divmod(self.places.setdefault(sql, len(self.places)), _STEPS_IN_ONE)
        return column, 1 << bit


def gather(*, on: date) -> str:
    """Return the statement that puts the lines of a day together, once for all that ask.

    Each line is joined to its accounts and each of its columns reckoned once, instead of by every
    statement anew. What is gathered lives as long as the transaction.
    """
    return (
        f"DROP TABLE IF EXISTS pg_temp.{_sql.GATHERED};"
        f" CREATE TEMPORARY TABLE {_sql.GATHERED} ON COMMIT DROP AS"
        f" WITH {_sql.lines(on)} SELECT * FROM lines;"
        # A sample of so few lines tells enough of a day, in a fifth of the time.
        f" SET LOCAL default_statistics_target = 20; ANALYZE {_sql.GATHERED}"
    )


def batch(rules: Sequence[Numbered], *, on: date, gathered: bool = False) -> list[Statement]:
    """Return the statements that find every entity which the rules hit on a business day.

    With `gathered` they read what `gather` put together in the same transaction.
    """
    families: dict[tuple[str, str], list[Numbered]] = {}
    for number, spec in rules:
        about = spec.entity if spec.kind not in (words.SINGLE, words.RING) else ""
        families.setdefault((spec.kind, about), []).append((number, spec))
    made: list[Statement] = []
    for (kind, about), members in sorted(families.items()):
        if kind == words.RING:
            made += [
                Statement(f"ring {number}", _ring(number, spec, on)) for number, spec in members
            ]
        else:
            sql = _FAMILIES[kind](members, on, _sql.gathered if gathered else _sql.lines)
            made.append(Statement(f"{kind} {about}".strip(), sql, kind == words.PROFILE))
    return made


def exact(spec: Spec, *, on: date) -> str:
    """Return the statement of the exact counts of what is different, of the named entities.

    Only for rules of a day that ask for such a count; takes the entities as %(entities)s.
    """
    columns = ", ".join(
        f"count(DISTINCT {words.MEASURES[test.what].distinct})"
        f" FILTER (WHERE {_sql.every(spec.where + test.where)})"
        if words.MEASURES[test.what].distinct
        else "NULL"
        for test in spec.tests
    )
    base = _sql.lines(on, known=_sql.uses_known([spec]), only=_sql.mention(spec))
    return (
        f"WITH {base}, {_sql.source(spec.entity)}"
        f" SELECT {_sql.key(spec.entity)} AS entity, {columns} FROM source"
        f" WHERE {_sql.key(spec.entity)} = ANY(%(entities)s) GROUP BY 1"
    )


def evidence(spec: Spec, *, on: date) -> str:
    """Return the statement of the lines that bear a hit out, the latest of each entity.

    Takes the entities as %(entities)s; of a ring the ids of its lines are known already.
    """
    since = on - timedelta(days=_sql.days_back(spec))
    base = _sql.lines(on, since=since, known=_sql.uses_known([spec]), only=_sql.mention(spec))
    wanted = [_sql.every(step) for step in spec.steps] or [
        _sql.every(spec.where + test.where) for test in spec.tests
    ]
    kept = " OR ".join(f"({one})" for one in wanted) if wanted else _sql.every(spec.where)
    entity = _sql.key(spec.entity)
    source = _sql.source(spec.entity if spec.kind in (words.DAY, words.PROFILE) else "teller")
    return (
        f"WITH {base}, {source}, wanted AS (SELECT {entity} AS entity, id, row_number() OVER"
        f" (PARTITION BY {entity} ORDER BY id DESC) AS place_no FROM source"
        f" WHERE {entity} = ANY(%(entities)s) AND ({kept}))"
        f" SELECT DISTINCT entity, id FROM wanted WHERE place_no <= {EVIDENCE_MOST} ORDER BY 1, 2"
    )


def fold(*, on: date, entity: str, gathered: bool = False) -> str:
    """Return the SELECT of the day's figures of every account, or of every teller."""
    base = (_sql.gathered if gathered else _sql.lines)(on, known=entity == "account")
    cash = _sql.every((("code", words.CASH),))
    kept = {
        "lines": "count(*)",
        "out_fen": f"coalesce({SUM}(fen) FILTER (WHERE pays), 0)",
        "in_fen": f"coalesce({SUM}(fen) FILTER (WHERE NOT pays), 0)",
        "cash_out_fen": f"coalesce({SUM}(fen) FILTER (WHERE pays AND {cash}), 0)",
        "cash_in_fen": f"coalesce({SUM}(fen) FILTER (WHERE NOT pays AND {cash}), 0)",
        "cash_lines": f"count(*) FILTER (WHERE {cash})",
        "cash_max_fen": f"coalesce(max(fen) FILTER (WHERE {cash}), 0)",
        "max_fen": "max(fen)",
        "reversals": "count(*) FILTER (WHERE takes_back)",
    }
    figures = ", ".join(f"{sql} AS {name}" for name, sql in kept.items())
    return (
        f"WITH {base}, {_sql.source(entity)}"
        f" SELECT min(place) AS institution_id, {_sql.day(on)} AS day,"
        f" {_sql.key(entity)} AS entity, {figures} FROM source"
        f" WHERE {_sql.key(entity)} <> '' GROUP BY {_sql.group(entity)}"
    )


def _single(rules: Sequence[Numbered], on: date, lines: Lines) -> str:
    base = lines(on, known=_sql.uses_known(spec for _number, spec in rules))
    held = {number: _sql.every(spec.where) for number, spec in rules}
    some = " OR ".join(f"({one})" for one in held.values())
    asked = " UNION ALL ".join(
        f"SELECT {number} AS rule, {_sql.key(spec.entity)} AS entity, min(place) AS place,"
        f" ARRAY[count(*), sum(fen)]::bigint[] AS found, '' AS lines"
        f" FROM picked WHERE {held[number]} GROUP BY {_sql.group(spec.entity)}"
        for number, spec in rules
    )
    return f"WITH {base}, picked AS MATERIALIZED (SELECT * FROM lines WHERE {some}) {asked}"


def _day(rules: Sequence[Numbered], on: date, lines: Lines) -> str:
    entity = rules[0][1].entity
    figures, held = _Columns(), {}
    found = {
        number: [_sql.figure(test, spec.where) for test in spec.tests] for number, spec in rules
    }
    for number, spec in rules:
        tests = zip(found[number], spec.tests, strict=True)
        held[number] = " AND ".join(f"{sql} {_OPS[test.op]} {test.value}" for sql, test in tests)
    for sqls in found.values():
        for sql in sqls:
            figures.name(sql)
    some = " OR ".join(f"({one})" for one in held.values())
    key = _sql.key(entity)
    base = lines(on, known=_sql.uses_known([s for _n, s in rules], entity=entity))
    wheres = [_sql.every(spec.where) for _number, spec in rules]
    kept = " OR ".join(f"({one})" for one in wheres) if "true" not in wheres else "true"
    asked = " UNION ALL ".join(
        f"SELECT {number} AS rule, entity, place, ARRAY[{_named(figures, found[number])}]::bigint[]"
        f" AS found, '' AS lines FROM grouped WHERE {_by_name(figures, found[number], spec.tests)}"
        for number, spec in rules
    )
    return (
        f"WITH {base}, {_sql.source(entity)}, grouped AS MATERIALIZED (SELECT {key} AS entity,"
        f" min(place) AS place{figures} FROM source WHERE {_sql.given(entity)} AND ({kept})"
        f" GROUP BY {_sql.group(entity)} HAVING {some}) {asked}"
    )


def _named(figures: _Columns, sqls: Sequence[str]) -> str:
    return ", ".join(figures.name(sql) for sql in sqls)


def _by_name(figures: _Columns, sqls: Sequence[str], tests: Sequence[Test]) -> str:
    pairs = zip(sqls, tests, strict=True)
    return " AND ".join(f"{figures.name(sql)} {_OPS[test.op]} {test.value}" for sql, test in pairs)


def _profile(rules: Sequence[Numbered], on: date, _lines: Lines) -> str:
    """Ask about the days of those alone who did on the day what a rule asks of the day."""
    table = f"monitoring_{rules[0][1].entity}day"
    today = {
        number: " AND ".join(
            f"{test.what} {_OPS[test.op]} {test.value}"
            for test in spec.tests
            if test.over == words.TODAY
        )
        for number, spec in rules
    }
    some = " OR ".join(f"({one})" for one in today.values())
    longest = max(spec.days for _number, spec in rules)
    figures, found, held = _Columns(), {}, {}
    for number, spec in rules:
        found[number] = [figures.name(_past(test, spec.days, on)) for test in spec.tests]
        held[number] = " AND ".join(
            f"{name} {_OPS[test.op]} {test.value}"
            for name, test in zip(found[number], spec.tests, strict=True)
        )
    asked = " UNION ALL ".join(
        f"SELECT {number} AS rule, entity, place, ARRAY[{', '.join(found[number])}]::bigint[]"
        f" AS found, '' AS lines FROM grouped WHERE {held[number]}"
        for number, _spec in rules
    )
    return (
        f"WITH moved AS (SELECT entity, institution_id AS place FROM {table}"
        f" WHERE day = {_sql.day(on)} AND ({some})),"
        f" grouped AS MATERIALIZED (SELECT m.entity, min(m.place) AS place{figures}"
        f" FROM moved m JOIN {table} h ON h.entity = m.entity"
        f" AND h.day BETWEEN {_sql.day(on - timedelta(days=longest))} AND {_sql.day(on)}"
        f" GROUP BY m.entity) {asked}"
    )


def _past(test: Test, days: int, on: date) -> str:
    column, together = f"h.{test.what}", words.KEPT[test.what].sql
    day, today = (
        f"h.day = {_sql.day(on)}",
        f"max(h.{test.what}) FILTER (WHERE h.day = {_sql.day(on)})",
    )
    eve, first = on - timedelta(days=1), on - timedelta(days=days)
    before = f"h.day BETWEEN {_sql.day(first)} AND {_sql.day(eve)}"
    window = f"h.day > {_sql.day(on - timedelta(days=days))}"
    usual = f"avg({column}) FILTER (WHERE {before})"
    spread = f"coalesce(stddev_pop({column}) FILTER (WHERE {before}), 0)"
    return {
        words.TODAY: f"max({column}) FILTER (WHERE {day})",
        words.WINDOW: f"{together}({column}) FILTER (WHERE {window})",
        words.USUAL: f"100 * {today} / greatest({usual}, 1)",
        words.SIGMA: f"({today} - {usual}) / greatest({spread}, 1)",
        words.ACTIVE: f"count(*) FILTER (WHERE {before})",
    }[test.over]


def _sequence(rules: Sequence[Numbered], on: date, lines: Lines) -> str:
    """Carry the latest beginning of each chain along the events of an entity, step by step.

    Only of entities that did everything which some rule asks, in whatever order: they are few. Each
    has a number, by which lines are put in order faster than by a text.
    """
    entity = rules[0][1].entity
    since = on - timedelta(days=max(_sql.days_back(spec) for _number, spec in rules))
    base = lines(on, since=since, known=_sql.uses_known(spec for _number, spec in rules))
    steps = _Steps()
    asked_of = {number: [f"({_sql.every(step)})" for step in spec.steps] for number, spec in rules}
    marks = {number: [steps.mark(sql) for sql in sqls] for number, sqls in asked_of.items()}
    some = " OR ".join(steps.places)
    today = f"id >= {ids_of(on)[0]}"
    able = " OR ".join(steps.able(sqls) for sqls in asked_of.values())
    inner = "SELECT m.*, able.turn FROM marked m JOIN able USING (entity)"
    frame = "PARTITION BY turn ORDER BY ts, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    for level in range(1, max(len(spec.steps) for _number, spec in rules)):
        carried = ", ".join(
            f"max(CASE WHEN {marks[number][level - 1]} THEN"
            f" {'ts' if level == 1 else f'c{number}_{level - 1}'} END)"
            f" OVER ({frame}) AS c{number}_{level}"
            for number, spec in rules
            if len(spec.steps) > level
        )
        inner = f"SELECT *, {carried} FROM ({inner}) level{level}"
    asked = " UNION ALL ".join(
        f"SELECT {number} AS rule, entity, min(place) AS place,"
        f" ARRAY[min((ts - {last}) / 60), count(*)]::bigint[] AS found, '' AS lines FROM chained"
        f" WHERE {marks[number][-1]} AND ts - {last} <= {spec.minutes * 60}"
        f" AND {today} GROUP BY entity"
        for number, spec in rules
        for last in (f"c{number}_{len(spec.steps) - 1}",)
    )
    return (
        f"WITH {base}, marked AS MATERIALIZED (SELECT id, place, ts, {_sql.key(entity)} AS entity"
        f"{steps.marks()} FROM lines WHERE ({some}) AND {_sql.given(entity)}),"
        f" did AS (SELECT entity{steps.done(today)} FROM marked GROUP BY entity),"
        f" able AS MATERIALIZED (SELECT entity, row_number() OVER () AS turn FROM did"
        f" WHERE {able}),"
        f" chained AS MATERIALIZED ({inner}) {asked}"
    )


def _ring(number: int, spec: Spec, on: date) -> str:
    """Walk from transfer to transfer, each later and not much smaller, until the money is back.

    With no share said, amounts do not matter.
    """
    since, (today, _last) = on - timedelta(days=spec.days - 1), ids_of(on)
    base = _sql.lines(on, since=since, known=True)
    smaller = f" AND e.fen <= w.fen AND e.fen * 100 >= w.fen * {spec.share}" if spec.share else ""
    pruned = " ".join(
        f", kept{turn} AS MATERIALIZED (SELECT * FROM {before} e WHERE"
        f" src IN (SELECT dst FROM {before}) AND dst IN (SELECT src FROM {before}))"
        for turn, before in ((1, "edges"), (2, "kept1"), (3, "kept2"))
    )
    return (
        f"WITH RECURSIVE {base}, edges AS MATERIALIZED (SELECT id, place, ts, fen,"
        f" CASE WHEN pays THEN account ELSE counter END AS src,"
        f" CASE WHEN pays THEN counter ELSE account END AS dst FROM lines"
        f" WHERE NOT internal AND counter <> '' AND counter <> account"
        f" AND {_sql.every(spec.where)})"
        f"{pruned}, walk AS (SELECT src AS origin, dst AS tip, ts, id, fen, place, 1 AS hops,"
        f" CAST(id AS text) AS path FROM kept3"
        f" UNION ALL SELECT w.origin, e.dst, e.ts, e.id, e.fen, w.place, w.hops + 1,"
        f" w.path || ',' || CAST(e.id AS text) FROM walk w JOIN kept3 e ON e.src = w.tip"
        f" WHERE w.tip <> w.origin AND w.hops < {spec.hops} AND (e.ts, e.id) > (w.ts, w.id)"
        f"{smaller})"
        f" SELECT {number} AS rule, origin AS entity, min(place) AS place,"
        f" ARRAY[max(hops), max(fen)]::bigint[] AS found, min(path) AS lines FROM walk"
        f" WHERE tip = origin AND hops >= 3 AND id >= {today} GROUP BY origin"
    )


_OPS = {words.LEAST: ">=", words.MOST: "<="}
_FAMILIES = {
    words.SINGLE: _single,
    words.DAY: _day,
    words.PROFILE: _profile,
    words.SEQUENCE: _sequence,
}
