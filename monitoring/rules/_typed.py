"""Rules as lines of text, as the shipped ones are written: conditions, figures and steps."""

from __future__ import annotations

import re
from collections.abc import Mapping

from monitoring.rules import _spec
from monitoring.rules import _vocabulary as words
from monitoring.rules._spec import RuleNotRead, Spec, Test, Where

_TEST = re.compile(r"(?:(\w+)\.)?(\w+) *(?:\[([^]]+)\])? *(>=|<=) *([0-9.,]+)")
_OPS = {">=": words.LEAST, "<=": words.MOST}


def where(text: str, *, apart: str = ";") -> Where:
    """Return the conditions of a text, such as `code 1401 1402; amount_from 100.00`."""
    parts = (part.strip() for part in text.split(apart))
    pairs = (part.partition(" ") for part in parts if part)
    return tuple(_spec.condition(code, value) for code, _, value in pairs)


def test(text: str) -> Test:
    """Return the figure of a text, such as `count [paid, code 1002] >= 2`."""
    found = _TEST.fullmatch(text.strip())
    if found is None:
        raise RuleNotRead(part=text[:40], field="tests")
    over, what, narrowed, op, typed = found.groups()
    known = words.KEPT if over else words.MEASURES
    if what not in known or (over and over not in words.OVERS):
        raise RuleNotRead(part=text[:40], field="tests")
    unit = known[what].unit if not over or over in (words.TODAY, words.WINDOW) else words.COUNT
    value = _spec.value_of(unit, typed)
    return Test(what, _OPS[op], value, over or "", where(narrowed or "", apart=","))


def spec(row: Mapping[str, str]) -> Spec:
    """Return the rule of a row of a file; refuse one that is not whole."""
    return _spec.check(
        Spec(
            kind=row["kind"],
            entity=row["entity"],
            where=where(row["where"]),
            tests=tuple(test(part) for part in row["tests"].split(";") if part.strip()),
            steps=tuple(where(part) for part in row["steps"].split(">") if part.strip()),
            days=int(row["days"]),
            minutes=int(row["minutes"]),
            hops=int(row["hops"]),
            share=int(row["share"]),
        )
    )
