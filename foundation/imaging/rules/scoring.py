"""How well a value that is expected agrees with what a recogniser saw, sign by sign.

A recogniser gives for every column of a line the chance of each sign. Reading takes the likeliest
sign of each column; that throws away how near the second was. Here a value is laid along the
columns as well as it will go (Viterbi over the signs with blanks between), and its doubt is how
much less likely that is than the free reading: 0 where the free reading contains the value, in
hundredths of a nat. Signs that nobody tells apart in print are one; a value inside a longer number
or word is no agreement (IMAGING §4).
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from foundation.imaging.rules._lines import Box, Line

Columns = npt.NDArray[np.float64]

NUMBER, HAN = "number", "han"
# Nothing is doubted more than this by one sign: what a worn sign costs must not decide alone.
FLOOR_NATS = -14.0
# What a neighbour of the same kind right before or after costs: the value is only a part then.
PART_NATS = 12.0
YEN_NATS = -2.0
HOPELESS = 9999
_BLANKS = (0, 0x20, 0x3000)
ALIKE: Mapping[str, str] = {
    "0": "0OoＯ〇Q０D", "1": "1lI|１i", "2": "2Z２", "3": "3３", "4": "4４", "5": "5S５",
    "6": "6６b", "7": "7７", "8": "8B８", "9": "9９g", "元": "元圆圓園", "整": "整正",
    "佰": "佰百", "拾": "拾十", "仟": "仟千", "壹": "壹壱", "贰": "贰貳弍", "叁": "叁參叄参",
    "陆": "陆陸", "零": "零〇", "万": "万萬", "亿": "亿億", ",": ",，.", ".": ".．,",
    ":": ":：", "(": "(（", ")": ")）",
}  # fmt: skip
# A label or a unit may stand right before a value without making it a part of something else.
_BEFORE = frozenset("名称人户号码额币民写")


@dataclass(frozen=True)
class Strip:
    """One line cut out of a zone: its free reading, and its columns as the recogniser saw them.

    `confidence` is of the least sure sign, 0–100; `digits` what a second reader saw, if asked;
    `engine` that reader where its reading is of record, else empty.
    """

    zone: str
    kind: str
    text: str
    confidence: int
    box: Box
    frames: bytes
    digits: str = ""
    engine: str = ""

    @staticmethod
    def told(row: Mapping[str, Any]) -> Strip:
        """Return a strip as the reading child tells of it."""
        return Strip(
            zone=row["zone"],
            kind=row["kind"],
            text=row["text"],
            confidence=row["confidence"],
            box=tuple(row["box"]),
            frames=base64.b64decode(row["frames"]),
            digits=row.get("digits", ""),
            engine=row.get("engine", ""),
        )

    @property
    def kept(self) -> dict[str, Any]:
        """Return it as it is kept: as it was told."""
        return {
            "zone": self.zone,
            "kind": self.kind,
            "text": self.text,
            "confidence": self.confidence,
            "box": list(self.box),
            "frames": base64.b64encode(self.frames).decode(),
            "digits": self.digits,
            **({"engine": self.engine} if self.engine else {}),
        }

    @property
    def line(self) -> Line:
        """Return it as a line of text on the page."""
        return Line(self.text, self.confidence, self.box, self.digits)

    @cached_property
    def seen(self) -> Seen:
        """Return the columns, unpacked once."""
        return unpacked(self.frames)


@dataclass(frozen=True)
class Symbol:
    """A sign of the free reading and the first and last column that it stands in."""

    sign: str
    first: int
    last: int


class Seen:
    """The columns of one line: for each sign that was near anywhere, how far below the best."""

    def __init__(self, width: int, below: Mapping[int, Columns]) -> None:
        self.width = width
        self._below = below
        self._far = np.full(width, FLOOR_NATS)
        blank = [below[sign] for sign in _BLANKS if sign in below]
        self.blank = np.max(blank, axis=0) if blank else self._far

    def sign(self, wanted: str) -> Columns:
        """Return how far below the best a sign, or one that looks like it, is in each column."""
        near = [
            self._below[ord(one)] for one in ALIKE.get(wanted, wanted) if ord(one) in self._below
        ]
        return np.max(near, axis=0) if near else self._far

    @cached_property
    def pitch(self) -> float:
        """Return how many columns a sign of the free reading stands from the next, mostly."""
        starts = [symbol.first for symbol in self.symbols]
        return float(np.median(np.diff(starts))) if len(starts) > 1 else 1.0

    @cached_property
    def symbols(self) -> tuple[Symbol, ...]:
        """Return the signs of the free reading in order, without blanks."""
        best = np.zeros(self.width, np.int64)
        for sign, columns in self._below.items():
            best[columns >= 0] = sign
        found: list[Symbol] = []
        before = 0
        for column, sign in enumerate(best.tolist()):
            if sign in _BLANKS:
                before = 0
            elif sign == before:
                found[-1] = Symbol(found[-1].sign, found[-1].first, column)
            else:
                found.append(Symbol(chr(sign), column, column))
                before = sign
        return tuple(found)


def packed(columns: Iterable[Mapping[str, float]]) -> bytes:
    """Return columns as they are kept: each maps signs (the empty one is blank) to nats below."""
    rows = [
        sorted((ord(sign) if sign else 0, nats) for sign, nats in row.items()) for row in columns
    ]
    signs = np.array([sign for row in rows for sign, _ in row], "<u2")
    below = np.array([round(nats * 16) for row in rows for _, nats in row], np.uint8)
    head = struct.pack("<H", len(rows)) + bytes(len(row) for row in rows)
    return zlib.compress(head + signs.tobytes() + below.tobytes(), 6)


def unpacked(data: bytes) -> Seen:
    """Return the columns of a strip; ValueError where the bytes are none."""
    try:
        raw = zlib.decompress(data)
        (width,) = struct.unpack_from("<H", raw)
        counts = np.frombuffer(raw, np.uint8, width, 2)
        total = int(counts.sum())
        signs = np.frombuffer(raw, "<u2", total, 2 + width)
        below = np.frombuffer(raw, np.uint8, total, 2 + width + 2 * total)
    except (zlib.error, struct.error) as error:
        raise ValueError(f"no columns: {error}") from error
    at = np.repeat(np.arange(width), counts)
    found: dict[int, Columns] = {}
    for sign in np.unique(signs).tolist():
        own = signs == sign
        columns = np.full(width, FLOOR_NATS)
        # A sign can stand for several of the model's; the nearest counts.
        np.maximum.at(columns, at[own], np.maximum(below[own] / -16.0, FLOOR_NATS))
        found[int(sign)] = columns
    return Seen(width, found)


@dataclass(frozen=True)
class Text:
    """A text that may stand on a line; on an open side it may go on with a known neighbour."""

    text: str
    open_before: bool = False
    open_after: bool = False


def doubt(seen: Seen, text: str | Text, *, kind: str) -> int:
    """Return the doubt of a text on a line, in hundredths of a nat; HOPELESS where it has no room.

    `kind` is number or han: which neighbours would make the text a part of something longer.
    """
    wanted = text if isinstance(text, Text) else Text(text)
    signs = [sign for sign in wanted.text if not sign.isspace()]
    if not signs or seen.width < len(signs):
        return HOPELESS
    nats, first, last = _laid(seen, signs)
    pitch = (last - first) / (len(signs) - 1) if len(signs) > 2 else seen.pitch
    own = _is_number if kind == NUMBER else _is_han
    if not wanted.open_before and _goes_on_before(seen, first, pitch, own):
        nats -= PART_NATS
    if not wanted.open_after and _goes_on_after(seen, last, pitch, own):
        nats -= PART_NATS
    return min(HOPELESS, max(0, round(-100 * nats)))


def _laid(seen: Seen, signs: list[str]) -> tuple[float, int, int]:
    """Lay signs along the columns as well as they go; return nats, first and last column."""
    count = len(signs)
    states = 2 * count + 1
    near = np.empty((seen.width, states))
    near[:, 0::2] = seen.blank[:, None]
    for place, sign in enumerate(signs):
        near[:, 2 * place + 1] = seen.sign(sign)
    # Between two unlike signs no blank is needed.
    over = np.array([2 * at + 1 for at in range(1, count) if signs[at] != signs[at - 1]], np.int64)
    value, began = np.full(states, -1e9), np.zeros(states, np.int64)
    best, span = -1e9, (0, 0)
    for column in range(seen.width):
        moved, since = value.copy(), began.copy()
        for to, source in ((slice(1, None), slice(0, -1)), (over, over - 2)):
            better = value[source] > moved[to]
            moved[to] = np.where(better, value[source], moved[to])
            since[to] = np.where(better, began[source], since[to])
        if moved[1] < 0:
            moved[1], since[1] = 0.0, column
        value, began = moved + near[column], since
        if value[-2] > best:
            best, span = float(value[-2]), (int(began[-2]), column)
    return best, span[0], span[1]


def _goes_on_before(seen: Seen, first: int, pitch: float, own: Callable[[str], bool]) -> bool:
    """Tell whether a sign of the same kind stands right before a column."""
    before = [one for one in seen.symbols if one.last < first]
    return (
        bool(before)
        and own(before[-1].sign)
        and before[-1].sign not in _BEFORE
        and first - before[-1].last < 1.5 * pitch
        and not _may_be_yen(seen, before[-1])
    )


def _goes_on_after(seen: Seen, last: int, pitch: float, own: Callable[[str], bool]) -> bool:
    """Tell whether a sign of the same kind stands right after a column."""
    after = [one for one in seen.symbols if one.first > last]
    return bool(after) and own(after[0].sign) and after[0].first - last < 1.5 * pitch


def _may_be_yen(seen: Seen, symbol: Symbol) -> bool:
    """Tell whether a sign before figures is read as a digit and may as well be the yen sign."""
    columns = slice(symbol.first, symbol.last + 1)
    return max(float(seen.sign(yen)[columns].max()) for yen in "¥￥") >= YEN_NATS


def _is_number(sign: str) -> bool:
    return sign.isdigit() or sign in ",，."


def _is_han(sign: str) -> bool:
    return "\u4e00" <= sign <= "\u9fff"
