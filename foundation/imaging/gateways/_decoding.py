"""Opening foreign image bytes in a child process with hard limits on memory, time and pixels."""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundation.imaging import rules
from foundation.imaging.rules import batches

CHILD = Path(__file__).with_name("_decoder_child.py")
# What a child says before anything else: from then on its end is the image's doing.
TAKEN = b"+"
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
    "locked": batches.PdfLocked,
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

    Refuses a file of too many pictures and a locked PDF too. The pictures of a file with several,
    and all pages of a PDF, are encoded anew without loss; a single picture keeps its bytes.
    """
    if not data.startswith((*rules.MAGIC, batches.PDF_MAGIC)):
        raise rules.NotAnImage(field="scans")
    found: list[Piece] = []
    count = 1
    while len(found) < count:
        order = {"job": "split", "first": len(found), "most": batches.FRAMES_AT_ONCE}
        order |= {"pdf_dpi": batches.PDF_DPI}
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


class Decoder:
    """One warm process for each of ours; it forks a child for an image and looks at none itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._warm: subprocess.Popen[bytes] | None = None
        self._asking: socket.socket | None = None
        self._owner = 0

    def ask(self, order: bytes, data: bytes) -> bytes:
        """Return all that a child answers; refuse what it dies of or does not end in time.

        What no child took, since the warm process died under it, is asked once more of a new one.
        """
        head = len(order).to_bytes(4, "big") + len(data).to_bytes(4, "big")
        until = time.monotonic() + WALL_SECONDS
        for _ in range(2):
            said = self._said(head + order + data, until)
            if said:
                return said.removeprefix(TAKEN)
            if time.monotonic() >= until:
                break
        raise rules.TooHeavy

    def _said(self, whole: bytes, until: float) -> bytes:
        """Return what a child said until it hung up: nothing at all where none took the line."""
        ours, theirs = socket.socketpair()
        parts: list[bytes] = []
        with ours:
            with theirs:
                self._hand_over(theirs)
            try:
                ours.settimeout(WALL_SECONDS)
                ours.sendall(whole)
                while part := ours.recv(1 << 20):
                    parts.append(part)
                    ours.settimeout(max(0.01, until - time.monotonic()))
            except OSError:
                if parts:
                    raise rules.TooHeavy from None
        return b"".join(parts)

    @property
    def pid(self) -> int:
        """Return the number of the warm process, or 0 before there is one."""
        return self._warm.pid if self._warm else 0

    def end(self) -> None:
        """End the warm process of this one, if there is any."""
        with self._lock:
            self._let_go()

    def _hand_over(self, line: socket.socket) -> None:
        with self._lock:
            if self._warm is None or self._owner != os.getpid() or self._warm.poll() is not None:
                self.start()
            assert self._asking
            try:
                socket.send_fds(self._asking, [b"1"], [line.fileno()])
            except OSError:  # it died a moment ago
                self.start()
                socket.send_fds(self._asking, [b"1"], [line.fileno()])

    def start(self) -> None:
        """Start the warm process, in place of the one before."""
        self._let_go()
        self._asking, asked = socket.socketpair(type=socket.SOCK_SEQPACKET)
        with asked:
            # The command is ours alone; what is foreign goes in by the lines handed over.
            self._warm = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", str(CHILD)],
                stdin=asked.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
            )
        self._owner = os.getpid()

    def _let_go(self) -> None:
        """Let go of a process that ended, or that belongs to the one that forked this one."""
        if self._asking:
            self._asking.close()
        if self._warm and self._owner == os.getpid():
            self._warm.kill()
            self._warm.wait()
        self._warm = self._asking = None


decoder = Decoder()
atexit.register(decoder.end)


def _child(data: bytes, order: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    limits = {
        "memory_mib": MEMORY_MIB,
        "cpu_seconds": CPU_SECONDS,
        "wall_seconds": WALL_SECONDS,
        "pixels_max": rules.PIXELS_MAX,
        "formats": list(rules.FORMATS),
    }
    answer = decoder.ask(json.dumps(order | limits).encode(), data)
    head, ended, rest = answer.partition(b"\n")
    if not ended:
        raise rules.TooHeavy
    told = json.loads(head)
    if "error" in told:
        raise REFUSALS[told["error"]]
    blobs = []
    for length in told["blobs"]:
        blobs.append(rest[:length])
        rest = rest[length:]
    if sum(map(len, blobs)) != sum(told["blobs"]):  # it died while it answered
        raise rules.TooHeavy
    return told, blobs
