"""The teller's side: images, submit, withdraw, send again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localdate

from authorization import rules, selectors
from authorization.models import Request
from authorization.services import _posting
from foundation.imaging import selectors as imaging_selectors
from foundation.imaging import services as imaging
from foundation.imaging.models import Page
from foundation.imaging.rules import SameImage
from foundation.kernel import numbering
from foundation.kernel.money import Money
from foundation.ledger import selectors as ledger
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.trail import services as trail
from foundation.ui import live
from foundation.worklist import services as worklist

CENTRE = "02"
RESUBMITTED_PRIORITY = 20
FIRST_PRIORITY = 10
# What a teller may change of a returned item, and what its decision is reset to.
CONTENT = (
    "amount_fen", "payer_account", "payer_name", "payee_account", "payee_name", "voucher_no",
    "purpose", "by_agent", "manual_id", "document", "content_hash", "attempt", "opened_at",
    "opened_fence", "decided_at", "decider_label", "reasons", "remark",
)  # fmt: skip
# What comes of the rule that an item is measured by.
MEASURED = (
    "rule", "why", "teller_grade", "payer_state", "customer_kinds", "correction", "grade_needed",
    "limit_fen",
)  # fmt: skip


@dataclass(frozen=True)
class Order:
    """What a teller typed, cleaned: accounts bare, amount in fen."""

    trade_code: str
    amount: Money
    payer_account: str
    voucher_no: str
    payee_account: str = ""
    payee_name: str = ""
    purpose: str = ""
    by_agent: bool = False
    manual_id: bool = False


@transaction.atomic
def attach(
    *, key: UUID, teller: Staff, data: bytes, name: str, image_class: str, at: datetime
) -> Page:
    """Keep one image of the item being entered; refuse a file that is no safe image.

    The same bytes sent again, since the answer was lost, are the page that was kept.
    """
    _take_turns(key)
    subject = selectors.draft_subject(key=key)
    found = imaging_selectors.documents(subject=subject)
    known = imaging_selectors.same_page(subject=subject, image_class=image_class, data=data)
    if known is not None:
        return known
    document = (
        found[0]
        if found
        else imaging.open_document(
            institution_id=teller.institution_id,
            kind="voucher",
            subject=subject,
            by=teller,
            at=at,
        )
    )
    kept = partial(
        imaging.add_page,
        document_id=document.pk,
        data=data,
        name=name,
        image_class=image_class,
        side="front",
        by=teller,
        at=at,
    )
    try:
        return kept()
    except SameImage as refusal:
        if not _unsent(str(refusal.params["subject"])):
            raise
        return kept(reused_because="the form it was added to was never sent")


@transaction.atomic
def submit(*, key: UUID, order: Order, teller: Staff, at: datetime) -> Request:
    """Take a counter transaction in: post it, or hold it for a second person by the rule.

    The same key with the same content returns the first item; with other content it is refused.
    Refused too: no voucher image, a posting that the ledger would not take now, a payee's name
    that is not the account's, a transaction for which no rule is in force.
    """
    trade = rules.trade(order.trade_code)
    payer = _payer(order, trade)
    names = _names(order, payer)
    document_id = _document(key)
    content = _content(order, names, document_id)
    known = _sent_before(key, content, teller)
    if known is not None:
        return known
    today = ledger.business_date(institution_id=teller.institution_id)
    request = Request(
        institution=teller.institution,
        number=_next_number(today),
        key=key,
        trade_code=trade.code,
        teller=teller,
        teller_label=teller.label,
        teller_person=teller.person,
        amount_fen=order.amount.fen,
        payer_account=order.payer_account,
        payer_name=names[0],
        payee_account=order.payee_account,
        payee_name=names[1],
        voucher_no=order.voucher_no,
        purpose=order.purpose,
        by_agent=order.by_agent,
        manual_id=order.manual_id,
        document_id=document_id,
        content_hash=content,
        business_date=today,
        created_at=at,
    )
    _measure(request, payer, today)
    with _once():
        request.save(force_insert=True)
    _posting.try_out(request=request, on=today, at=at)
    _told(request, "submit", teller, at, amount=str(order.amount))
    if request.why:
        _queue(request, "queue", FIRST_PRIORITY, at)
    else:
        request.state = rules.FLOW.after(request.state, "pass")
        _posting.post(request=request, on=today, at=at)
    return request


@transaction.atomic
def resubmit(*, number: str, order: Order, teller: Staff, at: datetime) -> Request:
    """Send a returned item again, mended; it goes before new ones.

    It is measured anew, and waits for a second person whatever the rule says of it now.
    """
    request = selectors.locked(number=number)
    _check_own(request, teller)
    payer = _payer(order, rules.trade(request.trade_code))
    names = _names(order, payer)
    request.amount_fen = order.amount.fen
    request.payer_account, request.payer_name = order.payer_account, names[0]
    request.payee_account, request.payee_name = order.payee_account, names[1]
    request.voucher_no, request.purpose = order.voucher_no, order.purpose
    request.by_agent, request.manual_id = order.by_agent, order.manual_id
    request.document_id = _document(request.key)
    request.content_hash = _content(order, names, request.document_id, request.attempt + 1)
    request.attempt += 1
    request.opened_at = request.decided_at = None
    request.opened_fence = 0
    request.decider_label, request.reasons, request.remark = "", [], ""
    on = _posting.day_of(request=request)
    _measure(request, payer, on)
    _posting.try_out(request=request, on=on, at=at)
    _told(request, "resubmit", teller, at, amount=str(order.amount), attempt=request.attempt)
    _queue(request, "resubmit", RESUBMITTED_PRIORITY, at)
    return request


@transaction.atomic
def withdraw(*, number: str, teller: Staff, at: datetime) -> Request:
    """Take one's own waiting or returned item back; refused once somebody looks at it."""
    request = selectors.locked(number=number)
    _check_own(request, teller)
    before = request.state
    request.state = rules.FLOW.after(request.state, "withdraw")
    request.save(update_fields=["state"])
    if before == rules.QUEUED:
        assert request.work_item_id is not None, "what is queued has its place in the queue"
        worklist.withdraw(item_id=request.work_item_id, at=at)
    _told(request, "withdraw", teller, at)
    live.tell("authorization", request.institution_id)
    return request


