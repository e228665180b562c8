"""What is shipped as rows: the rules of monitoring, to be published by two people."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from monitoring.rules import workshop

FILE = Path(__file__).resolve().parent.parent / "data" / "rules.csv"


@cache
def shipped_rules() -> Sequence[workshop.Shipped]:
    """Return the shipped rules in the order of the file; refuse one that is not whole."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            workshop.Shipped(
                number=row["number"],
                title=row["title"],
                english=row["english"],
                link=row["link"],
                business=row["business"],
                level=row["level"],
                score=int(row["score"]),
                at_once=bool(row["at_once"]),
                spec=workshop.typed(row),
            )
            for row in csv.DictReader(lines)
        )
