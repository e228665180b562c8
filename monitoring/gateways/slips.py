"""The dated dictionary of errors, as shipped (DOMAIN §5.5); a change is a line with its day."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from monitoring.rules import points as rules

FILE = Path(__file__).resolve().parent.parent / "data" / "error_codes.csv"


@cache
def dictionary() -> Sequence[rules.ClassFrom]:
    """Return every line of the dictionary; an unknown error or class is a fault of the file."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        found = tuple(
            rules.ClassFrom(
                row["code"], date.fromisoformat(row["valid_from"]), int(row["error_class"])
            )
            for row in csv.DictReader(lines)
        )
    for line in found:
        if line.code not in rules.CODES or line.error_class not in (0, *rules.CLASSES):
            raise ValueError(f"{FILE.name}: {line}")
    return found


def classes(*, on: date) -> Mapping[str, int]:
    """Return the class of every error that is in the dictionary on a day."""
    return rules.classes_on(dictionary(), on)
