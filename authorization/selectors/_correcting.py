"""What an item takes back, and by which item it is taken back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from authorization import rules
from authorization.models import Request
from authorization.rules import correcting
from foundation.ledger import selectors as ledger
from foundation.ledger.rules import NoDayOpen


@dataclass(frozen=True)
class Correction:
    """The item that this one takes back, the one by which it is, and how it still could be."""

    original: Request | None = None
    by: Request | None = None
    trade_code: str = ""


def correction(*, request: Request) -> Correction:
    """Return what an item takes back or is taken back by, or by which transaction it could be."""
    if request.state != rules.POSTED or not request.trade.plain or request.entry is None:
        return Correction(original=request.corrects)
    others = Request.objects.filter(corrects=request).exclude(state__in=correcting.OF_NO_EFFECT)
    by = others.first()
    if by is not None:
        return Correction(by=by)
    with suppress(NoDayOpen):
        today = ledger.business_date(institution_id=request.institution_id)
        return Correction(
            trade_code=correcting.code_for(posted=request.entry.business_date, today=today)
        )
    return Correction()
