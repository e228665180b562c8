"""Sending a returned item again from another system, which may not know whether it was heard."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from authorization import rules, selectors
from authorization.models import Request
from authorization.services._customer import Order
from authorization.services._entering import resubmit
from foundation.people.models import Staff


@transaction.atomic
def mend(*, number: str, attempt: int, order: Order, teller: Staff, at: datetime) -> Request:
    """Send a returned item again; what was sent so already is answered as it stands.

    `attempt` is the round that was sent back: of another round it is refused.
    """
    request = selectors.locked(number=number)
    if request.teller_id != teller.pk:
        raise rules.NotYourItem
    if request.attempt == attempt + 1 and _says(request) == order:
        return request
    if request.attempt != attempt:
        raise rules.RoundOver(attempt=request.attempt, field="attempt")
    return resubmit(number=number, order=order, teller=teller, at=at)


def _says(request: Request) -> Order:
    return Order(
        trade_code=request.trade_code,
        amount=request.amount,
        payer_account=request.payer_account,
        voucher_no=request.voucher_no,
        payee_account=request.payee_account,
        payee_name=request.payee_name,
        purpose=request.purpose,
        by_agent=request.by_agent,
        manual_id=request.manual_id,
    )
