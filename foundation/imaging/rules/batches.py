"""Batches of scanned vouchers: their states, their cover sheets, how files become documents.

The line of work is that of DOMAIN §5.1: hand-over list, receipt, scanning front and back, reading,
matching, closing of the outlet's day. What a page must look like is a dated number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from foundation.kernel import numbering
from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step

HANDED_OVER, RECEIVING, SCANNED = "handed_over", "receiving", "scanned"
READING, MATCHED, CLOSED = "reading", "matched", "closed"
BATCH_FLOW = Flow(
    Step("receive", HANDED_OVER, RECEIVING, "Receive"),
    Step("end_scan", RECEIVING, SCANNED, "End of scanning"),
    Step("receive", SCANNED, RECEIVING, "Scan what was forgotten"),
    Step("read", SCANNED, READING),
    Step("receive", READING, RECEIVING, "Scan what was forgotten"),
    Step("match", READING, MATCHED),
    Step("close", MATCHED, CLOSED),
)
# A batch takes files until its pages are read; only those that are not matched hold a day up.
TAKES = (HANDED_OVER, RECEIVING)
OPEN = (HANDED_OVER, RECEIVING, SCANNED, READING)

# Where a file came from, and how far it is.
UPLOAD, FOLDER = "upload", "folder"
SOURCES = (UPLOAD, FOLDER)
ARRIVED, TAKEN, TURNED_AWAY = "arrived", "taken", "turned_away"
FILE_FLOW = Flow(
    Step("take", ARRIVED, TAKEN),
    Step("turn_away", ARRIVED, TURNED_AWAY),
)

# What a picture of a file turned out to be.
COVER, MAIN, BACK, ATTACHMENT, AGAIN = "cover", "main", "back", "attachment", "again"
PARTS: Mapping[str, str] = {
    COVER: "Cover sheet",
    MAIN: "Main document",
    BACK: "Back",
    ATTACHMENT: "Attachment",
    AGAIN: "Same picture again",
}

CENTRE = "04"
TOPIC = "imaging.batch"
COVER_MARK = "OPB"
# The sticker on a sheet that belongs to the voucher before it.
ATTACHMENT_MARK = "OPATT"
SHEETS_MOST = 5000

# These bound what one file may cost the machine; they are no business numbers.
FILE_BYTES_MAX = 64 * 1024 * 1024
UPLOAD_BYTES_MAX = 4 * FILE_BYTES_MAX
FRAMES_MAX = 400
FRAMES_AT_ONCE = 8
# A PDF is only ever opened in the decoder's child, and drawn as a scanner would have.
PDF_MAGIC = b"%PDF-"
PDF_DPI = 200

NUMBERS = {
    "skew": "imaging.skew_tenths_most",
    "dark": "imaging.light_least",
    "blank": "imaging.ink_per_mille_least",
    "resolution": "imaging.side_pixels_least",
    "torn": "imaging.edge_per_mille_most",
}
FAULTS: Mapping[str, str] = {
    "skew": "Askew",
    "dark": "Too dark",
    "blank": "Blank",
    "resolution": "Too few pixels",
    "torn": "Torn or cut off",
    "unreadable": "Not readable for an auditor",
}


# What a person finds wrong with a page, and no measure does.
UNREADABLE = "unreadable"


class NoSuchBatch(Refused):
    """The batch is unknown, or not among those that the person may see."""

    code = "E4110"
    text = "There is no such batch among those you may see."


class BatchNotOpen(Refused):
    """A batch takes no file after its scanning ended."""

    code = "E4111"
    text = "The batch %(number)s takes no files any more."
    hint = "Open it for scanning again if a sheet was forgotten."


class TooManyFrames(Refused):
    """A file of so many pictures is cut in two by the scanner's operator."""

    code = "E4112"
    text = "The file holds %(count)s pictures; one file may hold %(most)s."
    hint = "Scan the batch in two parts."


class AttachmentFirst(Refused):
    """An attachment without a voucher before it would belong to nothing."""

    code = "E4113"
    text = "The file begins with an attachment, and there is no voucher before it."
    hint = "Scan the voucher that it belongs to first."


