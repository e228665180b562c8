"""The anchor: heads of the chains in a file outside the database, to which lines are only added."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from foundation.trail import rules


@dataclass(frozen=True)
class Anchor:
    """One anchor file and the key of its codes; the bank copies the file to another host."""

    path: Path
    key: str

    def read(self) -> rules.Anchored:
        """Return what the file knows; nothing before its first line."""
        if not self.path.exists():
            return rules.NOTHING_ANCHORED
        with self.path.open(encoding="ascii", errors="replace") as file:
            return rules.read_anchor(file, key=self.key)

    def add(self, heads: Mapping[int, rules.Head], *, at: datetime) -> None:
        """Add the heads as one line, on the disk before it returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.path.open("a+", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            former = rules.read_anchor(file, key=self.key).mac
            line = rules.anchor_line(at=at, heads=heads, former_mac=former, key=self.key)
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())


def anchor() -> Anchor:
    """Return the anchor of this installation."""
    return Anchor(Path(settings.OPS_VAR) / "anchors" / "trail.jsonl", settings.OPS_ANCHOR_KEY)
