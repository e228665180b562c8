"""Vouchers that follow the posting of their items: what is awaited, late, not there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from authorization.models import LaterScan, MissingVoucher, Request
from authorization.rules import scanning as rules
from foundation.people.models import Staff

PAGE = 50
_AWAITED = Q(scanned_at=None, missing_at=None)


def awaited_scan(*, request: Request) -> LaterScan | None:
    """Return that the voucher of an item is awaited, locked, or None."""
    rows = LaterScan.objects.select_for_update(of=("self",)).filter(request=request)
    found: LaterScan | None = rows.filter(_AWAITED).select_related("request").first()
    return found


def is_awaited(*, document_id: int) -> bool:
    """Return whether the voucher of a document follows and has not come: it is not whole yet."""
    rows = LaterScan.objects.filter(_AWAITED, request__document_id=document_id)
    return rows.exists()


def later_scan(*, request: Request) -> LaterScan | None:
    """Return when the voucher of an item was or is to be scanned, or None if it came with it."""
    rows = LaterScan.objects.filter(request=request).select_related("request")
    found: LaterScan | None = rows.first()
    return found


def missing_said(*, scan: LaterScan) -> MissingVoucher | None:
    """Return what was said of a voucher and is not decided, locked, or None."""
    rows = MissingVoucher.objects.select_for_update(of=("self",)).filter(scan=scan)
    found: MissingVoucher | None = rows.filter(state=rules.PROPOSED).first()
    return found


def missing_of(*, scan: LaterScan) -> Sequence[MissingVoucher]:
    """Return all that was said of a voucher not being there, the newest first."""
    return tuple(MissingVoucher.objects.filter(scan=scan).order_by("-id")[:PAGE])


def missing_waiting(*, limit: int) -> Sequence[MissingVoucher]:
    """Return what was said in sight and waits for a second person, the oldest first."""
    rows = MissingVoucher.objects.filter(state=rules.PROPOSED).select_related("scan__request")
    return tuple(rows.order_by("id")[:limit])


def documents_missing(*, documents: Collection[int]) -> set[int]:
    """Return of which documents two people said that the voucher is not there."""
    rows = LaterScan.objects.filter(request__document__in=documents, missing_at__isnull=False)
    return set(rows.values_list("request__document_id", flat=True))


def to_scan(*, teller: Staff, limit: int) -> Sequence[LaterScan]:
    """Return the vouchers of a teller that are awaited, the first due first."""
    return tuple(_awaited().filter(teller=teller)[:limit])


def late_at(*, institution_id: int, at: datetime, limit: int) -> Sequence[LaterScan]:
    """Return the vouchers of an outlet that are late and of which nothing is said yet."""
    rows = _awaited().filter(institution_id=institution_id, due_at__lt=at)
    return tuple(rows.exclude(missing__state=rules.PROPOSED)[:limit])


@dataclass(frozen=True)
class ScansOf:
    """How vouchers of an outlet followed: awaited, of these late; of days, in time, late, never."""

    institution_id: int
    name: str
    awaited: int
    overdue: int
    in_time: int
    late: int
    missing: int


def scans_by_outlet(*, since: date, at: datetime) -> Sequence[ScansOf]:
    """Return the figures of vouchers that follow, by outlet: what is awaited, whenever it began.

    And what came since a business day, in time or late, or was said not to be there.
    """
    came = Q(scanned_at__isnull=False, business_date__gte=since)
    never = Q(missing_at__isnull=False, business_date__gte=since)
    rows = (
        LaterScan.objects.filter(_AWAITED | Q(business_date__gte=since))
        .values("institution_id", "institution__name")
        .annotate(
            awaited=Count("id", filter=_AWAITED),
            overdue=Count("id", filter=_AWAITED & Q(due_at__lt=at)),
            in_time=Count("id", filter=came & Q(scanned_at__lte=F("due_at"))),
            late=Count("id", filter=came & Q(scanned_at__gt=F("due_at"))),
            missing=Count("id", filter=never),
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
            missing=row["missing"],
        )
        for row in rows
    )


def scans_awaited(
    *, outlet_id: int | None = None, late_since: datetime | None = None, most: int = PAGE
) -> Sequence[LaterScan]:
    """Return what is awaited in sight, the first due first; with `late_since` what is late then.

    `said` is whether somebody has said that it is not there, and nobody has decided.
    """
    waits = MissingVoucher.objects.filter(scan=OuterRef("pk"), state=rules.PROPOSED)
    rows = _awaited().select_related("institution").annotate(said=Exists(waits))
    if outlet_id:
        rows = rows.filter(institution_id=outlet_id)
    if late_since:
        rows = rows.filter(due_at__lt=late_since)
    return tuple(rows[:most])


def _awaited() -> QuerySet[LaterScan]:
    rows: QuerySet[LaterScan] = LaterScan.objects.filter(_AWAITED)
    return rows.select_related("request").order_by("due_at", "id")
