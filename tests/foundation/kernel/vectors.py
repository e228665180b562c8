"""The vector files that Python and JavaScript share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
CAPITALS_JS = ROOT / "foundation/ui/static/ops/capitals.js"


def vectors(name: str) -> list[dict[str, Any]]:
    path = ROOT / "foundation/kernel/vectors" / f"{name}.json"
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return rows
