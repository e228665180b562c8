"""Taking a posted item back by another one: which it is, and what it then moves."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date

from authorization import rules
from authorization.models import Request
from authorization.rules import correcting
from authorization.services._customer import Order
from foundation.people.models import Staff


def whole(*, order: Order, trade: rules.TradeCode, teller: Staff) -> tuple[Order, Request | None]:
    """Return an order as it is, or with what its transaction takes back and whose accounts.

    Refuses what is no posted item of the outlet, an opening, and what takes another back itself.
    """
    if not trade.takes_back:
        return order, None
    rows = Request.objects.select_related("entry").filter(number=order.corrects)
    here = rows.filter(institution_id=teller.institution_id, state=rules.POSTED)
    found: Request | None = here.exclude(entry=None).first()
    if found is None or not found.trade.plain:
        raise correcting.NothingToTakeBack(number=order.corrects, field="corrects")
    return _turned(order, found), found


def _turned(order: Order, original: Request) -> Order:
    parties = correcting.turned(
        correcting.Parties(
            payer_account=original.payer_account,
            payer_name=original.payer_name,
            payee_account=original.payee_account,
            payee_name=original.payee_name,
        )
    )
    whose = {name: text for name, text in asdict(parties).items() if name != "payer_name"}
    return replace(order, **whose)


def check(*, request: Request, on: date) -> None:
    """Refuse another amount, the transaction of another day, and an item that is taken back.

    The original is locked, so that of two who take it back one sees the other.
    """
    if request.corrects is None:
        return
    original = Request.objects.select_for_update(of=("self",), no_key=True).get(
        id=request.corrects_id
    )
    others = original.corrections.exclude(state__in=correcting.OF_NO_EFFECT)
    other = others.exclude(key=request.key).first()
    if other is not None:
        raise correcting.AlreadyTakenBack(number=original.number, by=other.number, field="corrects")
    if request.amount_fen != original.amount_fen:
        raise correcting.OtherAmount(number=original.number, field="amount")
    assert original.entry is not None, "what is posted and no opening has its entry"
    correcting.check(
        trade_code=request.trade_code,
        number=original.number,
        posted=original.entry.business_date,
        today=on,
    )
