"""The anchor of the day seals: heads of the chains in a file outside the database."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from foundation.trail.gateways import Anchor


def anchor() -> Anchor:
    """Return the anchor of this installation's day seals; the file is written as the trail's is."""
    return Anchor(Path(settings.OPS_VAR) / "anchors" / "days.jsonl", settings.OPS_ANCHOR_KEY)
