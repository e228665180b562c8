"""All batch rules over a million lines beside DuckDB, rings on labelled data, postings.

The day has a million lines, the ninety days before are ten million as figures of accounts by day.
What is shipped is asked, by the product's own statements; DuckDB is asked the very same in a
process of its own, over Parquet written from the same tables, and every rule must find as many.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from foundation.people import services as people
from monitoring import gateways
from monitoring.rules import compiled
from monitoring.services import nights
from ops_platform.bench import databases
from ops_platform.bench.monitoring import _aml, _grown, _posting
from ops_platform.bench.rows import Row, compared, limited
from ops_platform.env import BASE

NAME = "bench_monitoring"
ON = date(2026, 4, 1)
MOST = Decimal(3)
ROUNDS = 3


def run() -> list[Row]:
    """Measure the night beside DuckDB, the labelled rings, and what a posting pays."""
    folder = BASE / "var" / "bench" / "monitoring"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        databases.copy("bench_empty", NAME)
        databases.use(NAME)
        _grown.grow(NAME, on=ON)
        _grown.as_parquet(databases.owner(NAME), folder, on=ON)
        with people.acting_as_system(reason="bench"):
            ours, found, most_bytes = _night()
        peer = _peer(folder)
        differing = {
            number: (count, peer["found"].get(str(number), 0))
            for number, count in found.items()
            if count != peer["found"].get(str(number), 0)
        }
        assert not differing, f"the two engines find different things: {differing}"
        rows = _rows(ours, peer, most_bytes, sum(found.values()))
        with people.acting_as_system(reason="bench"):
            rows += _posting.run(NAME, on=ON)
    finally:
        databases.back()
    return rows + _aml.run()


def rules() -> list[compiled.Numbered]:
    """Return the shipped rules, numbered."""
    return [(number, one.spec) for number, one in enumerate(gateways.shipped_rules(), 1)]


def _night() -> tuple[Decimal, dict[int, int], int]:
    """Return the seconds of the best of some nights, what was found, and the most of memory."""
    taken, watch = [], Watch()
    watch.start()
    found: Counter[int] = Counter()
    for _ in range(ROUNDS):
        with transaction.atomic():
            nights.make_room()
            began = time.perf_counter_ns()
            _lines, rows = nights.go_through(rules=rules(), on=ON)
            found = Counter(number for number, *_rest in rows)
            taken.append(_seconds(began))
    watch.done.set()
    watch.join()
    return min(taken), dict(found), watch.most


class Watch(threading.Thread):
    """Looks at how much memory the database's processes hold of their own."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.done, self.most = threading.Event(), 0

    def run(self) -> None:
        """Look four times a second: oftener takes of the processors that are measured."""
        while not self.done.wait(0.25):
            self.most = max(self.most, sum(map(_own_bytes, _backends())))


def _backends() -> list[Path]:
    found = []
    for status in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if NAME.encode() in status.read_bytes():
                found.append(status.parent)
        except OSError:
            continue
    return found


def _own_bytes(process: Path) -> int:
    try:
        lines = (process / "status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))


def _peer(folder: Path) -> dict[str, Any]:
    asked = {
        "folds": {
            name: _own_sum(compiled.fold(on=ON, entity=name)) for name in ("account", "teller")
        },
        "statements": [_own_sum(one.sql) for one in compiled.batch(rules(), on=ON)],
        "rounds": ROUNDS,
    }
    (folder / "asked.json").write_text(json.dumps(asked))
    code = Path(__file__).with_name("_duck.py")
    command = [sys.executable, str(code), str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _own_sum(sql: str) -> str:
    """Return the statement with DuckDB's own sum, which is of whole numbers already."""
    return sql.replace(f"{compiled.SUM}(", "sum(")


def _rows(ours: Decimal, peer: dict[str, Any], most_bytes: int, hits: int) -> list[Row]:
    case = f"all {len(rules())} batch rules, {_grown.LINES:,} lines, 90 days before, {hits} hits"
    theirs = Decimal(str(peer["seconds"])).quantize(Decimal("0.01"))
    megabytes = Decimal(most_bytes // 1_000_000)
    return [
        compared(bench="monitor", case=case, ours=ours, unit="s", peer="DuckDB over Parquet",
                 peer_value=theirs, most=MOST),
        limited(bench="monitor", case="memory of the database's processes at most",
                ours=megabytes, unit="MB", most=Decimal(2000)),
        limited(bench="monitor", case="memory of DuckDB at most (for comparison)",
                ours=Decimal(str(peer["megabytes"])), unit="MB", most=Decimal(4000)),
    ]  # fmt: skip


def _seconds(began: int) -> Decimal:
    return (Decimal(time.perf_counter_ns() - began) / 1_000_000_000).quantize(Decimal("0.01"))
