"""Posting beside pgbench's TPC-B and beside django-hordak, in turn, on one server with fsync.

Ours with all its guards, its key and its journal line. A figure is the median of rounds in which
ours and the peers take turns. The growing history is 5 million postings;
`OPS_BENCH_POSTINGS=20000000 bin/bench ledger` makes it 20.
"""

from __future__ import annotations

from ops_platform.bench.rows import Row
from ops_platform.env import env

SMALL, LARGE = "bench_ledger_small", "bench_ledger"
FIRST_POSTINGS = 1_000_000


def run() -> list[Row]:
    """Measure postings a second, then what a longer history costs."""
    # The peer's process imports this package under settings of its own, without our rooms.
    from django.core.management import call_command

    from ops_platform.bench import databases
    from ops_platform.bench.ledger import _bank, _batches, _growth, _rounds

    try:
        _bank.found(LARGE)
        _bank.grow(LARGE, postings=FIRST_POSTINGS)
        measured = _rounds.run(LARGE) + _batches.run(LARGE)
        databases.copy(LARGE, SMALL)
        _bank.grow(LARGE, postings=env.bench_postings, after=FIRST_POSTINGS)
        measured += _growth.run(small=SMALL, large=LARGE, postings=env.bench_postings)
        databases.use(LARGE)
        call_command("verify_books")
    finally:
        databases.back()
    return measured
