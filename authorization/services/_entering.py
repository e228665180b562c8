"""The teller's side: images, submit, withdraw, send again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from authorization import rules, selectors
from authorization.models import Opening, Request
from authorization.services import _posting
from authorization.services._content import content_of
from authorization.services._correcting import check, whole
from authorization.services._customer import OPENING, Order, customer_of, identified, opening_of
from authorization.services._holding import SYSTEM, take_back
from authorization.services._images import images_of, take_turns
from authorization.services._on_site import PRESENTED, present
from authorization.services._queueing import QUEUED, moved, put_in, told
from authorization.services._screening import keep, screen
from foundation.kernel import numbering
from foundation.ledger import selectors as ledger
from foundation.ledger import services as ledger_services
from foundation.people.models import Staff
from foundation.worklist import services as worklist

CENTRE = "02"
RESUBMITTED_PRIORITY = 20
FIRST_PRIORITY = 10
# What a teller may change of a returned item, and what its decision is reset to.
CONTENT = (
    "amount_fen", "payer_account", "payer_name", "payee_account", "payee_name", "voucher_no",
    "purpose", "by_agent", "manual_id", "document", "content_hash", "attempt", "decided_at",
    "decider_label", "reasons", "remark", "id_check", "corrects",
)  # fmt: skip
# What comes of the rule that an item is measured by.
MEASURED = (
    "rule", "why", "teller_grade", "payer_state", "customer_kinds", "correction", "grade_needed",
    "levels_needed", "outlet_needed", "call_needed", "scan_minutes", "limit_fen",
)  # fmt: skip


@transaction.atomic
def submit(*, key: UUID, order: Order, teller: Staff, at: datetime) -> Request:
    """Take a counter transaction in: post it, or hold it for a second person by the rule.

    The same key with the same content returns the first item; with other content it is refused.
    Refused too: an image that is missing, a posting that the ledger would not take now, a payee's
    name that is not the account's, an identity that the network does not bear out, a transaction
    for which no rule is in force. Who looks at it before (`rules.add_look`) may have two people
    decide it, whatever the rule says.
    """
    request, today = take_in(key=key, order=order, teller=teller, at=at)
    if today is None:
        return request
    if request.why:
        _queue(request, "queue", FIRST_PRIORITY, at)
    else:
        request.state = rules.FLOW.after(request.state, "pass")
        _posting.post(request=request, on=today, at=at)
    return request


def take_in(*, key: UUID, order: Order, teller: Staff, at: datetime) -> tuple[Request, date | None]:
    """Keep an item measured, screened and tried out, with its day; without one what is known.

    For who then queues it, lets it pass, or enters what was decided on paper.
    """
    trade = rules.trade(order.trade_code)
    order, original = whole(order=order, trade=trade, teller=teller)
    customer = customer_of(order=order, trade=trade)
    images = images_of(
        key=key,
        trade=trade,
        teller=teller,
        on=partial(ledger.business_date, institution_id=teller.institution_id),
        at=at,
    )
    request = Request(
        institution=teller.institution,
        key=key,
        trade_code=trade.code,
        teller=teller,
        teller_label=teller.label,
        teller_person=teller.person,
        document_id=images.document_id,
        scan_minutes=images.scan_minutes,
        corrects=original,
        created_at=at,
    )
    opening = _fill(request, order, customer)
    request.content_hash = content_of(request=request, opening=opening)
    known = _sent_before(key, request.content_hash, teller)
    if known is not None:
        return known, None
    today = ledger.business_date(institution_id=teller.institution_id)
    request.id_check = identified(request=request, opening=opening, at=at)
    request.number, request.business_date = _next_number(today), today
    if opening is not None:
        request.payee_account = ledger_services.reserve_number()
    check(request=request, on=today)
    _measure(request, customer, today)
    _look(request, today, at)
    screened = screen(request=request, id_number=_id_number(order), at=at)
    with _once():
        request.save(force_insert=True)
    if opening is not None:
        opening.request = request
        opening.save(force_insert=True)
    keep(request=request, asked=screened, at=at)
    _posting.try_out(request=request, on=today, at=at)
    told(request=request, step="submit", actor=teller.label, at=at, amount=str(order.amount))
    return request, today


@transaction.atomic
def resubmit(*, number: str, order: Order, teller: Staff, at: datetime) -> Request:
    """Send a returned item again, mended; it goes before new ones.

    It is measured anew, and waits for a second person whatever the rule says of it now.
    """
    request = selectors.locked(number=number)
    _check_own(request, teller)
    rules.FLOW.after(request.state, "resubmit")
    order, request.corrects = whole(order=order, trade=request.trade, teller=teller)
    customer = customer_of(order=order, trade=request.trade)
    opening = _fill(request, order, customer)
    images = images_of(
        key=request.key,
        trade=request.trade,
        teller=teller,
        on=partial(_posting.day_of, request=request),
        at=at,
    )
    request.document_id, request.scan_minutes = images.document_id, images.scan_minutes
    request.attempt, request.level = request.attempt + 1, 1
    request.content_hash = content_of(request=request, opening=opening)
    request.id_check = identified(request=request, opening=opening, at=at)
    request.decided_at = None
    request.decider_label, request.reasons, request.remark = "", [], ""
    on = _posting.day_of(request=request)
    check(request=request, on=on)
    _measure(request, customer, on)
    _look(request, on, at)
    screened = screen(request=request, id_number=_id_number(order), at=at)
    if opening is not None:
        opening.save(update_fields=OPENING)
    _posting.try_out(request=request, on=on, at=at)
    told(
        request=request,
        step="resubmit",
        actor=teller.label,
        at=at,
        amount=str(order.amount),
        attempt=request.attempt,
    )
    keep(request=request, asked=screened, at=at)
    _queue(request, "resubmit", RESUBMITTED_PRIORITY, at)
    return request


@transaction.atomic
def withdraw(*, number: str, teller: Staff, at: datetime) -> Request:
    """Take one's own item back that waits, is on hold or was sent back; not one on a desk."""
    request = selectors.locked(number=number)
    _check_own(request, teller)
    before = request.state
    request.state = rules.FLOW.after(request.state, "withdraw")
    request.save(update_fields=["state"])
    if before == rules.ON_HOLD:
        take_back(request=request, at=at)
    if before not in (rules.RETURNED, rules.ON_SITE):
        assert request.work_item_id is not None, "what is queued has its place in the queue"
        worklist.withdraw(item_id=request.work_item_id, at=at)
    told(request=request, step="withdraw", actor=teller.label, at=at)
    moved(request=request, at=at)
    return request


