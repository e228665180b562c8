"""The authorization centre: each case is a module with `run`; more are added to CASES."""

from __future__ import annotations

from ops_platform.bench.authorization import crowd, deciding, races
from ops_platform.bench.rows import Row

CASES = (deciding, crowd, races)


def run() -> list[Row]:
    """Measure every case."""
    return [row for case in CASES for row in case.run()]
