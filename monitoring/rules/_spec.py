"""A rule as plain data: read from JSON or from what a person typed, refused unless it is whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foundation.kernel.errors import Refused
from foundation.kernel.money import Money, NotMoney
from monitoring.rules._vocabulary import (
    CLOCK,
    CODES,
    CONDITIONS,
    COUNT,
    DAY,
    KEPT,
    KINDS,
    LEAST,
    MEASURES,
    MOST,
    NONE,
    OVERS,
    PROFILE,
    RING,
    SEQUENCE,
    SINGLE,
    TODAY,
    WINDOW,
    YUAN,
)

MOST_CONDITIONS, MOST_TESTS, MOST_STEPS = 6, 4, 5
DAYS_MOST, MINUTES_MOST, HOPS_MOST = 90, 3 * 1440, 6
_CODE = re.compile(r"[0-9]{4}")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)

Where = tuple[tuple[str, Any], ...]


class RuleNotRead(Refused):
    """A part of a rule is none of those that rules are made of."""

    code = "E6030"
    text = "No rule is made of “%(part)s”."
    hint = "Choose from the lists; amounts are in yuan, times as 08:30-18:00."


class RuleNotWhole(Refused):
    """A rule lacks what its kind needs, or has too much."""

    code = "E6031"
    text = "The rule is not whole: %(what)s."


@dataclass(frozen=True)
class Test:
    """A figure that must be at least, or at most, a value: fen, a count, minutes or percent.

    `over` is said of days beside days alone; `where` narrows which lines the figure is over.
    """

    what: str
    op: str
    value: int
    over: str = ""
    where: Where = ()

    @property
    def unit(self) -> str:
        """Return what the value is counted in."""
        if self.over:
            return KEPT[self.what].unit if self.over in (TODAY, WINDOW) else COUNT
        return MEASURES[self.what].unit


@dataclass(frozen=True)
class Spec:
    """A whole rule. `days` is the window of days beside days, `minutes` that of a sequence.

    A ring has at most `hops` transfers, each at least `share` percent of the one before.
    """

    kind: str
    entity: str
    where: Where = ()
    tests: tuple[Test, ...] = ()
    steps: tuple[Where, ...] = ()
    days: int = 1
    minutes: int = 0
    hops: int = 0
    share: int = 0

    def kept(self) -> dict[str, Any]:
        """Return the rule as JSON keeps it."""
        return {
            "kind": self.kind,
            "entity": self.entity,
            "where": [list(one) for one in self.where],
            "tests": [
                {"what": t.what, "op": t.op, "value": t.value, "over": t.over,
                 "where": [list(one) for one in t.where]}
                for t in self.tests
            ],
            "steps": [[list(one) for one in step] for step in self.steps],
            "days": self.days,
            "minutes": self.minutes,
            "hops": self.hops,
            "share": self.share,
        }  # fmt: skip


def read(kept: Mapping[str, Any]) -> Spec:
    """Return the rule that JSON keeps; refuse what is not whole."""
    spec = Spec(
        kind=str(kept.get("kind", "")),
        entity=str(kept.get("entity", "")),
        where=_where(kept.get("where", ())),
        tests=tuple(
            Test(one["what"], one["op"], one["value"], one.get("over", ""),
                 _where(one.get("where", ())))
            for one in kept.get("tests", ())
        ),
        steps=tuple(_where(step) for step in kept.get("steps", ())),
        days=kept.get("days", 1),
        minutes=kept.get("minutes", 0),
        hops=kept.get("hops", 0),
        share=kept.get("share", 0),
    )  # fmt: skip
    return check(spec)


def check(spec: Spec) -> Spec:
    """Return a rule that is whole; refuse one that lacks what its kind needs."""
    kind = KINDS.get(spec.kind)
    if kind is None or spec.entity not in kind.entities:
        raise RuleNotWhole(what=f"{spec.kind} / {spec.entity}", field="entity")
    every = (spec.where, *(test.where for test in spec.tests), *spec.steps)
    for where in every:
        if len(where) > MOST_CONDITIONS:
            raise RuleNotWhole(what=f"> {MOST_CONDITIONS}", field="where")
        for code, value in where:
            _check_value(code, value)
    for test in spec.tests:
        _check_test(spec.kind, test)
    _WHOLE_OF[spec.kind](spec)
    return spec


def _needs(held: bool, what: str, at: str) -> None:  # noqa: FBT001
    if not held:
        raise RuleNotWhole(what=what, field=at)


def _single(spec: Spec) -> None:
    _needs(bool(spec.where) and not spec.tests and not spec.steps, "where", "where")


def _day(spec: Spec) -> None:
    _needs(1 <= len(spec.tests) <= MOST_TESTS and not spec.steps, "tests", "tests")
    _needs(any(test.op == LEAST for test in spec.tests), "tests ≥", "tests")


def _profile(spec: Spec) -> None:
    _needs(1 < len(spec.tests) <= MOST_TESTS and not spec.steps, "tests", "tests")
    _needs(not spec.where, "where", "where")
    _needs(2 <= spec.days <= DAYS_MOST, f"2–{DAYS_MOST}", "days")
    said = [test for test in spec.tests if (test.over, test.op) == (TODAY, LEAST)]
    _needs(bool(said), TODAY, "tests")


def _sequence(spec: Spec) -> None:
    whole = 2 <= len(spec.steps) <= MOST_STEPS and all(spec.steps)
    _needs(whole and not spec.tests, "steps", "steps")
    _needs(1 <= spec.minutes <= MINUTES_MOST, f"1–{MINUTES_MOST}", "minutes")


def _ring(spec: Spec) -> None:
    _needs(3 <= spec.hops <= HOPS_MOST, f"3–{HOPS_MOST}", "hops")
    _needs(0 <= spec.share <= 100, "0–100", "share")
    _needs(1 <= spec.days <= DAYS_MOST and bool(spec.where), "where", "where")


_WHOLE_OF = {SINGLE: _single, DAY: _day, PROFILE: _profile, SEQUENCE: _sequence, RING: _ring}


def _where(rows: Any) -> Where:
    return tuple(
        (str(code), tuple(value) if isinstance(value, list) else value) for code, value in rows
    )


def _check_value(code: str, value: Any) -> None:
    takes = CONDITIONS[code].takes if code in CONDITIONS else None
    good = {
        CODES: lambda: bool(value) and isinstance(value, tuple)
        and all(isinstance(one, str) and _CODE.fullmatch(one) for one in value),
        CLOCK: lambda: isinstance(value, tuple) and len(value) == 2
        and all(type(one) is int and 0 <= one <= 86_400 for one in value),
        YUAN: lambda: type(value) is int and 0 < value < 10**15,
        COUNT: lambda: type(value) is int and 0 <= value < 10**9,
        NONE: lambda: value is None,
    }  # fmt: skip
    if takes is None or not good[takes]():
        raise RuleNotRead(part=f"{code} {value}"[:40], field="where")


def _check_test(kind: str, test: Test) -> None:
    known = test.what in KEPT and test.over in OVERS if kind == PROFILE else (
        kind == DAY and test.what in MEASURES and not test.over
    )  # fmt: skip
    whole = type(test.value) is int and 0 <= test.value < 10**15 and test.op in (LEAST, MOST)
    if not known or not whole or (test.over and test.where):
        raise RuleNotRead(
            part=f"{test.over} {test.what} {test.op} {test.value}"[:40], field="tests"
        )
    if test.op == MOST and not test.over and MEASURES[test.what].distinct:
        raise RuleNotRead(part=f"{test.what} {test.op}", field="tests")


def condition(code: str, typed: str) -> tuple[str, Any]:
    """Return a condition as it is kept, from what a person typed beside its word."""
    takes = CONDITIONS[code].takes if code in CONDITIONS else None
    if takes is None:
        raise RuleNotRead(part=code[:40], field="where")
    return code, _typed(takes, typed.strip(), code)


def value_of(unit: str, typed: str) -> int:
    """Return the value of a figure, from what a person typed: yuan as fen, else a whole number."""
    found = _typed(unit, typed.strip(), unit)
    assert isinstance(found, int)
    return found


def _typed(takes: str, typed: str, code: str) -> Any:
    if takes == NONE and not typed:
        return None
    if takes == CODES and typed:
        return tuple(typed.split())
    if takes == CLOCK and (span := _CLOCK.fullmatch(typed)):
        hour, minute, until, past = map(int, span.groups())
        return hour * 3600 + minute * 60, until * 3600 + past * 60
    if takes == YUAN:
        try:
            return Money.parse(typed).fen
        except NotMoney:
            raise RuleNotRead(part=f"{code} {typed}"[:40], field="where") from None
    if takes == COUNT and _WHOLE.fullmatch(typed):
        return int(typed)
    raise RuleNotRead(part=f"{code} {typed}"[:40], field="where")


def told(code: str, value: Any) -> str:
    """Return the value of a condition as a person types it."""
    takes = CONDITIONS[code].takes
    if takes == CODES:
        return " ".join(value)
    if takes == CLOCK:
        return "-".join(f"{one // 3600:02}:{one % 3600 // 60:02}" for one in value)
    return "" if value is None else figure(takes, value)


def figure(unit: str, value: int) -> str:
    """Return a figure as a person reads it: fen as yuan, all else as it is."""
    return str(Money(value)) if unit == YUAN else str(value)
