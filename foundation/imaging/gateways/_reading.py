"""The OCR gateway: PP-OCRv6 reads, Tesseract reads digits a second time and stands in for it.

The engines run in a child, so that one that crashes or hangs costs a page, never a worker. It gives
way to whoever answers a person (`OPS_READING_NICE`): a page may be read a second later.
"""

from __future__ import annotations

import json
import math
import os
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from foundation.imaging.rules import Code, Line
from foundation.imaging.rules.layouts import Zone
from foundation.imaging.rules.scoring import Strip

CHILD = Path(__file__).with_name("_reader_child.py")
MEMORY_MIB = 3072
# What it waits for a processor does not count, so that a crowded machine fails no page; but not
# for ever.
START_SECONDS = 60
PAGE_SECONDS = 60
MOST_SECONDS = 600
THREADS = ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS")
PP_OCR, TESSERACT = "pp-ocrv6-small", "tesseract"
FORMS, CODES = "forms", "codes"


class EngineFailed(Exception):
    """An engine crashed, hung or answered nonsense; the page is not at fault."""


@dataclass(frozen=True)
class PageText:
    """What one engine saw on one page; milliseconds are of the processor.

    Of a page that is a known form, `layout` is the key of its layout, `fit` how well it lies on it
    in percent, and `strips` what the recogniser saw in each zone.
    """

    engine: str
    version: str
    milliseconds: int
    lines: tuple[Line, ...]
    codes: tuple[Code, ...] = ()
    layout: str = ""
    fit: int = 0
    strips: tuple[Strip, ...] = ()


@dataclass(frozen=True)
class Blank:
    """A form for the reader: its key, where its picture lies, and its zones."""

    key: str
    file: str
    zones: tuple[Zone, ...]

    @property
    def told(self) -> dict[str, Any]:
        """Return it as the child takes it."""
        return {"key": self.key, "file": self.file, "zones": [zone.told for zone in self.zones]}


class _Reader:
    """One warm child per process; killed and replaced when it fails or is late."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def ask(self, engine: str, png: bytes, **more: Any) -> dict[str, Any]:
        """Return the child's answer to one page; raise EngineFailed when there is none."""
        with self._lock:
            child, fresh = self._child, False
            if child is None or self._owner != os.getpid() or child.poll() is not None:
                self._discard()
                child, fresh = self._start(), True
            patience = _Patience(child.pid, PAGE_SECONDS + (START_SECONDS if fresh else 0))
            try:
                order = json.dumps({"engine": engine, **more}).encode()
                return self._exchange(child, (order, png), patience)
            except (OSError, ValueError, EngineFailed) as error:
                self._stop(child)
                raise EngineFailed(str(error)) from error

    def _start(self) -> subprocess.Popen[bytes]:
        one = dict.fromkeys(THREADS, "1")
        self._child = subprocess.Popen(  # noqa: S603 - a fixed command of ours
            [sys.executable, "-I", str(CHILD), str(MEMORY_MIB), str(settings.READING_NICE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=one | {"PATH": os.defpath},
        )
        self._owner = os.getpid()
        return self._child

    def _discard(self) -> None:
        """Let go of a child that ended, or that belongs to the process that forked this one."""
        if self._child and self._owner == os.getpid():
            self._stop(self._child)
        self._child = None

    def _stop(self, child: subprocess.Popen[bytes]) -> None:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()
        self._child = None

    def _exchange(
        self, child: subprocess.Popen[bytes], messages: Sequence[bytes], patience: _Patience
    ) -> dict[str, Any]:
        assert child.stdin
        assert child.stdout
        for message in messages:
            child.stdin.write(struct.pack(">Q", len(message)) + message)
        child.stdin.flush()
        (length,) = struct.unpack(">Q", _exactly(child.stdout.fileno(), 8, patience))
        answer: dict[str, Any] = json.loads(_exactly(child.stdout.fileno(), length, patience))
        if "error" in answer:
            raise EngineFailed(answer["error"])
        return answer


_reader = _Reader()


def read_text(*, png: bytes, engines: Sequence[str] = (PP_OCR, TESSERACT)) -> PageText:
    """Read a page of our own encoding with the first engine that can; raise EngineFailed if none.

    The lines of PP-OCRv6 get Tesseract's reading of their digits beside them: two engines with
    nothing in common seldom misread a digit in the same way.
    """
    failures = []
    for engine in engines:
        try:
            return _page_text(engine, _reader.ask(engine, png))
        except EngineFailed as failure:
            failures.append(f"{engine}: {failure}")
    raise EngineFailed("; ".join(failures))


def read_form(*, png: bytes, blanks: Sequence[Blank], whole: bool = False) -> PageText | None:
    """Read a page by the zones of the form that it is; None where it is none of the forms.

    The zones that must be read come first; the rest only where one of them is in doubt, or with
    `whole`. Raises EngineFailed when the recogniser did not answer.
    """
    if not blanks:
        return None
    told = _reader.ask(FORMS, png, layouts=[blank.told for blank in blanks], whole=whole)
    return _page_text(PP_OCR, told) if told["layout"] else None


def read_codes(*, png: bytes) -> PageText:
    """Read the barcodes of a page and nothing else; raise EngineFailed when nobody answered."""
    return _page_text(CODES, _reader.ask(CODES, png))


def _page_text(engine: str, told: dict[str, Any]) -> PageText:
    strips = tuple(Strip.told(row) for row in told.get("strips", ()))
    lines = [Line(**line | {"box": tuple(line["box"])}) for line in told.get("lines", ())]
    return PageText(
        engine=engine,
        version=told["version"],
        milliseconds=told["milliseconds"],
        lines=(*lines, *(strip.line for strip in strips if strip.text)),
        codes=tuple(Code(**code | {"box": tuple(code["box"])}) for code in told["codes"]),
        layout=told.get("layout", ""),
        fit=told.get("fit", 0),
        strips=strips,
    )


class _Patience:
    """How long a child may still take: seconds, and as many more as it waited for a processor."""

    def __init__(self, pid: int, seconds: int) -> None:
        self._pid, self._seconds = pid, seconds
        self._began, self._waited = time.monotonic(), waited_seconds(pid=pid)

    def left_ms(self) -> int:
        """Return the milliseconds left, or nothing."""
        waited = waited_seconds(pid=self._pid) - self._waited
        most = min(self._seconds + waited, max(self._seconds, MOST_SECONDS))
        return max(0, math.ceil(1000 * (self._began + most - time.monotonic())))


def waited_seconds(*, pid: int) -> float:
    """Return how long a process and its children stood in the queue of a processor so far.

    Nothing where the system does not say: then only the clock on the wall counts.
    """
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        told = [Path(f"/proc/{one}/schedstat").read_text() for one in (pid, *children)]
    except OSError:
        return 0.0
    return sum(int(one.split()[1]) for one in told) / 1e9


def _exactly(source: int, length: int, patience: _Patience) -> bytes:
    """Read so many bytes while there is patience, or raise."""
    poller = select.poll()
    poller.register(source, select.POLLIN | select.POLLHUP)
    parts = b""
    while len(parts) < length:
        if not poller.poll(patience.left_ms()):
            if patience.left_ms():
                continue
            raise EngineFailed("no answer in time")
        part = os.read(source, min(length - len(parts), 1 << 20))
        if not part:
            raise EngineFailed("the reader ended")
        parts += part
    return parts
