"""The images of a form and of a sent item: what is there, what is missing, who may add."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import connection, transaction

from authorization import rules, selectors
from authorization.models import LaterScan, Request
from authorization.services._queueing import told
from authorization.services.missing import overtake
from foundation.imaging import selectors as imaging_selectors
from foundation.imaging import services as imaging
from foundation.imaging.models import Document, Page
from foundation.imaging.rules import SameImage
from foundation.kernel.calendar import local
from foundation.people.models import Staff
from foundation.ui import live

VOUCHER = "voucher"


@transaction.atomic
def attach(
    *,
    key: UUID,
    teller: Staff,
    data: bytes,
    name: str,
    image_class: str,
    at: datetime,
    side: str = "front",
) -> Page:
    """Keep one image of the item being entered, or of one that is with its teller again.

    Refuses a file that is no safe image, and any image while others look at the item. The voucher
    of an item that was posted without it is kept for anybody of its outlet, once: it is whole then.

    The same bytes sent again, since the answer was lost, are the page that was kept.
    """
    take_turns(key=key)
    subject = selectors.draft_subject(key=key)
    found = imaging_selectors.documents(subject=subject)
    known = imaging_selectors.same_page(subject=subject, image_class=image_class, data=data)
    if known is not None:
        return known
    awaited = _check_images_open(key, teller, image_class)
    document = found[0] if found else _open(key, teller, at)
    kept = partial(
        imaging.add_page,
        document_id=document.pk,
        data=data,
        name=name,
        image_class=image_class,
        side=side,
        by=teller,
        at=at,
    )
    try:
        page = kept()
    except SameImage as refusal:
        if not _unsent(str(refusal.params["subject"])):
            raise
        page = kept(reused_because="the form it was added to was never sent")
    if awaited is not None and rules.slot_of(image_class, side) == rules.SLOTS[VOUCHER]:
        _scanned(awaited, teller, at)
    return page


def take_turns(*, key: UUID) -> None:
    """Let calls with one key come one after the other, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [str(key)])


def _unsent(subject: str) -> bool:
    """Tell whether a subject is a form that nobody sent, whose images are free again."""
    prefix, _, key = subject.partition(":")
    if f"{prefix}:" != selectors.draft_subject(key="") or not key:
        return False
    return not Request.objects.filter(key=key).exists()


def _check_images_open(key: UUID, teller: Staff, image_class: str) -> LaterScan | None:
    """Refuse a further image of a sent item, unless its own teller was asked for it.

    Or its voucher follows its posting: then return what is awaited.
    """
    sent = Request.objects.select_for_update(of=("self",)).filter(key=key).first()
    if sent is None:
        return None
    if sent.state == rules.POSTED and image_class == VOUCHER:
        awaited = selectors.awaited_scan(request=sent)
        if awaited is not None and sent.institution_id == teller.institution_id:
            return awaited
    asked = selectors.open_inquiry(request=sent) if sent.state == rules.ON_HOLD else None
    with_teller = sent.state == rules.RETURNED or (asked and asked.kind == rules.RESCAN)
    if sent.teller_id != teller.pk or not with_teller:
        raise rules.ImagesClosed(field="image")
    return None


@dataclass(frozen=True)
class Images:
    """The document of a form, and within how many minutes of posting its voucher follows."""

    document_id: int
    scan_minutes: int | None = None


def images_of(
    *, key: UUID, trade: rules.TradeCode, teller: Staff, on: Callable[[], date], at: datetime
) -> Images:
    """Return the images of a form; refuse one in which some are missing.

    But the voucher's, where the rule of the day `on` lets it follow.
    """
    found = imaging_selectors.documents(subject=selectors.draft_subject(key=key))
    pages = imaging_selectors.pages(document_id=found[0].pk) if found else ()
    there = {rules.slot_of(page.image_class, page.side) for page in pages}
    voucher, minutes = rules.SLOTS[VOUCHER], None
    if voucher not in there:
        minutes = _minutes(key, trade, teller, on)
        if minutes is None:
            raise rules.ImageMissing(field="images")
    if not {*rules.slots_needed(trade)} - {voucher} <= there:
        raise rules.SlotEmpty(field="images")
    if found:
        return Images(found[0].pk, minutes)
    take_turns(key=key)
    found = imaging_selectors.documents(subject=selectors.draft_subject(key=key))
    return Images((found[0] if found else _open(key, teller, at)).pk, minutes)


def await_scan(*, request: Request, at: datetime) -> None:
    """Keep until when the voucher of an item that was posted without it is to be there."""
    if request.scan_minutes is None:
        return
    pages = imaging_selectors.pages(document_id=request.document_id)
    if rules.SLOTS[VOUCHER] in {rules.slot_of(page.image_class, page.side) for page in pages}:
        return
    LaterScan.objects.create(
        institution_id=request.institution_id,
        request=request,
        teller_id=request.teller_id,
        business_date=request.business_date,
        due_at=at + timedelta(minutes=request.scan_minutes),
    )
    live.tell("authorization", request.institution_id)


def _minutes(
    key: UUID, trade: rules.TradeCode, teller: Staff, on: Callable[[], date]
) -> int | None:
    """Return within how many minutes a voucher may follow; as it was sent, once it is sent."""
    sent: Request | None = Request.objects.filter(key=key).exclude(state=rules.RETURNED).first()
    if sent is not None:
        known: int | None = sent.scan_minutes
        return known
    rule = selectors.rule_in_force(
        trade_code=trade.code, on=on(), institution_id=teller.institution_id
    )
    return rule.scanned_within


def _open(key: UUID, teller: Staff, at: datetime) -> Document:
    return imaging.open_document(
        institution_id=teller.institution_id,
        kind=VOUCHER,
        subject=selectors.draft_subject(key=key),
        by=teller,
        at=at,
    )


def _scanned(awaited: LaterScan, teller: Staff, at: datetime) -> None:
    awaited.scanned_at, awaited.scanned_by_label = at, teller.label
    awaited.scanned_by = teller
    awaited.save(update_fields=["scanned_at", "scanned_by", "scanned_by_label"])
    overtake(scan=awaited, at=at)
    told(
        request=awaited.request,
        step="scan_later",
        actor=teller.label,
        at=at,
        until=f"{local(awaited.due_at):%Y-%m-%d %H:%M}",
    )
    live.tell("authorization", awaited.institution_id)
