"""Hostile files of a scanner: each is turned away or encoded anew, and no worker dies of one.

The files are made here, after those with which decoders were broken before: lies about sizes,
loops of directories, bombs among good pages, two formats in one, bits flipped at random.
"""

import io
import json
import struct
import zipfile
from pathlib import Path
from random import Random
from unicodedata import category

import pytest
from PIL import Image

from foundation.imaging import gateways, rules
from foundation.imaging.rules import batches
from foundation.kernel.errors import Refused
from tests.factories import batches as factory
from tests.foundation.imaging.test_uploads import bomb

NAUGHTY = json.loads((Path(__file__).parents[2] / "data" / "naughty_strings.json").read_text())
GOOD = factory.tiff(*(factory.sheet(size=(300, 200)) for _page in range(2)))


def directories(*entries, loop=False):
    """Return a TIFF of one directory, which is its own next one in a loop."""
    body = struct.pack("<2sHI", b"II", 42, 8) + struct.pack("<H", len(entries))
    for tag, kind, count, value in entries:
        body += struct.pack("<HHII", tag, kind, count, value)
    return body + struct.pack("<I", 8 if loop else 0) + bytes(64)


SHAPE = ((256, 4, 1, 64), (257, 4, 1, 64), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
         (273, 4, 1, 150), (278, 4, 1, 64), (279, 4, 1, 4096))  # fmt: skip


def zipped():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../evil.sh", "x")
    return out.getvalue()


def huge_frame():
    """Return a TIFF whose second page has more pixels than any page may have."""
    return factory.tiff(Image.new("1", (100, 100)), Image.new("1", (9_000, 9_000)))


FILES = {
    "nothing but the mark of a TIFF": b"II*\x00",
    "big-endian nothing": b"MM\x00*" + bytes(4),
    "directory beyond the end": struct.pack("<2sHI", b"II", 42, 2**31),
    "directories in a loop": directories(*SHAPE, loop=True),
    "no size": directories((259, 3, 1, 1)),
    "lies about its size": directories((256, 4, 1, 2**31), (257, 4, 1, 2**31), *SHAPE[2:]),
    "a strip of four gigabytes": directories(*SHAPE[:-1], (279, 4, 1, 2**32 - 1)),
    "a million values in a tag": directories(*SHAPE[:2], (258, 3, 10**6, 8), *SHAPE[3:]),
    "an unknown compression": directories(*SHAPE[:3], (259, 3, 1, 0xDEAD), *SHAPE[4:]),
    "a bomb of its own": bomb(9_400),
    "a bomb among good pages": huge_frame(),
    "cut off": GOOD[: len(GOOD) // 2],
    "a JPEG that ends": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    "a PNG without pixels": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "a PDF with the mark of a JPEG": b"\xff\xd8\xff%PDF-1.7\n1 0 obj<<>>",
    "a zip": zipped(),
    "a page of markup": b"<html><script>alert(1)</script>",
}  # fmt: skip


def outcome(data):
    """Return the refusal's code, or the pieces; anything else is a fault."""
    try:
        return gateways.pieces(data=data)
    except Refused as refusal:
        return refusal.code


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_a_hostile_file_is_turned_away(data):
    assert outcome(data) in {"E5003", "E5004", "E5005", "E5006", "E5008"}


@pytest.mark.parametrize("seed", range(12))
def test_flipped_bits_are_refused_or_encoded_anew(seed):
    draw, data = Random(seed), bytearray(GOOD)
    for _flip in range(draw.choice([1, 8, 64])):
        data[draw.randrange(4, len(data))] ^= 1 << draw.randrange(8)

    found = outcome(bytes(data))

    if not isinstance(found, str):
        assert all(one.data.startswith(rules.MAGIC) for one in found)


def test_two_formats_in_one_file_leave_only_pixels():
    pages = outcome(GOOD + zipped())

    assert [one.data[:8] for one in pages] == [b"\x89PNG\r\n\x1a\n"] * 2
    assert all(b"evil.sh" not in one.data for one in pages)


def test_a_file_of_very_many_pictures_is_refused_early():
    pages = [Image.new("1", (64, 64))] * (batches.FRAMES_MAX + 1)

    assert outcome(factory.tiff(*pages)) == "E4112"


@pytest.mark.parametrize("text", NAUGHTY, ids=range(len(NAUGHTY)))
def test_no_text_of_a_barcode_or_name_makes_a_fault(text):
    frames = [batches.Seen(0, (text, f"{batches.COVER_MARK}{text}"))]

    (placed,) = batches.placed(frames, duplex=False, batch="04" + "0" * 15, begun=True)

    assert placed.part == batches.MAIN
    assert not [char for char in rules.clean_name(text) if category(char)[0] == "C"]
