"""Opening foreign image bytes in a child process with hard limits on memory, time and pixels."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundation.imaging import rules
from foundation.imaging.rules import batches

CHILD = Path(__file__).with_name("_decoder_child.py")
MEMORY_MIB = 1024
CPU_SECONDS = 10
WALL_SECONDS = 30
VIEW = {"side_max": 1680, "quality": 70, "bytes_max": 120_000}
THUMB = {"side_max": 160, "quality": 60, "bytes_max": 8_000}
FONTS = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
)
REFUSALS = {
    "many_pages": rules.ManyPages,
    "too_many_pixels": rules.TooManyPixels,
    "too_heavy": rules.TooHeavy,
    "damaged": rules.DamagedImage,
}


@dataclass(frozen=True)
class Examined:
    """What is known of an image after every pixel of it was decoded once."""

    format: str
    width_px: int
    height_px: int
    looks: str


@dataclass(frozen=True)
class Copies:
    """The two derived pictures that screens use."""

    view: bytes
    thumb: bytes
    quality: batches.Quality


@dataclass(frozen=True)
class Piece:
    """One picture of a file: its bytes, what is known of it, the texts of its barcodes."""

    number: int
    data: bytes
    seen: Examined
    codes: tuple[str, ...]


def examine(*, data: bytes) -> Examined:
    """Decode the whole image; refuse what is not a sound JPEG, PNG or TIFF of bearable size."""
    rules.check_upload(data=data)
    told, _ = _child(data, {"job": "examine"})
    rules.check_size(width_px=told["width"], height_px=told["height"])
    return Examined(told["format"], told["width"], told["height"], told["looks"])


def copies(*, data: bytes) -> Copies:
    """Return the view copy and the thumbnail, upright and without metadata."""
    told, (view, thumb) = _child(data, {"job": "copies", "copies": [VIEW, THUMB]})
    return Copies(view=view, thumb=thumb, quality=batches.Quality(**told["quality"]))


def pieces(*, data: bytes) -> tuple[Piece, ...]:
    """Return every picture of a file, some to a child process; refuse what `examine` refuses.

    Refuses a file of too many pictures too. The pictures of a file with several are encoded anew
    without loss; a single one keeps its bytes.
    """
    if not data.startswith(rules.MAGIC):
        raise rules.NotAnImage(field="scans")
    found: list[Piece] = []
    count = 1
    while len(found) < count:
        order = {"job": "split", "first": len(found), "most": batches.FRAMES_AT_ONCE}
        told, blobs = _child(data, order | {"frames_max": batches.FRAMES_MAX})
        count = told["count"]
        batches.check_frames(count)
        if not blobs:
            raise rules.DamagedImage(field="scans")
        found += [
            _piece(len(found) + place, told["frames"][place], blob or data)
            for place, blob in enumerate(blobs)
        ]
    return tuple(found)


def cropped(*, data: bytes, box: tuple[int, int, int, int]) -> bytes:
    """Return a box of the page as a WebP without metadata, enlarged where it is small."""
    _, (part,) = _child(data, {"job": "crop", "box": list(box)})
    return part


def _piece(number: int, told: dict[str, Any], data: bytes) -> Piece:
    rules.check_size(width_px=told["width"], height_px=told["height"])
    seen = Examined(told["format"], told["width"], told["height"], told["looks"])
    return Piece(number, data, seen, tuple(told["codes"]))


def clean_png(*, data: bytes) -> bytes:
    """Return the pixels as a PNG of our own making, the only thing that OCR engines are given."""
    _, (clean,) = _child(data, {"job": "page"})
    return clean


def marked_jpeg(*, data: bytes, mark: str) -> bytes:
    """Return the page in full resolution with the mark of its viewer drawn across it."""
    font, index = next((font for font in FONTS if Path(font[0]).exists()), ("", 0))
    _, (page,) = _child(data, {"job": "marked", "mark": mark, "font": font, "font_index": index})
    return page


def _child(data: bytes, order: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    limits = {
        "memory_mib": MEMORY_MIB,
        "cpu_seconds": CPU_SECONDS,
        "pixels_max": rules.PIXELS_MAX,
        "formats": list(rules.FORMATS),
    }
    command = [sys.executable, "-I", str(CHILD), json.dumps(order | limits)]
    try:
        # The command is ours alone; what is foreign goes in by standard input.
        done = subprocess.run(  # noqa: S603
            command, input=data, capture_output=True, timeout=WALL_SECONDS, check=False, env={}
        )
    except subprocess.TimeoutExpired:
        raise rules.TooHeavy from None
    if done.returncode != 0 or b"\n" not in done.stdout:
        raise rules.TooHeavy
    head, rest = done.stdout.split(b"\n", 1)
    told = json.loads(head)
    if "error" in told:
        raise REFUSALS[told["error"]]
    blobs = []
    for length in told["blobs"]:
        blobs.append(rest[:length])
        rest = rest[length:]
    return told, blobs