def _sent_before(key: UUID, content: str, teller: Staff) -> Request | None:
    """Return the teller's item of a key; refuse it with other content, or another's key.

    The second of two equal sends waits here until it can see the first.
    """
    take_turns(key=key)
    known: Request | None = Request.objects.select_for_update(of=("self",)).filter(key=key).first()
    if known is None:
        return None
    changed = known.content_hash != content and known.attempt == 1
    if changed or known.teller_id != teller.pk:
        raise rules.KeyUsedTwice
    return known


def _measure(request: Request, customer: ledger.Holder, on: date) -> None:
    """Keep with an item what its rule looks at, and what comes of it."""
    rule = selectors.rule_in_force(
        trade_code=request.trade_code, on=on, institution_id=request.institution_id
    )
    request.teller_grade = request.teller.grade
    request.payer_state = customer.state
    request.customer_kinds = [
        kind
        for kind, there in (
            ("staff", customer.works_here),
            ("elsewhere", customer.institution_id != request.institution_id),
        )
        if there
    ]
    request.correction = request.trade.group == rules.CORRECTIONS
    needed = rules.need(rule.says, request.facts)
    request.rule, request.why = rule, list(needed.why)
    request.grade_needed, request.limit_fen = needed.grade, rule.amount_from_fen
    request.call_needed = rules.call_needed(
        call_back_from_fen=rule.call_back_from_fen, amount_fen=request.amount_fen
    )
    # Who calls back is the centre; and a row from before asks nobody of the outlet.
    request.outlet_needed = rule.on_site if needed.why else 0
    least = 0 if request.outlet_needed and not request.call_needed else 1
    request.levels_needed = max(needed.centre_levels, least)


def _look(request: Request, on: date, at: datetime) -> None:
    """Let two people decide an item that somebody wants looked at before it is posted."""
    if not request.amount_fen:
        return
    if rules.needs_look(_posting.attempt_of(request=request, on=on, at=at)):
        request.why = [*request.why, rules.SECOND_LOOK]
        request.levels_needed = max(request.levels_needed, rules.LEVELS_AFTER_LOOK)


@contextmanager
def _once() -> Iterator[None]:
    """Refuse a key that somebody used whose items the person may not see."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "authorization_request_key" not in str(error):
            raise
        raise rules.KeyUsedTwice from error


def _queue(request: Request, step: str, priority: int, at: datetime) -> None:
    """Let an item wait for the centre, or first for people of its outlet where its rule says so."""
    if request.outlet_needed:
        present(request=request, at=at)
        request.save(update_fields=sorted({*CONTENT, *MEASURED, *PRESENTED}))
        told(request=request, step="present", actor=SYSTEM, at=at)
        return
    last = selectors.last_decider(request=request) if step == "resubmit" else None
    put_in(request=request, step=step, priority=priority, at=at, keep_for=last)
    request.save(update_fields=sorted({*CONTENT, *MEASURED, *QUEUED}))


def _fill(request: Request, order: Order, customer: ledger.Holder) -> Opening | None:
    """Put into an item what was typed; return the fields of an opening, to be saved with it."""
    request.amount_fen = order.amount.fen
    request.payer_name = customer.name
    request.payer_account = order.payer_account if request.trade.has_payer else ""
    if not request.trade.opens:  # where it is made, the account's number is kept with the item
        request.payee_account = order.payee_account
    takes = request.trade.needs_payee or not request.trade.plain
    request.payee_name = order.payee_name if takes else ""
    request.voucher_no, request.purpose = order.voucher_no, order.purpose
    request.by_agent, request.manual_id = order.by_agent, order.manual_id
    return opening_of(request=request, order=order) if request.trade.opens else None


def _id_number(order: Order) -> str:
    return order.opening.id_number if order.opening else ""


def _check_own(request: Request, teller: Staff) -> None:
    if request.teller_id != teller.pk:
        raise rules.NotYourItem


def _next_number(day: date) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('authorization_serial')")
        drawn = int(cursor.fetchone()[0])
    serial = (drawn - 1) % numbering.SERIAL_MAX + 1
    return numbering.item_number(centre=CENTRE, day=day, serial=serial)
