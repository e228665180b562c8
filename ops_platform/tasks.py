"""What the installation does by itself as a whole; each may run twice."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import structlog
from django.utils import timezone

from ops_platform import verifying

_log = structlog.get_logger("ops.books")


def verify_books() -> Callable[[], object]:
    """Look through all books and the trail, as `bin/manage verify_books` does."""
    return _kept(verifying.look())


def verify_recent() -> Callable[[], object]:
    """Look through what was posted since the last sound look."""
    return _kept(verifying.look_since())


def _kept(found: verifying.Seen) -> Callable[[], object]:
    if not found.sound:
        _log.error("books.broken", differences=len(found.looked.found), breaks=len(found.breaks))
    return partial(verifying.keep, found, ended_at=timezone.now())
