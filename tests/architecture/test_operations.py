"""docs/operations.md names every business number and every bench, and none that is not there."""

from __future__ import annotations

import re
from collections import Counter

from foundation.policy.rules import NUMBERS
from ops_platform.bench.__main__ import names
from tests.architecture import tidy

PAGE = (tidy.ROOT / "docs/operations.md").read_text()
CODE = re.compile(r"`([^`]+)`")


def first_cells(head: str) -> list[str]:
    """Return the first cell of each row of the table that begins with a head."""
    table = PAGE.partition(f"\n| {head} |")[2].partition("\n\n")[0]
    return [row.split("|")[1] for row in table.splitlines()[2:]]


def test_every_business_number_stands_once_with_what_waits_for_it():
    written = Counter(code for cell in first_cells("Number") for code in CODE.findall(cell))

    assert written == Counter([*NUMBERS])


def test_every_bench_stands_with_what_it_measures():
    written = [code for cell in first_cells("`bin/bench …`") for code in CODE.findall(cell)]

    assert written == names()
