"""What can be done with batches: hand over, receive files, take them apart, end the scanning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localdate

from foundation.imaging import events, gateways, selectors, services
from foundation.imaging import rules as pages
from foundation.imaging.models import Batch, BatchFile, Document, Frame, Page
from foundation.imaging.rules import batches as rules
from foundation.imaging.selectors import batches as selected
from foundation.kernel import bus, numbering
from foundation.kernel.errors import Refused
from foundation.people import selectors as institutions
from foundation.people import services as people
from foundation.people.models import Staff
from foundation.trail import services as trail
from foundation.ui import live

SCANNER = "system scanner"
KIND = "batch"


@dataclass(frozen=True)
class Source:
    """What a worker needs of a file: its bytes."""

    data: bytes


@transaction.atomic
def hand_over(
    *,
    institution_id: int,
    business_date: date,
    sheets: int,
    by: Staff,
    at: datetime,
    duplex: bool = False,
    key: UUID | None = None,
) -> Batch:
    """Give a number to the vouchers of a hand-over list; refuse a list of none.

    The same key with the same list is the first batch again; with another list it is refused.
    """
    rules.check_sheets(sheets)
    listed = (business_date, sheets, duplex)
    if key is not None and (known := _handed_before(key, institution_id, listed)) is not None:
        return known
    batch: Batch = Batch.objects.create(
        institution_id=institution_id,
        number=_next_number(localdate(at)),
        business_date=business_date,
        sheets=sheets,
        duplex=duplex,
        key=key,
        handed_by=by,
        handed_at=at,
    )
    _tell(batch, "hand_over", by.label, at, count=sheets)
    return batch


@transaction.atomic
def receive(
    *, batch_id: int, data: bytes, name: str, by: Staff, at: datetime
) -> tuple[BatchFile, bool]:
    """Keep a file that a person brought; a worker takes it apart. The same bytes change nothing.

    Returns the file, and whether it is new. Refuses a batch whose scanning ended, and what no file
    of a scanner can be.
    """
    rules.check_file(size=len(data))
    batch = _locked(batch_id)
    known = _known_file(data)
    if known is not None:
        return known, False
    try:
        with transaction.atomic():
            file = _arrive(batch, data, name, at, source=rules.UPLOAD, label=by.label)
    except IntegrityError as error:
        if "imaging_file_once" not in str(error):
            raise
        # Somebody brought the same bytes to another batch of the outlet at the same moment.
        return BatchFile.objects.get(sha256=gateways.fingerprint(data=data)), False
    bus.publish(events.FileArrived(file_id=file.pk, subject=batch.trail_subject))
    return file, True


def file_source(*, file_id: int) -> Source | None:
    """Return the bytes of a file that waits to be taken apart; None for any other."""
    with people.acting_as_system(reason="imaging.file"):
        file = BatchFile.objects.filter(id=file_id, state=rules.ARRIVED).first()
    return Source(gateways.original(name=file.original, sha256=file.sha256)) if file else None


@transaction.atomic
def take_apart(
    *, file_id: int, pieces: Sequence[gateways.Piece], refusal: str, at: datetime
) -> BatchFile | None:
    """Make documents and pages of a file's pictures, or turn it away; once."""
    rows = BatchFile.objects.select_for_update(of=("self",)).filter(id=file_id)
    file: BatchFile | None = rows.first()
    if file is None or file.state != rules.ARRIVED:
        return None
    batch = _locked(file.batch_id)
    code = refusal
    if not code:
        try:
            with transaction.atomic():
                _take(file, batch, pieces, at)
        except Refused as error:
            code = error.code
    if code:
        _end_file(file, "turn_away", at, refusal=code)
        _tell(batch, "turn_away", SCANNER, at, result=code, file=file.name)
    return file


def sweep(*, folder: Path, at: datetime) -> int:
    """Take in what a scanner wrote into its folder; return how many files were taken.

    A file goes to `done` once it is kept, to `refused` where it cannot be; known bytes are kept
    already. A crash in between leaves it where it lies, for the next time.
    """
    taken = 0
    for path in gateways.waiting_files(folder=folder):
        try:
            _sweep_one(path, at)
        except Refused as error:
            _tell_refused(path.name, error.code, at)
            gateways.file_away(path=path, refused=True)
        else:
            gateways.file_away(path=path, refused=False)
            taken += 1
    return taken