class CountDiffers(Refused):
    """What was scanned is not what the hand-over list says, and nobody said why."""

    code = "E4114"
    text = "The list says %(expected)s vouchers, %(scanned)s were scanned."
    hint = "Look for the missing sheet, or write a difference note."


class WrongSheets(Refused):
    """A hand-over list names at least one voucher."""

    code = "E4115"
    text = "A hand-over list has 1 to %(most)s vouchers."


class OtherBatch(Refused):
    """The cover sheet in the file is another batch's."""

    code = "E4116"
    text = "The cover sheet in the file is that of batch %(number)s."
    hint = "Upload the file to that batch."


class NoCover(Refused):
    """A file from the scanner's folder says by its cover sheet which batch it is of."""

    code = "E4117"
    text = "The file has no cover sheet of a known batch."
    hint = "Scan it again with the cover sheet on top, or upload it at its batch."


class FilesUnderWay(Refused):
    """Files that arrived are not taken apart yet."""

    code = "E4118"
    text = "%(count)s files of the batch are still being taken apart."
    hint = "Wait until the page shows that they are through."


class FileTooLarge(Refused):
    """The file is larger than a scanner's file may be."""

    code = "E4119"
    text = "The file has %(megabytes)s MB; a scanner's file may have %(allowed)s MB."
    hint = "Scan the batch in two parts."


class TooMuchAtOnce(Refused):
    """The files of one upload are larger together than the machine takes at a time."""

    code = "E4133"
    text = "The files have %(megabytes)s MB together; one upload may have %(allowed)s MB."
    hint = "Upload some of them now and the others afterwards."


class NoRescanAsked(Refused):
    """Nobody asked for the page to be scanned again, or it was done."""

    code = "E4120"
    text = "No rescan is asked for this page."


class NoRescanPossible(Refused):
    """Only the newest version of a page of a batch is scanned again."""

    code = "E4134"
    text = "This page cannot be asked for again."
    hint = (
        "Ask for the newest version of a page of a batch; an item's images are asked of its teller."
    )


class NothingSent(Refused):
    """The form came without a file."""

    code = "E4121"
    text = "Choose at least one file."


class DayNotScanned(Refused):
    """A day's books cannot be closed while its vouchers are still being scanned or read."""

    code = "E4122"
    text = "%(count)s batches of the day are not matched yet."
    hint = "End their scanning, and wait until every page is read."


class HandedOverOtherwise(Refused):
    """The caller's key was used for another hand-over list already."""

    code = "E4132"
    text = "This key was used for another hand-over list already."
    hint = "Make a new key for a new list."


class PdfLocked(Refused):
    """A PDF that is locked hides from us what it holds."""

    code = "E4131"
    text = "The PDF is locked by a password or by rights."
    hint = "Save it without protection, or scan the sheets as images."


@dataclass(frozen=True)
class Seen:
    """One picture of a file, as far as it decides where the picture belongs: its barcodes."""

    number: int
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Placed:
    """Where a picture belongs: which batch, which document of the file (from 0), as what.

    `batch` is empty where no cover sheet of the file says it; `document` is −1 for a cover, and for
    what is added to the last document that the batch has already.
    """

    number: int
    part: str
    batch: str
    document: int


@dataclass(frozen=True)
class Quality:
    """What was measured of a page: tenths of a degree, lightness 0–255, parts per thousand, pixels.

    `edge_per_mille` is the share of the border that is neither paper nor clean: torn or cut off.
    """

    skew_tenths: int
    light: int
    ink_per_mille: int
    edge_per_mille: int
    side_pixels: int


def batch_number(*, day: date, serial: int) -> str:
    """Return the 17 digits of a batch, with a check digit after Damm."""
    return numbering.item_number(centre=CENTRE, day=day, serial=serial)


def cover_text(number: str) -> str:
    """Return what the barcodes of a cover sheet say."""
    return f"{COVER_MARK}{number}"


def covered(codes: Sequence[str]) -> str:
    """Return the batch whose cover sheet carries one of the codes; nothing where none does."""
    for code in codes:
        number = code.strip().removeprefix(COVER_MARK)
        if code.startswith(COVER_MARK) and _is_batch(number):
            return number
    return ""


