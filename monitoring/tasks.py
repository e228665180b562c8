"""Background work of monitoring: compare a read document, close an outlet's day; may run twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from django.utils import timezone

from monitoring import services
from monitoring.services import bulletin, slips


def match_document(*, document_id: int, **_event: object) -> Callable[[], object]:
    """Compare a document with its journal lines, once both are there."""
    return partial(services.match_document, document_id=document_id, at=timezone.now())


def match_day(*, institution_id: int, business_date: str, **_event: object) -> Callable[[], object]:
    """Open a difference for everything of an outlet's day that stands alone."""
    return partial(
        services.match_day,
        institution_id=institution_id,
        business_date=date.fromisoformat(business_date),
        at=timezone.now(),
    )


def climb_slips(**_slot: object) -> Callable[[], object]:
    """Let overdue slips go up the ladder, rung by rung."""
    return partial(slips.climb_all, at=timezone.now())


def make_bulletins(**_slot: object) -> Callable[[], object]:
    """Make last month's bulletin of every branch that has none yet."""
    return partial(bulletin.make_due, at=timezone.now())


def make_bulletin(*, institution_id: int, month: str, by: str) -> Callable[[], object]:
    """Make a bulletin that somebody asked for."""
    return partial(
        bulletin.make_asked,
        institution_id=institution_id,
        month=date.fromisoformat(month),
        by=by,
        at=timezone.now(),
    )
