"""Reading the trail."""

from __future__ import annotations

from collections.abc import Sequence

from foundation.trail.models import Event


def timeline(*, subject: str, limit: int = 200) -> Sequence[Event]:
    """Return what happened to a subject, newest first."""
    return tuple(Event.objects.filter(subject=subject).order_by("-id")[:limit])