@transaction.atomic
def end_scan(*, batch_id: int, note: str, by: Staff, at: datetime) -> Batch:
    """End the scanning; refuse files under way, and another count than listed without a note."""
    batch = _locked(batch_id)
    under_way = BatchFile.objects.filter(batch=batch, state=rules.ARRIVED).count()
    if under_way:
        raise rules.FilesUnderWay(count=under_way)
    state = rules.BATCH_FLOW.after(batch.state, "end_scan")
    scanned = selected.scanned(batch_id=batch.pk)
    batch.note = rules.check_count(expected=batch.sheets, scanned=scanned, note=note)
    batch.scanned_by, batch.scanned_at = by, at
    batch.state = state
    batch.save(update_fields=["note", "scanned_by", "scanned_at", "state"])
    _tell(batch, "end_scan", by.label, at, count=scanned, remark=batch.note)
    _begin_reading(batch, at)
    return batch


@transaction.atomic
def receive_more(*, batch_id: int, by: Staff, at: datetime) -> Batch:
    """Open a batch for scanning again, because a sheet was forgotten."""
    batch = _locked(batch_id)
    batch.state, batch.read_at = rules.BATCH_FLOW.after(batch.state, "receive"), None
    batch.save(update_fields=["state", "read_at"])
    _tell(batch, "receive_more", by.label, at)
    return batch


def on_page_read(event: events.PageRead) -> None:
    """See whether a batch is read through with this page."""
    found = selected.batch_of(subject=event.subject)
    if found is not None and found.state == rules.READING:
        _see_if_read(_locked(found.pk), None)


def matched(*, institution_id: int, business_date: date, at: datetime) -> int:
    """Note that a day was set beside the journal; return how many batches that were read it was."""
    assert connection.in_atomic_block, "the batches are matched with their day"
    return _step_all(institution_id, business_date, "match", at)


def close_day(*, institution_id: int, business_date: date, at: datetime) -> int:
    """Close the batches of a day with it; refuse while one of them is not matched."""
    assert connection.in_atomic_block, "the batches are closed with their day"
    rows = Batch.objects.filter(institution_id=institution_id, business_date=business_date)
    if waiting := rows.filter(state__in=rules.OPEN).count():
        raise rules.DayNotScanned(count=waiting)
    return _step_all(institution_id, business_date, "close", at)


def _step_all(institution_id: int, on: date, step: str, at: datetime) -> int:
    source = rules.READING if step == "match" else rules.MATCHED
    rows = Batch.objects.select_for_update(of=("self",)).filter(
        institution_id=institution_id, business_date=on, state=source, read_at__isnull=False
    )
    found = tuple(rows.order_by("id"))
    for batch in found:
        batch.state = rules.BATCH_FLOW.after(batch.state, step)
        batch.matched_at = at if step == "match" else batch.matched_at
        batch.closed_at = at if step == "close" else None
        batch.save(update_fields=["state", "matched_at", "closed_at"])
        _tell(batch, f"{step}_batch", services.WORKER, at)
    return len(found)


