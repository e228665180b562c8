"""How a counter transaction becomes a ledger entry: tried out before it is held, posted once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from authorization import events, rules
from authorization.models import Request
from authorization.services._queueing import moved
from foundation.kernel import bus
from foundation.ledger import selectors as ledger_selectors
from foundation.ledger import services as ledger
from foundation.ledger.rules import Leg, NoDayOpen

CASH = "1001"


def try_out(*, request: Request, on: date, at: datetime) -> None:
    """Validate the posting in full and write nothing; what cannot post never reaches a queue."""
    order = _order(request, on, at)
    ledger.dry_run(**{name: order[name] for name in order.keys() - {"voucher_no", "subject"}})


def post(*, request: Request, on: date, at: datetime) -> None:
    """Post an approved item once and tell who compares vouchers."""
    entry = ledger.post(**_order(request, on, at))
    request.state = rules.FLOW.after(request.state, "post")
    request.entry_id, request.journal_no, request.posted_at = entry.pk, entry.journal_no, at
    request.save(update_fields=["state", "entry", "journal_no", "posted_at"])
    bus.publish(
        events.Completed(
            request_id=request.pk,
            institution_id=request.institution_id,
            document_id=request.document_id,
            subject=request.subject,
            journal_no=request.journal_no,
        )
    )
    moved(request=request, at=at)


def day_of(*, request: Request) -> date:
    """Return the business day that is open at the item's outlet, or its own when none is.

    An item that was carried forward belongs to the day on which it is decided and posted.
    """
    try:
        return ledger_selectors.business_date(institution_id=request.institution_id)
    except NoDayOpen:
        return request.business_date


def _order(request: Request, on: date, at: datetime) -> dict[str, Any]:
    counter = request.payee_account or ledger_selectors.internal_account(
        institution_id=request.institution_id, subject_code=CASH
    )
    return {
        "key": f"authorization:{request.number}",
        "institution_id": request.institution_id,
        "legs": [
            Leg(account=request.payer_account, fen=request.amount_fen),
            Leg(account=counter, fen=-request.amount_fen),
        ],
        "trade_code": request.trade_code,
        "teller": request.teller_label.partition(" ")[0],
        "business_date": on,
        "voucher_no": request.voucher_no,
        "subject": request.subject,
        "at": at,
    }
