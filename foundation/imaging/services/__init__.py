"""What imaging can do: open documents, keep pages, show them, record what was read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from foundation.imaging import events, gateways, rules, selectors
from foundation.imaging.models import Document, Page, PageQuality, Reading, Rescan
from foundation.imaging.rules import layouts as forms
from foundation.imaging.rules.batches import Quality
from foundation.imaging.selectors import layouts as known_forms
from foundation.kernel import bus
from foundation.people import services as people
from foundation.people.models import Staff
from foundation.trail import services as trail

WORKER = "system imaging"


@dataclass(frozen=True)
class Source:
    """What a worker needs of a page: its original bytes and their fingerprint."""

    data: bytes
    sha256: str


@dataclass(frozen=True)
class Shown:
    """A picture for a screen, already on the trail."""

    data: bytes
    content_type: str
    file_name: str


def open_document(
    *, institution_id: int, subject: str, kind: str, by: Staff, at: datetime
) -> Document:
    """Open a document for a subject; its pages follow."""
    assert connection.in_atomic_block, "a document belongs to the action that needs it"
    document: Document = Document.objects.create(
        institution_id=institution_id, subject=subject, kind=kind, opened_by=by.label, opened_at=at
    )
    trail.record(
        institution_id=institution_id,
        actor=by.label,
        action="imaging.document.opened",
        subject=f"imaging.document:{document.pk}",
        at=at,
        detail={"subject": subject, "kind": kind},
    )
    return document


def add_page(
    *,
    document_id: int,
    data: bytes,
    name: str,
    image_class: str,
    side: str,
    by: Staff,
    at: datetime,
    reused_because: str = "",
) -> Page:
    """Keep a page; refuse what is no sound image, and an image that was stored before.

    `reused_because` is a person's reason for using a stored image once more.
    """
    rules.check_kind(image_class=image_class, side=side)
    seen = gateways.examine(data=data)
    with transaction.atomic():
        document = Document.objects.select_for_update(of=("self",)).get(id=document_id)
        last = Page.objects.filter(document=document).order_by("-seq", "-id").first()
        page = _new_page(document, data, seen, by.label, at, reused_because=reused_because)
        page.name, page.image_class, page.side = rules.clean_name(name), image_class, side
        page.seq = last.seq + 1 if last else 1
        return _keep(page, document, data, action="imaging.page.added")


def add_piece(
    *, document: Document, piece: gateways.Piece, name: str, side: str, label: str, at: datetime
) -> Page:
    """Keep a picture of a scanner's file as the next page of a document that the caller locked."""
    last = Page.objects.filter(document=document).order_by("-seq", "-id").first()
    page = _new_page(document, piece.data, piece.seen, label, at)
    page.name, page.image_class, page.side = rules.clean_name(name), rules.VOUCHER, side
    page.seq = last.seq + 1 if last else 1
    return _keep(page, document, piece.data, action="imaging.page.added")


def rescan_page(
    *, page_id: int, data: bytes, name: str, reason: str, by: Staff, at: datetime
) -> Page:
    """Put a better scan in a page's place; the replaced one stays as evidence.

    Refuses without a reason, and when another rescan was first.
    """
    rules.check_reason(reason=reason)
    seen = gateways.examine(data=data)
    with transaction.atomic():
        old = (
            Page.objects.select_for_update(of=("self",)).select_related("document").get(id=page_id)
        )
        if old.state == rules.REPLACED:
            raise rules.StaleRescan
        old.state = rules.FLOW.after(old.state, "replace")
        old.replaced_because = reason.strip()[:120]
        old.save(update_fields=["state", "replaced_because"])
        page = _new_page(old.document, data, seen, by.label, at)
        page.name, page.image_class, page.side = rules.clean_name(name), old.image_class, old.side
        page.seq, page.version = old.seq, old.version + 1
        kept = _keep(page, old.document, data, action="imaging.page.rescanned")
        Rescan.objects.filter(page=old, done_at=None).update(done_by=kept, done_at=at)
        detail = {"by_page": kept.pk, "reason": old.replaced_because}
        _trail(old, by.label, "imaging.page.superseded", at, detail=detail)
        return kept