def _sent_before(key: UUID, content: str, teller: Staff) -> Request | None:
    """Return the teller's item of a key; refuse it with other content, or another's key.

    The second of two equal sends waits here until it can see the first.
    """
    _take_turns(key)
    known: Request | None = Request.objects.select_for_update(of=("self",)).filter(key=key).first()
    if known is None:
        return None
    changed = known.content_hash != content and known.attempt == 1
    if changed or known.teller_id != teller.pk:
        raise rules.KeyUsedTwice
    return known


def _take_turns(key: UUID) -> None:
    """Let calls with one key come one after the other, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [str(key)])


def _measure(request: Request, payer: ledger.Holder, on: date) -> None:
    """Keep with an item what its rule looks at, and what comes of it."""
    rule = selectors.rule_in_force(
        trade_code=request.trade_code, on=on, institution_id=request.institution_id
    )
    request.teller_grade = request.teller.grade
    request.payer_state = payer.state
    request.customer_kinds = [
        kind
        for kind, there in (
            ("staff", payer.works_here),
            ("elsewhere", payer.institution_id != request.institution_id),
        )
        if there
    ]
    request.correction = request.trade.group == rules.CORRECTIONS
    needed = rules.need(rule.says, request.facts)
    request.rule, request.why = rule, list(needed.why)
    request.grade_needed, request.limit_fen = needed.grade, rule.amount_from_fen


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
    request.state = rules.FLOW.after(request.state, step)
    request.queued_at = at
    request.work_item = worklist.enqueue(
        queue=rules.QUEUE,
        subject=request.subject,
        institution_id=request.institution_id,
        priority=priority,
        skill=request.rule.skill if request.rule else "",
        grade_needed=request.grade_needed,
        amount_fen=request.amount_fen,
        conflicted=[request.teller_person],
        target=timedelta(
            seconds=policy.whole(code="authorization.wait_target_seconds", on=localdate(at))
        ),
        at=at,
    )
    request.save(update_fields=[*CONTENT, *MEASURED, "state", "queued_at", "work_item"])
    live.tell("authorization", request.institution_id)


def _payer(order: Order, trade: rules.TradeCode) -> ledger.Holder:
    """Return who pays; refuse paying oneself, and a payee whose name the account has not."""
    if trade.needs_payee and order.payer_account == order.payee_account:
        raise rules.SameAccount(field="payee_account")
    payer = ledger.holder(number=order.payer_account)
    if trade.needs_payee and not ledger.is_held_by(
        number=order.payee_account, name=order.payee_name
    ):
        raise rules.NameDiffers(field="payee_name")
    return payer


def _names(order: Order, payer: ledger.Holder) -> tuple[str, str]:
    return payer.name, order.payee_name if order.payee_account else ""


def _unsent(subject: str) -> bool:
    """Tell whether a subject is a form that nobody sent, whose images are free again."""
    prefix, _, key = subject.partition(":")
    if f"{prefix}:" != selectors.draft_subject(key="") or not key:
        return False
    return not Request.objects.filter(key=key).exists()


def _document(key: UUID) -> int:
    found = imaging_selectors.documents(subject=selectors.draft_subject(key=key))
    pages = imaging_selectors.pages(document_id=found[0].pk) if found else ()
    if not any(page.image_class == "voucher" for page in pages):
        raise rules.ImageMissing(field="images")
    return found[0].pk


def _content(order: Order, names: tuple[str, str], document_id: int, attempt: int = 1) -> str:
    pages = imaging_selectors.pages(document_id=document_id)
    return rules.content_hash(
        {
            "trade_code": order.trade_code,
            "amount_fen": order.amount.fen,
            "payer": [order.payer_account, names[0]],
            "payee": [order.payee_account, names[1]],
            "voucher_no": order.voucher_no,
            "purpose": order.purpose,
            "by_agent": order.by_agent,
            "manual_id": order.manual_id,
            "images": [page.sha256 for page in pages],
            "attempt": attempt,
        }
    )


def _check_own(request: Request, teller: Staff) -> None:
    if request.teller_id != teller.pk:
        raise rules.NotYourItem


def _next_number(day: date) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('authorization_serial')")
        drawn = int(cursor.fetchone()[0])
    serial = (drawn - 1) % numbering.SERIAL_MAX + 1
    return numbering.item_number(centre=CENTRE, day=day, serial=serial)


def _told(request: Request, step: str, teller: Staff, at: datetime, **detail: object) -> None:
    trail.record(
        institution_id=request.institution_id,
        actor=teller.label,
        action=f"authorization.{step}",
        subject=request.subject,
        at=at,
        detail=detail,
    )
