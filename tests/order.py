"""The order of tests among processes: what takes long begins first, so that none ends alone.

xdist gives each process one run of neighbours, and who is done takes tests from the end of
another's. Left as they stand, the sweeps over all pages would share one process, and platforms of
their own would be started in another, one after the other, while the rest stand still.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest

# They walk through all pages, a minute or more of a processor each. What stands in one line is for
# one process, so that the world which its tests begin with is made once.
SWEEPS = (
    ("architecture/test_screens", "architecture/test_queries"),
    ("architecture/test_permissions", "api/test_naughty"),
    ("architecture/test_naughty", "architecture/test_vendors", "ledger/test_any_order"),
)
# What they start, a platform or a seeded bank, serves them all: one process begins with them.
TOGETHER = ("tests/journeys/", "tests/operations/", "demo/test_seed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long before the rest of each process's share, in a thousand tests or more."""
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if processes > 1 and len(items) > 1000:
        items[:] = shares(items, processes)


def shares(items: Sequence[pytest.Item], processes: int) -> list[pytest.Item]:
    """Return the tests in the order in which so many processes are given them."""
    together = [one for one in items if any(name in one.nodeid for name in TOGETHER)]
    # One process begins with what is short, so that what waits for seconds to pass is not starved.
    first: list[list[pytest.Item]] = [together, *([] for _other in range(max(processes - 1, 3)))]
    for place, names in enumerate(SWEEPS):
        for name in names:
            first[1 + place % max(processes - 2, 1)] += [one for one in items if name in one.nodeid]
    long = {one for begins in first for one in begins}
    rest = [one for one in items if one not in long]
    size = -(-len(items) // processes)
    ordered: list[pytest.Item] = []
    for begins in first[:processes]:
        taken = max(size - len(begins), 0)
        ordered += [*begins, *rest[:taken]]
        rest = rest[taken:]
    return ordered + rest