def read_again(*, page_id: int, by: Staff | None, at: datetime) -> Page:
    """Send an unreadable page to the engines once more, by a machine where nobody is named.

    Refuses in any other state.
    """
    with transaction.atomic():
        page: Page = Page.objects.select_for_update(of=("self",)).get(id=page_id)
        page.state = rules.FLOW.after(page.state, "read_again")
        page.save(update_fields=["state"])
        _trail(page, by.label if by else WORKER, "imaging.page.read_again", at)
        _publish_stored(page)
    return page


def show(
    *,
    page_id: int,
    use: str,
    viewer: Staff,
    permissions: Collection[str],
    at: datetime,
    where: str = "",
) -> Shown | None:
    """Return a picture of a page for a person, on the trail before it leaves.

    `use` is view, thumb, original, or ahead: the view of a page that a desk does not show yet, and
    tells of when it does (`seen`). None when no such page is in the person's scope. Refuses a
    class that the person may not see, a copy that is not made yet and a damaged file. The
    original never leaves as it is: its pixels do, with the viewer's name drawn across.
    """
    page = selectors.page(page_id=page_id)
    if page is None:
        return None
    rules.check_may_view(image_class=page.image_class, permissions=permissions)
    shown = _marked(page, viewer, at) if use == "original" else _copy_of(page, use)
    _record_use(page, use, viewer, at, where)
    return shown


def seen(
    *, page_id: int, viewer: Staff, permissions: Collection[str], at: datetime, where: str = ""
) -> bool:
    """Put on the trail that a page stands on a screen whose view was fetched ahead.

    False when no such page is in scope; refuses a class that the person may not see.
    """
    page = selectors.page(page_id=page_id)
    if page is None:
        return False
    rules.check_may_view(image_class=page.image_class, permissions=permissions)
    _record_use(page, "view", viewer, at, where)
    return True


def source_of(*, page_id: int) -> Source | None:
    """Return a page's original for a worker; None when the page is not to be worked on."""
    with people.acting_as_system(reason="imaging.source"):
        page = selectors.page(page_id=page_id)
    if page is None or page.state == rules.REPLACED:
        return None
    return Source(gateways.original(name=page.original, sha256=page.sha256), page.sha256)


def awaits(*, page_id: int) -> tuple[bool, bool]:
    """Tell whether a page still awaits its copies, and its reading."""
    with people.acting_as_system(reason="imaging.awaits"):
        page = selectors.page(page_id=page_id)
    if page is None:
        return False, False
    return page.view == "" and page.state != rules.REPLACED, page.state == rules.STORED


def record_copies(
    *,
    page_id: int,
    view: str,
    thumb: str,
    at: datetime,
    quality: Quality | None = None,
) -> None:
    """Note the names of the derived copies, which earlier page looks the same, and how good the
    scan is, once.
    """
    page: Page = Page.objects.select_for_update(of=("self",)).get(id=page_id)
    if page.view:
        return
    page.view, page.thumb = view, thumb
    page.resembles = selectors.like(page=page)
    page.save(update_fields=["view", "thumb", "resembles"])
    if quality:
        measured = {"institution_id": page.institution_id, "measured_at": at}
        PageQuality.objects.get_or_create(page=page, defaults=measured | asdict(quality))
        bus.publish(events.PageMeasured(page_id=page.pk, at=at))
    _trail(page, WORKER, "imaging.page.copied", at)
    if page.resembles_id:
        detail = {"resembles": page.resembles_id}
        _trail(page, WORKER, "imaging.page.resembles", at, result="warning", detail=detail)


def record_reading(
    *,
    page_id: int,
    text: gateways.PageText | None,
    failure: str,
    at: datetime,
    outage: bool = False,
) -> Reading | None:
    """Keep what an engine read on a stored page, or that none could; a second call does nothing.

    `outage` tells that the engines failed, and not the page.
    """
    page: Page = (
        Page.objects.select_for_update(of=("self",)).select_related("document").get(id=page_id)
    )
    if page.state != rules.STORED:
        return None
    page.state = rules.FLOW.after(page.state, "read" if text else "give_up")
    page.save(update_fields=["state"])
    last = selectors.reading(page_id=page_id)
    row = Reading(
        institution_id=page.institution_id,
        page=page,
        attempt=last.attempt + 1 if last else 1,
        outcome=page.state,
        failure="" if text else (failure or "no engine")[:200],
        outage=outage and not text,
        read_at=at,
    )
    if text:
        _fill(row, text)
    row.save(force_insert=True)
    detail = {"engine": row.engine, "fields": len(row.fields), "failure": row.failure}
    _trail(page, WORKER, f"imaging.page.{page.state}", at, result=row.outcome, detail=detail)
    bus.publish(
        events.PageRead(
            page_id=page.pk, document_id=page.document_id, subject=page.document.subject
        )
    )
    return row


