"""What imaging decides: what may be uploaded, who may look, how a page's state moves."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from foundation.imaging.rules._fields import Field, fields_of, words_agree
from foundation.imaging.rules._lines import Code, Line, compact, digits_of
from foundation.imaging.rules._refusals import (
    ClassNotAllowed,
    DamagedImage,
    EmptyUpload,
    EvidenceDamaged,
    LinkExpired,
    ManyPages,
    NoReason,
    NotAnImage,
    NotYetCopied,
    SameImage,
    StaleRescan,
    TooHeavy,
    TooManyBytes,
    TooManyPixels,
    TooSmall,
    UnknownClass,
    UnknownSide,
)
from foundation.imaging.rules._verifying import (
    DIFFERS,
    NOT_FOUND,
    SAME,
    Comparison,
    ReadPage,
    verify,
)
from foundation.kernel.flow import Flow, Step

__all__ = [
    "CLASSES",
    "DIFFERS",
    "FLOW",
    "FORMATS",
    "HAPPENINGS",
    "LINK_MINUTES",
    "NOT_FOUND",
    "PIXELS_MAX",
    "SAME",
    "SIDES",
    "ClassNotAllowed",
    "Code",
    "Comparison",
    "DamagedImage",
    "EmptyUpload",
    "EvidenceDamaged",
    "Field",
    "Happening",
    "Line",
    "LinkExpired",
    "ManyPages",
    "NoReason",
    "NotAnImage",
    "NotYetCopied",
    "ReadPage",
    "SameImage",
    "StaleRescan",
    "TooHeavy",
    "TooManyBytes",
    "TooManyPixels",
    "TooSmall",
    "UnknownClass",
    "UnknownSide",
    "check_kind",
    "check_may_view",
    "check_reason",
    "check_size",
    "check_upload",
    "clean_name",
    "compact",
    "digits_of",
    "fields_of",
    "is_blank",
    "likeness",
    "verify",
    "words_agree",
]

STORED, READ, UNREADABLE, REPLACED = "stored", "read", "unreadable", "replaced"
FLOW = Flow(
    Step("read", STORED, READ),
    Step("give_up", STORED, UNREADABLE),
    Step("read_again", UNREADABLE, STORED),
    Step("replace", STORED, REPLACED),
    Step("replace", READ, REPLACED),
    Step("replace", UNREADABLE, REPLACED),
)

# How long after its last try a page that an outage of the readers left unread is sent to them once
# more: after the first try, the second and so on; then it is left to people.
READ_AGAIN_AFTER = tuple(timedelta(minutes=5 * 4**tries) for tries in range(5))
# No page is looked for whose last try was longer ago than that, however long beat was away.
READ_AGAIN_WITHIN = timedelta(days=7)
READ_AGAIN_AT_ONCE = 200

VOUCHER, IDENTITY, SEAL, PHOTO = "voucher", "id", "seal", "photo"
CLASSES = (VOUCHER, IDENTITY, SEAL, PHOTO)
# Who may see identity documents may see the face beside them.
_SEEN_AS = {PHOTO: IDENTITY}
SIDES = ("front", "back")


@dataclass(frozen=True)
class Happening:
    """One kind of line in an image's timeline: its word and its sign."""

    text: str
    icon: str


HAPPENINGS: dict[str, Happening] = {
    "imaging.page.added": Happening("Uploaded", "upload"),
    "imaging.page.rescanned": Happening("Scanned again", "refresh"),
    "imaging.page.superseded": Happening("Replaced by a better scan", "refresh"),
    "imaging.page.copied": Happening("Copies made for screens", "copy"),
    "imaging.page.resembles": Happening("Looks like an earlier image", "alert-triangle"),
    "imaging.page.read": Happening("Read by OCR", "text-scan-2"),
    "imaging.page.unreadable": Happening("Not readable by OCR", "alert-triangle"),
    "imaging.page.read_again": Happening("Sent to OCR once more", "refresh"),
    "imaging.page.seen.view": Happening("Looked at", "eye"),
    "imaging.page.seen.ahead": Happening("Fetched ahead by a desk, not shown yet", "download"),
    "imaging.page.seen.slice": Happening("One field seen by a keyer", "eye"),
    "imaging.page.seen.thumb": Happening("Seen small, in a list", "eye"),
    "imaging.page.seen.original": Happening("Taken out with the viewer's mark", "download"),
}

# How long the address of an image holds while `imaging.link_minutes` has no value in force.
LINK_MINUTES = 15

# These bound what one upload may cost the machine; they are no business numbers.
FORMATS = ("JPEG", "PNG", "TIFF")
BYTES_MAX = 10 * 1024 * 1024
PIXELS_MAX = 20_000_000
SIDE_MIN = 64
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*")

# Of 1,024 bits of how two pages look, so few differ only between copies of one picture: measured 4
# to 18 when saved again, resized or brightened; 66 and more between two vouchers on one form.
ALIKE_BITS_MAX = 36


def check_bytes(*, size: int, field: str = "file") -> None:
    """Refuse a file of more bytes than a page may have: by its size, before it is read."""
    if size > BYTES_MAX:
        shown = f"{size / 1048576:.1f}"
        raise TooManyBytes(field=field, megabytes=shown, allowed=BYTES_MAX // 1048576)


def check_upload(*, data: bytes) -> None:
    """Refuse bytes that no page can be, before anything decodes them."""
    if not data:
        raise EmptyUpload(field="file")
    check_bytes(size=len(data))
    if not data.startswith(MAGIC):
        raise NotAnImage(field="file")


def check_size(*, width_px: int, height_px: int) -> None:
    """Refuse a picture with too little to read."""
    if min(width_px, height_px) < SIDE_MIN:
        raise TooSmall(field="file", width=width_px, height=height_px)


def check_kind(*, image_class: str, side: str) -> None:
    """Refuse a class or a side that does not exist."""
    if image_class not in CLASSES:
        raise UnknownClass(image_class=image_class)
    if side not in SIDES:
        raise UnknownSide(side=side)


def check_reason(*, reason: str) -> None:
    """Refuse to replace a page without a word of why."""
    if not reason.strip():
        raise NoReason(field="reason")


def check_may_view(*, image_class: str, permissions: Collection[str]) -> None:
    """Refuse a person whose roles do not cover the class: image_voucher_view and so on."""
    if f"image_{_SEEN_AS.get(image_class, image_class)}_view" not in permissions:
        raise ClassNotAllowed


def clean_name(name: str) -> str:
    """Return a file's name as it may be shown: no path, no control or reordering characters."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in plain if unicodedata.category(char)[0] != "C")[:80]


def is_blank(looks: str) -> bool:
    """Tell whether a picture has no look of its own, as the empty back of a slip.

    Half of the bits of a real picture stand above their median; an even surface has ties.
    """
    return int(looks, 16).bit_count() < 400


def likeness(one: str, other: str) -> int:
    """Return in how many of 1,024 bits two pictures look different."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
