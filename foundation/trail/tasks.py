"""What the trail does by itself: sealing, and dropping the anchor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.utils import timezone

from foundation.trail import gateways, services


def seal() -> Callable[[], object]:
    """Seal what has been written since the last round."""
    return partial(services.seal, at=timezone.now())


def drop_anchor() -> Callable[[], object]:
    """Copy the heads of the chains to the file outside the database."""
    return partial(services.drop_anchor, anchor=gateways.anchor(), at=timezone.now())
