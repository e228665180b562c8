"""The authorization centre: each case is a module with `run`; more are added to CASES."""

from __future__ import annotations

import sys

from ops_platform.bench.authorization import crowd, deciding, races
from ops_platform.bench.rows import Row, table

CASES = (deciding, crowd, races)


def run() -> list[Row]:
    """Measure every case and tell of each when it is done: the whole takes a quarter of an hour."""
    rows: list[Row] = []
    for case in CASES:
        measured = case.run()
        sys.stderr.write(table(measured))
        rows += measured
    return rows
