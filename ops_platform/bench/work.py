"""The work engine: people at a full queue, workers at a full job table, beside their peers."""

from ops_platform.bench.rows import Row
from ops_platform.bench.working import claiming, jobs


def run() -> list[Row]:
    """Measure claims of items, then jobs."""
    return [*claiming.run(), *jobs.run()]
