"""Vouchers that were to follow and never came: two people say that one is not there."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from authorization import events, selectors
from authorization.models import LaterScan, MissingVoucher
from authorization.rules import scanning as rules
from authorization.services._queueing import told
from foundation.kernel import bus
from foundation.people.models import Staff
from foundation.ui import live


@transaction.atomic
def propose(*, scan: LaterScan, reason: str, by: Staff, at: datetime) -> MissingVoucher:
    """Say that an overdue voucher is not there; refuse who entered the item, and what was said."""
    found = selectors.awaited_scan(request=scan.request)
    if found is None or selectors.missing_said(scan=found) is not None:
        raise rules.ScanNotMissing
    teller = found.request.teller_person
    rules.check_missing(due_at=found.due_at, at=at, teller=teller, by=by.person)
    row: MissingVoucher = MissingVoucher.objects.create(
        institution_id=found.institution_id,
        scan=found,
        reason=reason,
        proposed_by=by,
        proposed_label=by.label,
        proposed_person=by.person,
        proposed_at=at,
    )
    told(request=found.request, step="say_missing", actor=by.label, at=at, reason=reason)
    live.tell("authorization", found.institution_id)
    return row


@transaction.atomic
def decide(*, scan: LaterScan, accepted: bool, by: Staff, at: datetime) -> MissingVoucher:
    """Accept or decline that a voucher is not there; refuse who said it or entered the item.

    Accepted, nobody waits for it any more, and monitoring has a line without voucher.
    """
    found = selectors.awaited_scan(request=scan.request)
    row = selectors.missing_said(scan=found) if found else None
    if found is None or row is None:
        raise rules.ScanNotMissing
    item = found.request
    rules.check_second(first=row.proposed_person, teller=item.teller_person, by=by.person)
    step = "accept" if accepted else "decline"
    row.state = rules.MISSING_FLOW.after(row.state, step)
    row.decided_by, row.decided_label, row.decided_person = by, by.label, by.person
    row.decided_at = at
    row.save(update_fields=["state", "decided_by", "decided_label", "decided_person", "decided_at"])
    if accepted:
        found.missing_at = at
        found.save(update_fields=["missing_at"])
    told(request=item, step=f"{step}_missing", actor=by.label, at=at, reason=row.reason)
    live.tell("authorization", found.institution_id)
    if accepted:
        bus.publish(
            events.VoucherMissing(
                document_id=item.document_id, institution_id=found.institution_id, at=at
            )
        )
    return row


def overtake(*, scan: LaterScan, at: datetime) -> None:
    """End what was said of a voucher that has come."""
    row = selectors.missing_said(scan=scan)
    if row is not None:
        row.state, row.decided_at = rules.MISSING_FLOW.after(row.state, "overtake"), at
        row.save(update_fields=["state", "decided_at"])
