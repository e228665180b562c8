"""Slips of an offline outlet: issued in books, keyed by one, checked by another, entered once."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import localdate

from authorization import rules as items
from authorization import selectors
from authorization.models import Decision, OfflineBook, OfflinePeriod, OfflineSlip, Request
from authorization.rules import offline as rules
from authorization.selectors import offline as selected
from authorization.selectors import screening
from authorization.services import _entering, _posting
from authorization.services._customer import Order, customer_of
from authorization.services._images import images_of
from authorization.services._queueing import told
from authorization.services.quality import see_again
from foundation.kernel import scope
from foundation.kernel.money import Money
from foundation.kernel.text import clean_text
from foundation.ledger import selectors as ledger
from foundation.people.models import Institution, Staff
from foundation.policy import selectors as policy
from foundation.trail import services as trail

OUTLET = "outlet"
_KEYED = (
    "state", "period", "trade_code", "amount_fen", "order", "signed_at", "authorizer",
    "authorizer_person", "keyed_by", "keyed_person", "keyed_at", "remark",
)  # fmt: skip
_ORDER = (
    "voucher_no", "payer_account", "payee_account", "payee_name", "purpose", "by_agent",
    "manual_id",
)  # fmt: skip


@transaction.atomic
def issue(*, count: int, by: Staff, at: datetime) -> OfflineBook:
    """Issue a book of numbered slips for the own outlet, behind those that there are."""
    place = by.institution
    rules.check_book(count, is_outlet=place.kind == OUTLET)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(8324, %s)", [place.pk])
    book: OfflineBook = OfflineBook.objects.create(
        institution=place,
        first=selected.next_serial(institution_id=place.pk),
        count=count,
        issued_by=by,
        issued_at=at,
    )
    numbers = [
        rules.number_of(outlet=place.number, serial=book.first + one) for one in range(count)
    ]
    OfflineSlip.objects.bulk_create(
        OfflineSlip(institution=place, book=book, number=number) for number in numbers
    )
    _tell(book, "issue_slips", by, at, **{"from": numbers[0], "to": numbers[-1]})
    return book


@transaction.atomic
def declare(
    *,
    institution: Institution,
    began_at: datetime,
    ended_at: datetime,
    reason: str,
    by: Staff,
    at: datetime,
) -> OfflinePeriod:
    """Propose that the outlets below an institution were offline; refuse what is not past."""
    allowed = scope.current()
    if allowed != scope.EVERYTHING and institution.pk not in allowed:
        raise rules.NoSuchPeriod
    rules.check_period(began_at, ended_at, now=at)
    row: OfflinePeriod = OfflinePeriod.objects.create(
        institution=institution,
        began_at=began_at,
        ended_at=ended_at,
        reason=clean_text(reason, 200, field="reason"),
        proposed_by=by,
        proposed_at=at,
    )
    _tell(row, "propose_offline", by, at, reason=row.reason)
    return row


@transaction.atomic
def decide_period(*, period_id: int, approve: bool, by: Staff, at: datetime) -> OfflinePeriod:
    """Let the slips of a time be keyed in for some hours, or decline it; refuse its proposer."""
    row = selected.period_locked(period_id=period_id)
    step = "approve" if approve else "decline"
    row.state = rules.PERIOD_FLOW.after(row.state, step)
    if row.proposed_by.person == by.person:
        raise rules.PeriodOfSamePerson
    row.decided_by, row.decided_at = by, at
    if approve:
        hours = policy.whole(code=rules.HOURS, on=localdate(at), institution_id=row.institution_id)
        row.epoch, row.until = _next_epoch(), at + timedelta(hours=hours)
    row.save(update_fields=["state", "decided_by", "decided_at", "epoch", "until"])
    _tell(row, f"{step}_offline", by, at, epoch=row.epoch or 0)
    return row


@transaction.atomic
def key(*, number: str, order: Order, paper: rules.Paper, by: Staff, at: datetime) -> OfflineSlip:
    """Keep what a paper says, to be checked by another person; nothing is posted yet.

    Refuses a number that is no longer unused, a moment outside every offline time, who was not
    registered then for the amount, the keyer as decider, a missing image, and names that are not
    those of the accounts.
    """
    slip = selected.locked(number=number)
    if slip.state != rules.ISSUED:
        raise rules.SlipTaken(number=number)
    trade = items.trade(order.trade_code)
    if trade.code not in rules.trades():
        raise rules.NotForPaper
    authorizer = _decider(slip, paper)
    rules.check_people(by.person, authorizer.person)
    period = selected.period_at(institution_id=slip.institution_id, moment=paper.at, at=at)
    if period is None:
        raise rules.NotOffline(moment=f"{paper.at:%Y-%m-%d %H:%M}", field="signed_at")
    rules.check_registered(
        selected.registered(staff=authorizer, institution_id=slip.institution_id),
        at=paper.at,
        amount_fen=order.amount.fen,
    )
    customer_of(order=order, trade=trade)
    images_of(
        key=rules.key_of(number),
        trade=trade,
        teller=by,
        on=partial(ledger.business_date, institution_id=slip.institution_id),
        at=at,
    )
    slip.state = rules.SLIP_FLOW.after(slip.state, "key")
    slip.period, slip.trade_code, slip.amount_fen = period, trade.code, order.amount.fen
    slip.order = {name: getattr(order, name) for name in _ORDER}
    slip.signed_at, slip.remark = paper.at, ""
    slip.authorizer, slip.authorizer_person = authorizer, authorizer.person
    slip.keyed_by, slip.keyed_person, slip.keyed_at = by, by.person, at
    slip.save(update_fields=_KEYED)
    _tell(slip, "key_slip", by, at, amount=str(order.amount), epoch=period.epoch or 0)
    return slip


@transaction.atomic
def send_back(*, number: str, remark: str, by: Staff, at: datetime) -> OfflineSlip:
    """Give a slip that was keyed wrongly back, to be keyed again."""
    slip = selected.locked(number=number)
    slip.state = rules.SLIP_FLOW.after(slip.state, "send_back")
    rules.check_people(slip.keyed_person, slip.authorizer_person, by.person)
    slip.remark = clean_text(remark, 200, field="remark")
    slip.period = slip.amount_fen = slip.signed_at = None
    slip.authorizer = slip.authorizer_person = None
    slip.keyed_by = slip.keyed_person = slip.keyed_at = None
    slip.trade_code, slip.order = "", {}
    slip.save(update_fields=_KEYED)
    _tell(slip, "send_back_slip", by, at, reason=slip.remark)
    return slip


@transaction.atomic
def enter(*, number: str, by: Staff, at: datetime) -> Request:
    """Enter what was keyed as an item that was decided on paper, and post it, once.

    By a third human. All of it is seen again blind. Refuses what its rule does not leave to one
    person of an outlet, and what the ledger does not take: then the slip stays keyed.
    """
    slip = selected.locked(number=number)
    state = rules.SLIP_FLOW.after(slip.state, "enter")
    rules.check_people(slip.keyed_person, slip.authorizer_person, by.person)
    assert slip.keyed_by is not None, "what is keyed was keyed by somebody"
    request, on = _entering.take_in(
        key=rules.key_of(number), order=order_of(slip=slip), teller=slip.keyed_by, at=at
    )
    if on is None:
        raise items.KeyUsedTwice
    rules.check_asks(
        rules.Asks(
            trade_code=request.trade_code,
            levels=request.levels_needed + request.outlet_needed,
            call=request.call_needed,
            listed=screening.is_listed(request=request),
            own_account=slip.authorizer_person in selectors.account_holders(request=request),
        )
    )
    slip.state, slip.request = state, request
    slip.checked_by, slip.checked_person, slip.checked_at = by, by.person, at
    slip.save(update_fields=["state", "request", "checked_by", "checked_person", "checked_at"])
    _decided_on_paper(request, slip, at)
    _tell(slip, "enter_slip", by, at, number=request.number)
    _posting.post(request=request, on=on, at=at)
    return request


def _decided_on_paper(request: Request, slip: OfflineSlip, at: datetime) -> None:
    """Keep the decision of the paper with its item, and have it seen again."""
    assert slip.authorizer is not None, "a paper is decided by somebody"
    assert slip.period is not None, "a slip is of an offline time"
    state = items.FLOW.after(request.state, "paper")
    made: Decision = Decision.objects.create(
        institution_id=request.institution_id,
        request=request,
        seq=request.attempt,
        level=request.level,
        step="approve",
        decider=slip.authorizer,
        decider_label=slip.authorizer.label,
        decider_person=slip.authorizer_person,
        content_hash=request.content_hash,
        business_date=request.business_date,
        at=at,
        queue_ms=0,
        view_ms=0,
        offline=slip,
        epoch=slip.period.epoch or 0,
    )
    told(
        request=request, step="paper", actor=slip.authorizer.label, at=at,
        content=request.content_hash, epoch=made.epoch, number=slip.number,
    )  # fmt: skip
    see_again(made=made, at=at)
    request.state, request.decided_at = state, at
    request.decider_label = slip.authorizer.label
    request.save(update_fields=["state", "decided_at", "decider_label"])


@transaction.atomic
def explain(*, number: str, step: str, words: str, by: Staff, at: datetime) -> OfflineSlip:
    """Say what became of a number that was not used: spoiled, missing, or found again."""
    slip = selected.locked(number=number)
    if step not in rules.EXPLAINED or not words.strip():
        raise rules.NotExplained(field="words")
    slip.state = rules.SLIP_FLOW.after(slip.state, step)
    slip.remark = clean_text(words, 200, field="words")
    slip.explained_by, slip.explained_at = by, at
    slip.save(update_fields=["state", "remark", "explained_by", "explained_at"])
    _tell(slip, f"{step}_slip", by, at, reason=slip.remark)
    return slip


def order_of(*, slip: OfflineSlip) -> Order:
    """Return what was keyed from a slip as an order."""
    assert slip.amount_fen is not None, "what is keyed has an amount"
    typed: dict[str, Any] = dict(slip.order)
    return Order(trade_code=slip.trade_code, amount=Money(slip.amount_fen), **typed)


def _decider(slip: OfflineSlip, paper: rules.Paper) -> Staff:
    """Return who decided on paper; refuse who was never registered at the outlet."""
    known = selected.deciders_at(institution_id=slip.institution_id)
    found = next((one for one in known if one.pk == paper.authorizer_id), None)
    if found is None:
        raise rules.NotRegisteredThen(field="authorizer")
    return found


def _next_epoch() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('authorization_epoch')")
        return int(cursor.fetchone()[0])


def _tell(
    row: OfflineBook | OfflinePeriod | OfflineSlip,
    step: str,
    by: Staff,
    at: datetime,
    **detail: object,
) -> None:
    trail.record(
        institution_id=row.institution_id,
        actor=by.label,
        action=f"authorization.{step}",
        subject=row.subject,
        at=at,
        detail=detail,
    )