def _handed_before(key: UUID, place: int, listed: tuple[date, int, bool]) -> Batch | None:
    """Return the batch of a key; refuse it for another list. Equal calls come one after another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 4))", [str(key)])
    known: Batch | None = Batch.objects.filter(institution_id=place, key=key).first()
    if known is not None and (known.business_date, known.sheets, known.duplex) != listed:
        raise rules.HandedOverOtherwise
    return known


def _begin_reading(batch: Batch, at: datetime) -> None:
    batch.state = rules.BATCH_FLOW.after(batch.state, "read")
    batch.save(update_fields=["state"])
    _see_if_read(batch, at)


def _see_if_read(batch: Batch, at: datetime | None) -> None:
    """Tell once that a batch is read through; whoever comes last holds the lock and sees all."""
    if batch.state != rules.READING or batch.read_at or selected.unread(batch_id=batch.pk):
        return
    batch.read_at = at or _last_reading(batch)
    batch.save(update_fields=["read_at"])
    _tell(batch, "read_through", services.WORKER, batch.read_at)
    bus.publish(
        events.BatchRead(
            batch_id=batch.pk,
            institution_id=batch.institution_id,
            business_date=str(batch.business_date),
            subject=batch.trail_subject,
        )
    )


def _last_reading(batch: Batch) -> datetime:
    moment: datetime = selected.last_reading(batch_id=batch.pk)
    return moment


def _sweep_one(path: Path, at: datetime) -> None:
    data = gateways.scanned_bytes(path=path)
    with people.acting_as_system(reason="imaging.folder"):
        if _known_file(data) is not None:
            return
    pieces = gateways.pieces(data=data)
    number = rules.covered(pieces[0].codes)
    with people.acting_as_system(reason="imaging.folder"), transaction.atomic():
        found = Batch.objects.filter(number=number).first() if number else None
        if found is None:
            raise rules.NoCover
        batch = _locked(found.pk)
        if _known_file(data) is None:
            file = _arrive(batch, data, path.name, at, source=rules.FOLDER, label=SCANNER)
            _take(file, batch, pieces, at)


def _arrive(
    batch: Batch, data: bytes, name: str, at: datetime, *, source: str, label: str
) -> BatchFile:
    rules.check_takes(state=batch.state, number=batch.number)
    file: BatchFile = BatchFile.objects.create(
        institution_id=batch.institution_id,
        batch=batch,
        sha256=gateways.fingerprint(data=data),
        name=pages.clean_name(name) or "—",
        source=source,
        size_bytes=len(data),
        original=gateways.keep_file(data=data),
        came_by=label,
        came_at=at,
    )
    if batch.state == rules.HANDED_OVER:
        batch.state = rules.BATCH_FLOW.after(batch.state, "receive")
        batch.save(update_fields=["state"])
    _tell(batch, "receive_file", label, at, file=file.name, sha256=file.sha256)
    return file


def _take(file: BatchFile, batch: Batch, pieces: Sequence[gateways.Piece], at: datetime) -> None:
    """Give each picture its row, and its page in the document that it belongs to."""
    last = selected.last_document(batch_id=batch.pk)
    placed = rules.placed(
        [rules.Seen(piece.number, piece.codes) for piece in pieces],
        duplex=batch.duplex,
        batch=batch.number,
        begun=last is not None,
    )
    document, opened = last, -1
    for piece, place in zip(pieces, placed, strict=True):
        if place.part == rules.COVER:
            _frame(file, batch, piece, rules.COVER, None)
            continue
        before = selectors.same_image(sha256=gateways.fingerprint(data=piece.data))
        if before is not None and place.part == rules.MAIN:
            # What follows belongs to the sheet that this is again, not to the one before it.
            here = before.document.subject == batch.trail_subject
            document, opened = before.document if here else None, place.document
        elif before is None and place.document > opened:
            document, opened = _open(batch, file.came_by, at), place.document
        if before is not None or document is None:
            _frame(file, batch, piece, rules.AGAIN, None)
            continue
        side = "back" if place.part == rules.BACK else "front"
        page = services.add_piece(
            document=document, piece=piece, name=file.name, side=side, label=file.came_by, at=at
        )
        _frame(file, batch, piece, place.part, page)
    _end_file(file, "take", at)
    _tell(batch, "take_apart", SCANNER, at, file=file.name, count=len(pieces))


def _open(batch: Batch, label: str, at: datetime) -> Document:
    document: Document = Document.objects.create(
        institution_id=batch.institution_id,
        subject=batch.trail_subject,
        kind=KIND,
        opened_by=label,
        opened_at=at,
    )
    return document


def _frame(
    file: BatchFile, batch: Batch, piece: gateways.Piece, part: str, page: Page | None
) -> None:
    Frame.objects.create(
        institution_id=batch.institution_id,
        file=file,
        batch=batch,
        number=piece.number,
        part=part,
        page=page,
    )


def _end_file(file: BatchFile, step: str, at: datetime, refusal: str = "") -> None:
    file.state = rules.FILE_FLOW.after(file.state, step)
    file.done_at, file.refusal = at, refusal
    file.save(update_fields=["state", "done_at", "refusal"])


def _known_file(data: bytes) -> BatchFile | None:
    found: BatchFile | None = (
        BatchFile.objects.filter(sha256=gateways.fingerprint(data=data))
        .exclude(state=rules.TURNED_AWAY)
        .first()
    )
    return found


def _locked(batch_id: int) -> Batch:
    batch: Batch | None = Batch.objects.select_for_update(of=("self",)).filter(id=batch_id).first()
    if batch is None:
        raise rules.NoSuchBatch
    return batch


def _next_number(day: date) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('imaging_batch_serial')")
        drawn = int(cursor.fetchone()[0])
    return rules.batch_number(day=day, serial=(drawn - 1) % numbering.SERIAL_MAX + 1)


def _tell_refused(name: str, code: str, at: datetime) -> None:
    """Write on the trail of the head office what the folder held and no batch is known of."""
    with people.acting_as_system(reason="imaging.folder"), transaction.atomic():
        trail.record(
            institution_id=institutions.root_id(),
            actor=SCANNER,
            action="imaging.turn_away",
            subject="imaging.folder:scans",
            at=at,
            result=code,
            detail={"file": pages.clean_name(name)},
        )


def _tell(batch: Batch, step: str, actor: str, at: datetime, **detail: object) -> None:
    result = str(detail.pop("result", "ok"))
    trail.record(
        institution_id=batch.institution_id,
        actor=actor,
        action=f"imaging.{step}",
        subject=batch.trail_subject,
        at=at,
        result=result,
        detail=detail,
    )
    live.tell(rules.TOPIC, batch.institution_id)
