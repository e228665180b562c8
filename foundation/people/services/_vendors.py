"""Vendors: outside companies whose people hold numbers as long as the company is in use."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from foundation.kernel import scope
from foundation.people import rules
from foundation.people.models import Staff, Vendor
from foundation.people.services._staff import close_sign_in
from foundation.trail import services as trail


@transaction.atomic
def open_vendor(
    *, number: str, name: str, by: Staff | None = None, at: datetime | None = None
) -> Vendor:
    """Enter an outside company; refuse a taken number.

    Without `by` and `at` it is the installation, which gets the one that has the number already.
    """
    row, is_new = Vendor.objects.get_or_create(number=number, defaults={"name": name})
    if by and at:
        if not is_new:
            raise rules.NumberTaken(field="number")
        _tell(row, "people.open_vendor", by=by, at=at, detail={"name": name})
    return row


@transaction.atomic
def end_vendor(*, vendor_id: int, reason: str, by: Staff, at: datetime) -> Vendor:
    """Let a company have no people any more: every number of it signs in no more, at once.

    Refuses while some of them work out of sight of who ends it.
    """
    row = Vendor.objects.select_for_update(of=("self",), no_key=True).get(id=vendor_id)
    if not row.active:
        raise rules.VendorEnded
    staff = list(Staff.objects.filter(vendor=row, is_active=True).order_by("id"))
    allowed = scope.current()
    if allowed != scope.EVERYTHING and any(one.institution_id not in allowed for one in staff):
        raise rules.VendorElsewhere
    for one in staff:
        close_sign_in(staff_id=one.pk, reason=reason, by=by, at=at)
    row.active = False
    row.save(update_fields=["active"])
    detail: dict[str, object] = {"reason": reason, "closed": len(staff)}
    _tell(row, "people.end_vendor", by=by, at=at, detail=detail)
    return row


def _tell(row: Vendor, action: str, *, by: Staff, at: datetime, detail: dict[str, object]) -> None:
    trail.record(
        institution_id=by.institution_id,
        actor=by.label,
        action=action,
        subject=f"people.vendor:{row.number}",
        at=at,
        detail=detail,
    )
