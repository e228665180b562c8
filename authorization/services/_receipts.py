"""Receipts on paper: each is counted, and says whether it is the first."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from authorization import rules, selectors
from authorization.models import ReceiptPrint
from authorization.services._queueing import told
from foundation.people.models import Staff


@transaction.atomic
def print_receipt(*, number: str, by: Staff, at: datetime) -> ReceiptPrint:
    """Count one more paper of a posted item's receipt; refuse an item that is not posted."""
    request = selectors.locked(number=number)
    if request.state != rules.POSTED:
        raise rules.NoSuchItem(number=number)
    made: ReceiptPrint = ReceiptPrint.objects.create(
        institution_id=request.institution_id,
        request=request,
        seq=ReceiptPrint.objects.filter(request=request).count() + 1,
        by=by,
        by_label=by.label,
        at=at,
    )
    told(request=request, step="print_receipt", actor=by.label, at=at, count=made.seq)
    return made