def check_sheets(sheets: int) -> None:
    """Refuse a hand-over list of nothing, or of more than a box holds."""
    if not 1 <= sheets <= SHEETS_MOST:
        raise WrongSheets(field="sheets", most=SHEETS_MOST)


def check_takes(*, state: str, number: str) -> None:
    """Refuse a file for a batch whose scanning ended."""
    if state not in TAKES:
        raise BatchNotOpen(number=number)


def check_file(*, size: int) -> None:
    """Refuse a file that is empty, or larger than a scanner's file may be."""
    if not size:
        raise NothingSent(field="scans")
    if size > FILE_BYTES_MAX:
        shown = f"{size / 1048576:.1f}"
        raise FileTooLarge(field="scans", megabytes=shown, allowed=FILE_BYTES_MAX // 1048576)


def check_files(*, sizes: Sequence[int]) -> None:
    """Refuse an upload by the sizes of its files, before one is read: each, and all together."""
    for size in sizes:
        check_file(size=size)
    if sum(sizes) > UPLOAD_BYTES_MAX:
        shown = f"{sum(sizes) / 1048576:.1f}"
        raise TooMuchAtOnce(field="scans", megabytes=shown, allowed=UPLOAD_BYTES_MAX // 1048576)


def check_frames(count: int) -> None:
    """Refuse a file of too many pictures."""
    if count > FRAMES_MAX:
        raise TooManyFrames(field="scans", count=count, most=FRAMES_MAX)


def check_count(*, expected: int, scanned: int, note: str) -> str:
    """Return the difference note to keep; refuse a difference that nobody explains."""
    if expected != scanned and not note.strip():
        raise CountDiffers(field="note", expected=expected, scanned=scanned)
    return note.strip()[:200] if expected != scanned else ""


def placed(frames: Sequence[Seen], *, duplex: bool, batch: str, begun: bool) -> Sequence[Placed]:
    """Return where each picture of a file belongs, in the order of the file.

    A cover sheet names the batch of what follows. Duplex, every second picture is the back of the
    one before; a sheet with the attachment sticker belongs to the voucher before it, every other
    sheet is a voucher of its own. `batch` is the batch that the file was uploaded to, if any, and
    `begun` whether it has a document already. Refuses an attachment to nothing, pictures without
    a batch, and the cover of another batch than the one uploaded to.
    """
    return tuple(_placing(frames, duplex, batch, begun))


def _placing(
    frames: Sequence[Seen],
    duplex: bool,  # noqa: FBT001 -- private
    batch: str,
    begun: bool,  # noqa: FBT001 -- private
) -> Iterator[Placed]:
    uploaded, document, back_of = batch, -1, ""
    for frame in frames:
        cover = covered(frame.codes)
        if cover:
            if uploaded and cover != uploaded:
                raise OtherBatch(field="scans", number=cover)
            begun, batch = begun and cover == batch, cover
            back_of = COVER if duplex else ""
            yield Placed(frame.number, COVER, batch, -1)
        elif back_of:
            yield Placed(frame.number, COVER if back_of == COVER else BACK, batch, document)
            back_of = ""
        elif not batch:
            raise NoCover(field="scans")
        elif ATTACHMENT_MARK in frame.codes:
            if not begun:
                raise AttachmentFirst(field="scans")
            back_of = BACK if duplex else ""
            yield Placed(frame.number, ATTACHMENT, batch, document)
        else:
            document, begun, back_of = document + 1, True, BACK if duplex else ""
            yield Placed(frame.number, MAIN, batch, document)


def faults(quality: Quality, *, limits: Mapping[str, int], back: bool) -> Sequence[str]:
    """Return what is wrong with a page by the numbers in force; a back may be blank."""
    found = {
        "skew": abs(quality.skew_tenths) > limits["skew"],
        "dark": quality.light < limits["dark"],
        "blank": quality.ink_per_mille < limits["blank"] and not back,
        "resolution": quality.side_pixels < limits["resolution"],
        "torn": quality.edge_per_mille > limits["torn"],
    }
    return tuple(name for name, wrong in found.items() if wrong)


def _is_batch(number: str) -> bool:
    try:
        return numbering.parse_item_number(number).centre == CENTRE
    except numbering.NotAnItemNumber:
        return False
