"""Background work of monitoring: compare a read document, close an outlet's day; may run twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

from django.utils import timezone

from foundation.people import selectors as people
from monitoring import services
from monitoring.services import aml, screening

# What is posted late is still found: days are built again for so long.
DAYS_BACK = 3


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


def build_large_values(**_event: object) -> Callable[[], object]:
    """Build what was large on the last business dates, each once."""
    return partial(_build, timezone.localdate(), timezone.now())


def report_large_values(*, branch_id: int, staff_id: int) -> Callable[[], object]:
    """Make the file of the large values that were reviewed, for who asked for it."""
    by = people.staff_by_id(ids=[staff_id])[staff_id]
    return partial(aml.report_large, branch_id=branch_id, by=by, at=timezone.now())


def screen_customers(*, list_id: int) -> Callable[[], object]:
    """Screen every customer, now that another list is in force."""
    return partial(screening.screen_all, list_id=list_id, at=timezone.now())


def screen_new_customers(**_event: object) -> Callable[[], object]:
    """Screen who opened an account in the last days."""
    since = timezone.localdate() - timedelta(days=DAYS_BACK)
    return partial(screening.screen_all, since=since, at=timezone.now())


def _build(today: date, at: datetime) -> None:
    for back in range(1, DAYS_BACK + 1):
        aml.build_day(on=today - timedelta(days=back), at=at)
