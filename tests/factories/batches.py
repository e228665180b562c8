"""Batches of an outlet's vouchers as the centre meets them: handed over, scanned, asked again."""

from __future__ import annotations

import io
from datetime import datetime
from hashlib import sha256
from itertools import count

from PIL import Image, ImageDraw

from foundation.imaging import events, gateways
from foundation.imaging.models import Batch, Frame, PageQuality, Rescan
from foundation.imaging.rules.batches import Quality, cover_text
from foundation.imaging.services import batches as services
from foundation.imaging.services import rescans
from foundation.people.models import Institution, Staff
from tests.factories.people import DAY, NOON

GOOD = Quality(skew_tenths=0, light=240, ink_per_mille=60, edge_per_mille=0, side_pixels=1654)
BAD = Quality(skew_tenths=45, light=60, ink_per_mille=60, edge_per_mille=0, side_pixels=1654)
_tints = count(1)


def handed_over(outlet: Institution, by: Staff, *, sheets: int = 2, duplex: bool = False) -> Batch:
    """Hand a day's vouchers over."""
    return services.hand_over(
        institution_id=outlet.pk, business_date=DAY, sheets=sheets, duplex=duplex, by=by, at=NOON
    )


def piece(number: int, *codes: str) -> gateways.Piece:
    """Return a picture of a file that looks like no other, without a child process."""
    data = png(Image.effect_noise((96, 80), 20 + next(_tints) % 100))
    looks = (sha256(data).hexdigest() * 4)[:256]
    return gateways.Piece(number, data, gateways.Examined("PNG", 96, 80, looks), codes)


def scanned(batch: Batch, by: Staff, *codes: tuple[str, ...]) -> list[Frame]:
    """Let a file of so many pictures, each with its barcodes, come in and be taken apart."""
    file, _new = services.receive(
        batch_id=batch.pk, data=f"file {next(_tints)}".encode(), name="scan.tif", by=by, at=NOON
    )
    pieces = [piece(number, *found) for number, found in enumerate(codes)]
    services.take_apart(file_id=file.pk, pieces=pieces, refusal="", at=NOON)
    batch.refresh_from_db()
    return list(Frame.objects.filter(file=file).order_by("number"))


def asked_again(batch: Batch, by: Staff) -> Rescan:
    """Let a page of the batch come in that is too askew and too dark."""
    (frame,) = scanned(batch, by, ())
    measure(frame, BAD)
    asked: Rescan = Rescan.objects.get(page=frame.page)
    return asked


def measure(frame: Frame, quality: Quality, at: datetime = NOON) -> None:
    """Let the quality of a picture's page have been measured."""
    PageQuality.objects.create(
        institution_id=frame.institution_id, page=frame.page, measured_at=at, **vars(quality)
    )
    rescans.on_page_measured(events.PageMeasured(page_id=frame.page_id, at=at))


def sheet(text: str = "", *, code: str = "", size: tuple[int, int] = (827, 583)) -> Image.Image:
    """Draw a sheet with lines of ink of its own, and a barcode where one is given."""
    import zxingcpp

    picture = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(picture)
    number = next(_tints)
    for row in range(12):
        width = 200 + (number * 97 + row * 53) % 500
        pen.rectangle((40, 60 + row * 40, 40 + width, 72 + row * 40), fill="black")
    pen.text((40, 20), f"{text} {number}", fill="black")
    if code:
        made = zxingcpp.write_barcode_to_image(
            zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode), scale=5
        )
        mark = Image.frombytes("L", (made.shape[1], made.shape[0]), bytes(memoryview(made)))
        pen.rectangle((500, 200, size[0], size[1]), fill="white")
        picture.paste(mark, (540, 240))
    return picture


def cover(batch: Batch) -> Image.Image:
    """Draw the cover sheet of a batch."""
    return sheet(code=cover_text(batch.number))


def tiff(*pictures: Image.Image) -> bytes:
    """Return the pictures as one file of several pages."""
    out = io.BytesIO()
    pictures[0].save(out, "TIFF", save_all=True, append_images=pictures[1:], compression="tiff_lzw")
    return out.getvalue()


def png(picture: Image.Image) -> bytes:
    """Return a picture as a file of its own."""
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