def _new_page(
    document: Document,
    data: bytes,
    seen: gateways.Examined,
    label: str,
    at: datetime,
    *,
    reused_because: str = "",
) -> Page:
    """Return an unsaved page with everything that the bytes tell; refuse bytes stored before."""
    sha256 = gateways.fingerprint(data=data)
    before = selectors.same_image(sha256=sha256)
    if before and not reused_because.strip():
        raise rules.SameImage(
            field="file",
            day=f"{_local(before.stored_at):%Y-%m-%d}",
            subject=before.document.subject,
        )
    return Page(
        document=document,
        institution_id=document.institution_id,
        sha256=sha256,
        looks=seen.looks,
        format=seen.format,
        width_px=seen.width_px,
        height_px=seen.height_px,
        size_bytes=len(data),
        stored_by=label,
        stored_at=at,
        reused_because=reused_because.strip()[:120] if before else "",
    )


def _keep(page: Page, document: Document, data: bytes, *, action: str) -> Page:
    """Write bytes, row, trail and event; of two equal uploads at once the first wins."""
    page.original = gateways.keep_original(data=data, kind=page.format)
    try:
        with transaction.atomic():
            page.save(force_insert=True)
    except IntegrityError as error:
        if "imaging_image_once" not in str(error):
            raise
        day = f"{_local(page.stored_at):%Y-%m-%d}"
        raise rules.SameImage(field="file", day=day, subject=document.subject) from None
    detail = {"sha256": page.sha256, "document": document.pk, "version": page.version}
    if page.reused_because:
        detail["reused_because"] = page.reused_because
    _trail(page, page.stored_by, action, page.stored_at, detail=detail)
    _publish_stored(page)
    return page


def _publish_stored(page: Page) -> None:
    bus.publish(
        events.PageStored(
            page_id=page.pk,
            document_id=page.document_id,
            subject=page.document.subject,
            image_class=page.image_class,
        )
    )


def _record_use(page: Page, use: str, viewer: Staff, at: datetime, where: str) -> None:
    trail.record(
        institution_id=page.institution_id,
        actor=viewer.label,
        action=f"imaging.page.seen.{use}",
        subject=selectors.subject_of(page_id=page.pk),
        at=at,
        where=where,
        detail={"image_class": page.image_class, "document": page.document_id},
    )


def _copy_of(page: Page, use: str) -> Shown:
    name = page.thumb if use == "thumb" else page.view
    if not name:
        raise rules.NotYetCopied
    return Shown(gateways.copy(name=name), "image/webp", f"{page.pk}-{use}.webp")


def _marked(page: Page, viewer: Staff, at: datetime) -> Shown:
    data = gateways.original(name=page.original, sha256=page.sha256)
    mark = f"{viewer.label} {_local(at):%Y-%m-%d %H:%M}"
    return Shown(gateways.marked_jpeg(data=data, mark=mark), "image/jpeg", f"{page.pk}.jpg")


def _local(at: datetime) -> datetime:
    """Return the moment as the bank's clocks show it."""
    return at.astimezone(timezone.get_current_timezone())


def _fill(row: Reading, text: gateways.PageText) -> None:
    row.layout = known_forms.by_key(key=text.layout) if text.layout else None
    row.fit, row.strips = text.fit, [strip.kept for strip in text.strips]
    fields = (
        forms.fields_of_form(text.strips, row.layout.reads)
        if row.layout
        else rules.fields_of(lines=text.lines)
    )
    row.engine, row.engine_version = text.engine, text.version[:80]
    row.milliseconds = text.milliseconds
    row.lines = [asdict(line) for line in text.lines]
    row.fields = [asdict(field) for field in fields]
    row.codes = [asdict(code) for code in text.codes]
    row.words_agree = rules.words_agree(fields=fields)


def _trail(
    page: Page,
    actor: str,
    action: str,
    at: datetime,
    *,
    result: str = "ok",
    detail: Mapping[str, object] | None = None,
) -> None:
    trail.record(
        institution_id=page.institution_id,
        actor=actor,
        action=action,
        subject=selectors.subject_of(page_id=page.pk),
        at=at,
        result=result,
        detail=detail,
    )
