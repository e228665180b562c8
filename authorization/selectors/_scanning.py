"""Vouchers that follow the posting of their items: what is awaited, what is late, by outlet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q, QuerySet

from authorization.models import LaterScan, Request
from foundation.people.models import Staff

PAGE = 50


def awaited_scan(*, request: Request) -> LaterScan | None:
    """Return that the voucher of an item is awaited, locked, or None."""
    rows = LaterScan.objects.select_for_update(of=("self",)).filter(request=request)
    found: LaterScan | None = rows.filter(scanned_at=None).select_related("request").first()
    return found


def is_awaited(*, document_id: int) -> bool:
    """Return whether the voucher of a document follows and has not come: it is not whole yet."""
    rows = LaterScan.objects.filter(request__document_id=document_id, scanned_at=None)
    return rows.exists()


def later_scan(*, request: Request) -> LaterScan | None:
    """Return when the voucher of an item was or is to be scanned, or None if it came with it."""
    found: LaterScan | None = LaterScan.objects.filter(request=request).first()
    return found


def to_scan(*, teller: Staff, limit: int) -> Sequence[LaterScan]:
    """Return the vouchers of a teller that are awaited, the first due first."""
    return tuple(_awaited().filter(teller=teller)[:limit])


def late_at(*, institution_id: int, at: datetime, limit: int) -> Sequence[LaterScan]:
    """Return the vouchers of an outlet that are late, the oldest first."""
    return tuple(_awaited().filter(institution_id=institution_id, due_at__lt=at)[:limit])


@dataclass(frozen=True)
class ScansOf:
    """How vouchers of an outlet followed: awaited, of these late; of days, in time and late."""

    institution_id: int
    name: str
    awaited: int
    overdue: int
    in_time: int
    late: int


def scans_by_outlet(*, since: date, at: datetime) -> Sequence[ScansOf]:
    """Return the figures of vouchers that follow, by outlet: what is awaited, whenever it began.

    And what came since a business day, in time or late.
    """
    came = Q(scanned_at__isnull=False, business_date__gte=since)
    rows = (
        LaterScan.objects.filter(Q(scanned_at=None) | Q(business_date__gte=since))
        .values("institution_id", "institution__name")
        .annotate(
            awaited=Count("id", filter=Q(scanned_at=None)),
            overdue=Count("id", filter=Q(scanned_at=None, due_at__lt=at)),
            in_time=Count("id", filter=came & Q(scanned_at__lte=F("due_at"))),
            late=Count("id", filter=came & Q(scanned_at__gt=F("due_at"))),
        )
        .order_by("-overdue", "-late", "institution_id")
    )
    return tuple(
        ScansOf(
            institution_id=row["institution_id"],
            name=row["institution__name"],
            awaited=row["awaited"],
            overdue=row["overdue"],
            in_time=row["in_time"],
            late=row["late"],
        )
        for row in rows
    )


def scans_awaited(
    *, outlet_id: int | None = None, late_since: datetime | None = None, most: int = PAGE
) -> Sequence[LaterScan]:
    """Return what is awaited in sight, the first due first; with `late_since` what is late then."""
    rows = _awaited().select_related("institution")
    if outlet_id:
        rows = rows.filter(institution_id=outlet_id)
    if late_since:
        rows = rows.filter(due_at__lt=late_since)
    return tuple(rows[:most])


def _awaited() -> QuerySet[LaterScan]:
    rows: QuerySet[LaterScan] = LaterScan.objects.filter(scanned_at=None)
    return rows.select_related("request").order_by("due_at", "id")
