"""The bench's rows: what counts as met, and a file that keeps the other benches' rows."""

import json
from decimal import Decimal

import pytest

from ops_platform.bench import rows

KEYS = {"bench", "case", "ours", "unit", "peer", "peer_value", "ratio", "target", "met"}


def _row(bench="web", ours="12", peer="10"):
    return rows.compared(
        bench=bench,
        case="home",
        ours=Decimal(ours),
        unit="ms",
        peer="one item",
        peer_value=Decimal(peer),
        most=Decimal("1.5"),
    )


@pytest.mark.parametrize(("ours", "met"), [("10", True), ("15", True), ("15.1", False)])
def test_a_target_is_met_up_to_its_limit(ours, met):
    assert _row(ours=ours).met is met


def test_a_peer_that_measured_nothing_proves_nothing():
    assert not _row(peer="0").met


def test_the_95th_of_a_hundred_is_the_95th():
    assert rows.percentile([Decimal(n) for n in range(100, 0, -1)], 95) == 95


def test_a_new_run_replaces_its_own_rows_only(tmp_path):
    path = tmp_path / "latest.json"
    rows.merge(path, [_row("web"), _row("ledger")])

    rows.merge(path, [_row("web", ours="14")])

    assert [set(row) for row in json.loads(path.read_text())] == [KEYS, KEYS]
    kept = {row["bench"]: row["ours"] for row in json.loads(path.read_text())}
    assert kept == {"ledger": 12, "web": 14}
