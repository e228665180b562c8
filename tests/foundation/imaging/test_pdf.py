"""PDFs of a scanner: drawn page by page in the decoder's child; hostile ones are turned away."""

from __future__ import annotations

import io
import zlib
from random import Random

import pytest
from PIL import Image

from foundation.imaging import gateways
from foundation.imaging.gateways import _decoding
from foundation.imaging.rules import batches
from foundation.kernel.errors import Refused
from tests.factories import batches as factory

NESTED = b"[" * 200_000 + b"]" * 200_000


def pdf(*bodies: bytes, root: int = 1, more: bytes = b"") -> bytes:
    """Return a PDF of these objects, numbered from one."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root %d 0 R%s>>\n" % (len(places) + 1, root, more)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % table)


def stream(data: bytes, told: bytes = b"", length: int | None = None) -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (
        told, len(data) if length is None else length, data,
    )  # fmt: skip


PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R%s>>"
CATALOG = b"<</Type/Catalog/Pages 2 0 R%s>>"
SQUARE = stream(b"0 0 0 rg 100 100 200 200 re f")


def whole(*, catalog=b"", page=b"", content=SQUARE, more=b"", extra=()):
    return pdf(CATALOG % catalog, PAGES, PAGE % page, content, *extra, more=more)


def scanned(*pictures, **how):
    out = io.BytesIO()
    first, *rest = pictures
    first.save(out, "PDF", save_all=True, append_images=rest, resolution=200, **how)
    return out.getvalue()


def picture_bomb():
    """Return a page with a picture of 2.5 billion pixels in a few kilobytes."""
    zeros = zlib.compress(bytes(50_000_000), 9)
    told = b"/Type/XObject/Subtype/Image/Width 50000/Height 50000/ColorSpace/DeviceRGB"
    told += b"/BitsPerComponent 8/Filter/FlateDecode"
    use = stream(b"595 0 0 842 0 0 cm /P Do")
    held = b"/Resources<</XObject<</P 5 0 R>>>>"
    return whole(page=held, content=use, extra=[stream(zeros, told)])


def form_loop():
    told = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>"
    again = stream(b"/F Do " * 50, told)
    held = b"/Resources<</XObject<</F 5 0 R>>>>"
    return whole(page=held, content=stream(b"/F Do"), extra=[again])


ENCRYPTED = b"/Encrypt<</Filter/Standard/V 1/R 2/O(%s)/U(%s)/P -4>>" % (b"o" * 32, b"u" * 32)
ENCRYPTED += b"/ID[(0123456789abcdef)(0123456789abcdef)]"
EMBEDDED = (
    b"/Names<</EmbeddedFiles<</Names[(evil.sh)<</Type/Filespec/F(evil.sh)/EF<</F 5 0 R>>>>]>>>>"
)
BAD = {
    "nothing but the mark": (b"%PDF-1.7\n", {"E5003", "E5004", "E5005"}),
    "cut off": (scanned(factory.sheet())[:2000], {"E5003", "E5004", "E5005", "E5008"}),
    "locked by a password": (whole(more=ENCRYPTED), {"E4131"}),
    "no page": (pdf(CATALOG % b"", b"<</Type/Pages/Kids[]/Count 0>>"), {"E5005", "E5004"}),
    "a tree of pages in a loop": (
        pdf(CATALOG % b"", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2147483647>>"),
        {"E4112", "E5004", "E5005", "E5006", "E5008"},
    ),
    "more pages than it has": (
        pdf(CATALOG % b"", b"<</Type/Pages/Kids[3 0 R]/Count 300>>", PAGE % b"", SQUARE),
        {"E5004", "E5005", "E5008"},
    ),
    "a page of a mile": (
        pdf(CATALOG % b"", PAGES, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 14000000 14000000]>>"),
        {"E5006", "E5005", "E5004"},
    ),
    "lists in lists": (pdf(CATALOG % (b"/X " + NESTED), PAGES, PAGE % b"", SQUARE), None),
    "a picture that is a bomb": (picture_bomb(), None),
    "a form within itself": (form_loop(), None),
    "a length of gigabytes": (whole(content=stream(b"x", length=2**40)), None),
}  # fmt: skip


def outcome(data):
    """Return the refusal's code, or the pieces; anything else is a fault."""
    try:
        return gateways.pieces(data=data)
    except Refused as refusal:
        return refusal.code


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Give a child less time than it has at work, so that what hangs ends sooner."""
    monkeypatch.setattr(_decoding, "CPU_SECONDS", 3)


def test_each_page_of_a_scanned_pdf_becomes_a_picture_with_its_barcodes():
    pages = [factory.sheet("一", code="OPATT"), factory.sheet("二"), factory.sheet("三")]

    found = gateways.pieces(data=scanned(*pages))

    assert [one.number for one in found] == [0, 1, 2]
    assert found[0].codes == ("OPATT",)
    assert {one.seen.format for one in found} == {"PNG"}
    with Image.open(io.BytesIO(found[0].data)) as drawn:
        assert drawn.size == pytest.approx(pages[0].size, abs=2), "drawn at 200 dots an inch"


def test_a_pdf_of_one_page_is_drawn_too_and_never_kept_as_a_page():
    (only,) = gateways.pieces(data=scanned(factory.sheet()))

    assert only.data.startswith(b"\x89PNG")


def test_a_pdf_of_very_many_pages_is_refused_early():
    tree = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b"3 0 R " * 401, batches.FRAMES_MAX + 1)

    assert outcome(pdf(CATALOG % b"", tree, PAGE % b"", SQUARE)) == "E4112"


@pytest.mark.parametrize("name", BAD)
def test_a_hostile_pdf_ends_in_a_refusal_or_in_pixels(name):
    data, codes = BAD[name]

    found = outcome(data)

    if codes is None:
        pixels = isinstance(found, tuple) and all(p.data.startswith(b"\x89PNG") for p in found)
        assert pixels or found in {"E5003", "E5004", "E5005", "E5006", "E5008"}
    else:
        assert found in codes


@pytest.mark.parametrize(
    "catalog",
    [
        b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\);while\\(1\\){})>>",
        b"/OpenAction<</S/Launch/F(/bin/sh)>>",
        b"/OpenAction<</S/URI/URI(http://127.0.0.1:9/)>>",
        EMBEDDED,
        b"/AcroForm<</XFA(<xdp/>)/Fields[]>>",
    ],
)
def test_scripts_launches_links_and_attachments_are_never_looked_at(catalog):
    (only,) = outcome(whole(catalog=catalog, extra=[stream(b"#!/bin/sh\nevil")]))

    assert b"evil" not in only.data
    assert only.data.startswith(b"\x89PNG")


@pytest.mark.parametrize("seed", range(12))
def test_flipped_bits_are_refused_or_drawn(seed):
    draw, data = Random(seed), bytearray(scanned(factory.sheet(), factory.sheet()))
    for _flip in range(draw.choice([1, 8, 64])):
        data[draw.randrange(5, len(data))] ^= 1 << draw.randrange(8)

    found = outcome(bytes(data))

    if not isinstance(found, str):
        assert all(one.data.startswith(b"\x89PNG") for one in found)


def test_the_decoder_lives_on_after_all_of_it():
    outcome(picture_bomb())

    assert len(gateways.pieces(data=scanned(factory.sheet(), factory.sheet()))) == 2
