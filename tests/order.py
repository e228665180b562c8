"""The order of tests among processes: what takes long begins first, so that none ends alone.

xdist gives each process one run of neighbours, and who is done takes tests from the end of
another's. Left as they stand, the sweeps over all pages would share one process, and platforms of
their own would be started in another, one after the other, while the rest stand still.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest

# They walk through all pages: a minute or more of a processor each.
SWEEPS = (
    "architecture/test_screens", "architecture/test_permissions", "architecture/test_naughty",
    "architecture/test_queries", "api/test_naughty", "architecture/test_vendors",
    "ledger/test_any_order",
)  # fmt: skip
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
    sweeps = [one for one in items if any(name in one.nodeid for name in SWEEPS)]
    sweeps.sort(key=lambda one: next(at for at, name in enumerate(SWEEPS) if name in one.nodeid))
    long = {*together, *sweeps}
    rest = [one for one in items if one not in long]
    # One process begins with what is short, so that what waits for seconds to pass is not starved.
    others = max(processes - 2, 1)
    first = [together, *(sweeps[place::others] for place in range(others)), []]
    size = -(-len(items) // processes)
    ordered: list[pytest.Item] = []
    for begins in first[:processes]:
        taken = max(size - len(begins), 0)
        ordered += [*begins, *rest[:taken]]
        rest = rest[taken:]
    return ordered + rest
