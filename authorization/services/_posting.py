"""How a counter transaction becomes a ledger entry: tried out before it is held, posted once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from django.db import transaction

from authorization import events, rules, selectors
from authorization.models import Opening, Request, SignUp
from authorization.services._images import await_scan
from authorization.services._queueing import moved
from foundation.kernel import bus
from foundation.ledger import selectors as ledger_selectors
from foundation.ledger import services as ledger
from foundation.ledger.models import Entry
from foundation.ledger.rules import CASH, PERSONAL, Leg, NoDayOpen

# What is kept with an item of what ended its round.
DECIDED = ("decided_at", "decider_label", "reasons", "remark")


class _TriedOut(Exception):
    """Everything was tried; nothing of it is to stay."""


def try_out(*, request: Request, on: date, at: datetime) -> None:
    """Validate the posting in full and leave nothing; what cannot post never reaches a queue.

    An account to be opened is opened for the trial and taken back with it.
    """
    if request.corrects_id is not None:
        ledger.dry_reverse(**_dry(_taking_back(request, on, at)))
        return
    if not request.trade.opens:
        ledger.dry_run(**_dry(_order(request, on, at)))
        return
    with suppress(_TriedOut), transaction.atomic():
        _open_account(request, on, at)
        if request.amount_fen:
            ledger.dry_run(**_dry(_order(request, on, at)))
        raise _TriedOut


def end(
    *, request: Request, step: str, by_label: str, decided_at: datetime, on: date, at: datetime
) -> None:
    """End the round of a locked item, whose reasons it has: post it on a yes, keep a no."""
    request.state = rules.FLOW.after(request.state, step)
    request.decided_at, request.decider_label = decided_at, by_label
    if step == "approve":
        post(request=request, on=on, at=at, unsaved=DECIDED)
    else:
        request.save(update_fields=["state", *DECIDED])
        moved(request=request, at=at)


def post(*, request: Request, on: date, at: datetime, unsaved: Sequence[str] = ()) -> None:
    """Post an approved item once, save it with what is `unsaved`, and tell who compares vouchers.

    An account that is opened without a first deposit has no line in the journal: there is nothing
    to compare, and nobody is told.
    """
    if request.trade.opens:
        _open_account(request, on, at)
    request.state, request.posted_at = rules.FLOW.after(request.state, "post"), at
    line_id = None
    if request.amount_fen:
        entry = _entry(request, on, at)
        request.entry_id, request.journal_no = entry.pk, entry.journal_no
        line_id = entry.line_id
    request.save(update_fields=["state", "entry", "journal_no", "posted_at", *unsaved])
    if request.trade.opens:
        _sign_up(request, at)
    await_scan(request=request, at=at)
    if line_id is not None:
        _tell_completed(request, line_id, at)
    moved(request=request, at=at)


def _entry(request: Request, on: date, at: datetime) -> Entry:
    if request.corrects_id is None:
        return ledger.post(**_order(request, on, at))
    return ledger.reverse(**_taking_back(request, on, at))


def _taking_back(request: Request, on: date, at: datetime) -> dict[str, Any]:
    """Return what the ledger is asked where an item takes another's entry back."""
    assert request.corrects is not None
    order = _order(request, on, at)
    del order["legs"]
    return order | {"entry_id": request.corrects.entry_id, "reason": request.purpose}


def _tell_completed(request: Request, line_id: int, at: datetime) -> None:
    bus.publish(
        events.Completed(
            request_id=request.pk,
            institution_id=request.institution_id,
            document_id=request.document_id,
            subject=request.subject,
            journal_no=request.journal_no,
            line_id=line_id,
            at=at,
        )
    )


def _dry(order: dict[str, Any]) -> dict[str, Any]:
    return {name: order[name] for name in order.keys() - {"voucher_no", "subject", "reason"}}


def _open_account(request: Request, on: date, at: datetime) -> None:
    """Open the account of an item under the number that was kept for it."""
    ledger.open_account(
        institution_id=request.institution_id,
        subject_code=PERSONAL,
        name=request.payee_name,
        on=on,
        at=at,
        by=request.teller_label,
        number=request.payee_account,
        customer_number=_opening(request).id_number,
    )


def _sign_up(request: Request, at: datetime) -> None:
    """Keep what the customer has now."""
    opening = _opening(request)
    SignUp.objects.bulk_create(
        SignUp(
            institution_id=request.institution_id,
            request=request,
            product=product,
            account=request.payee_account,
            mobile="" if product == rules.ACCOUNT else opening.mobile,
            daily_fen=opening.atm_daily_fen if product == rules.ATM_TRANSFER else None,
            at=at,
        )
        for product in opening.products
    )


def _opening(request: Request) -> Opening:
    opening = selectors.opening(request=request)
    assert opening is not None, "who opens an account says for whom"
    return opening


def day_of(*, request: Request) -> date:
    """Return the business day that is open at the item's outlet, or its own when none is.

    An item that was carried forward belongs to the day on which it is decided and posted.
    """
    try:
        return ledger_selectors.business_date(institution_id=request.institution_id)
    except NoDayOpen:
        return request.business_date


def attempt_of(*, request: Request, on: date, at: datetime) -> rules.Attempt:
    """Return what the posting of an item would say, for who looks at it before."""
    customer, counter = _legs(request)
    return rules.Attempt(
        subject=request.subject,
        attempt=request.attempt,
        institution_id=request.institution_id,
        teller=request.teller.number,
        teller_person=request.teller_person,
        trade_code=request.trade_code,
        account=customer.account,
        counter_account=counter.account,
        pays=customer.fen > 0,
        amount_fen=request.amount_fen,
        voucher_no=request.voucher_no,
        on=on,
        at=at,
    )


def _order(request: Request, on: date, at: datetime) -> dict[str, Any]:
    return {
        "key": f"authorization:{request.number}",
        "institution_id": request.institution_id,
        "legs": _legs(request),
        "trade_code": request.trade_code,
        "teller": request.teller_label.partition(" ")[0],
        "business_date": on,
        "voucher_no": request.voucher_no,
        "subject": request.subject,
        "at": at,
    }


def _legs(request: Request) -> list[Leg]:
    """Return both legs, the customer's first: what comes in is a credit, what goes out a debit.

    Those of an item that takes another back are the other's, turned round.
    """
    if request.corrects is not None:
        return [Leg(account=leg.account, fen=-leg.fen) for leg in _legs(request.corrects)]
    fen = request.amount_fen if request.has_payer else -request.amount_fen
    other = request.payee_account if request.has_payer else ""
    counter = other or ledger_selectors.internal_account(
        institution_id=request.institution_id, subject_code=CASH
    )
    return [Leg(account=request.customer_account, fen=fen), Leg(account=counter, fen=-fen)]
