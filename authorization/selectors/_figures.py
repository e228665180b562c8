"""The figures of the centre."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Avg, Count, F, Max, Min, Q

from authorization import rules
from authorization.models import Decision, Request
from authorization.selectors._items import automatic_of


@dataclass(frozen=True)
class Figures:
    """The day's figures of the centre; seconds are rounded, None while nothing is decided.

    What people decided; beside it what the automatic tier did.
    """

    decided: int
    automatic: int
    approved: int
    rejected: int
    returned: int
    waiting: int
    viewing: int
    oldest_waiting_at: datetime | None
    average_view_ms: int | None
    longest_view_ms: int | None


def figures(*, on: date) -> Figures:
    """Return the day's figures over the institutions in scope."""
    made = Decision.objects.filter(business_date=on, decider__isnull=False).aggregate(
        decided=Count("*"),
        approved=Count("id", filter=Q(step="approve")),
        rejected=Count("id", filter=Q(step="reject")),
        returned=Count("id", filter=Q(step="return")),
        average=Avg(F("view_ms"), filter=Q(offline=None)),
        longest=Max("view_ms"),
    )
    now = Request.objects.filter(state__in=rules.IN_THE_CENTRE).aggregate(
        waiting=Count("id", filter=Q(state__in=rules.WAITING_IN)),
        viewing=Count("id", filter=Q(state=rules.VIEWING)),
        oldest=Min("queued_at", filter=Q(state__in=rules.WAITING_IN)),
    )
    average = made["average"]
    return Figures(
        decided=made["decided"],
        automatic=automatic_of(on=on).count(),
        approved=made["approved"],
        rejected=made["rejected"],
        returned=made["returned"],
        waiting=now["waiting"],
        viewing=now["viewing"],
        oldest_waiting_at=now["oldest"],
        average_view_ms=None if average is None else round(average),
        longest_view_ms=made["longest"],
    )
