"""The truth file of a simulated day: every planted case, and what the platform is to find."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any


def write(folder: Path, *, on: date, seed: int, planted: Sequence[Mapping[str, object]]) -> Path:
    """Add the planted cases of a simulated day to its file and return where it is."""
    path = _path(folder, on)
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [*read(folder, on=on), *({"seed": seed, **row} for row in planted)]
    content = {"date": str(on), "seeds": [*seeds(folder, on=on), seed], "planted": rows}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    return path


def read(folder: Path, *, on: date) -> list[dict[str, object]]:
    """Return the planted cases of a day."""
    planted: list[dict[str, object]] = _content(folder, on).get("planted", [])
    return planted


def seeds(folder: Path, *, on: date) -> list[int]:
    """Return which seeds were played on a day."""
    found: list[int] = _content(folder, on).get("seeds", [])
    return found


def _path(folder: Path, on: date) -> Path:
    return folder / "demo" / f"truth-{on}.json"


def _content(folder: Path, on: date) -> dict[str, Any]:
    path = _path(folder, on)
    return json.loads(path.read_text()) if path.exists() else {}
