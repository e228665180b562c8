"""What the reading child knows of forms: which one a page is, where its zones lie, what each says.

A page is laid on the blank forms by points that both have (ORB, RANSAC); of the forms that fit,
the one whose dark pixels are found dark is it. Each zone is cut out, freed of the form's rules and
given to the recogniser alone, without a search for text. What comes back of a zone is not only its
text but how near every other sign was in each column, so that a value that is expected can be
weighed later, without the picture (rules.scoring).

It is loaded by `_reader_child.py` from its own folder and knows nothing of the platform.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING or __package__:
    from foundation.imaging.gateways._recogniser_child import recogniser
else:
    from _recogniser_child import recogniser

# A zone that is read less surely than this makes the rest of the form be read as well.
SURE = 90
JOURNAL_NO = re.compile("[0-9]{10,}")
FIT_MIN = 0.45
STAMP_RED, STAMP_REDDER = 170, 45
INLIERS_MIN = 15
PAGE_POINTS, FORM_POINTS = 2000, 1200
FORMS_KEPT, RULES_KEPT = 1024, 64
_KERNEL = np.ones((3, 3), np.uint8)


@dataclass(frozen=True)
class Form:
    """A blank form with what pages are compared by; `size` is its width and height."""

    key: str
    file: str
    size: tuple[int, int]
    points: Any
    looks: Any
    dark: Any


@dataclass(frozen=True)
class Cut:
    """A piece of a page that one line of text stands on, and where, in pixels of the page."""

    zone: str
    kind: str
    picture: Any
    box: list[int]


def flattened(picture: Any) -> Any:
    """Return the page in grey without coloured stamps, tint and shade; black ink stays."""
    grey = picture.max(axis=2)
    # The ink of stamps is bright in red and dark in the rest; what lies under it is dark in all.
    rest = np.maximum(picture[:, :, 0], picture[:, :, 1])
    grey[(picture[:, :, 2] > STAMP_RED) & (picture[:, :, 2] - np.minimum(rest, picture[:, :, 2])
         > STAMP_REDDER)] = 255  # fmt: skip
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    ground = cv2.medianBlur(cv2.dilate(small, np.ones((9, 9), np.uint8)), 15)
    ground = cv2.resize(ground, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return cv2.divide(grey, np.maximum(ground, 1), scale=245)


@functools.cache
def _finder(points: int) -> Any:
    return cv2.ORB.create(points, 1.2, 6, fastThreshold=12)


def _half(grey: Any) -> Any:
    return cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def _points(picture: Any, count: int) -> tuple[Any, Any]:
    """Return points that stand out on a picture, in its own pixels, and what they look like.

    Plain grey and not the flattened page: coloured forms are pale in that.
    """
    half = cv2.GaussianBlur(_half(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)), (0, 0), 0.7)
    found, looks = _finder(count).detectAndCompute(half, None)
    return np.array([point.pt for point in found], np.float32) * 2, looks


# A page is held against every form in use: were one of them not kept, each page would draw it anew.
@functools.lru_cache(maxsize=FORMS_KEPT)
def form(key: str, file: str) -> Form:
    """Return a blank form from its file with its points, some 80 KB that are kept in memory."""
    picture = _picture(file)
    blank = flattened(picture)
    points, looks = _points(picture, FORM_POINTS)
    dark = np.argwhere(_half(blank) < 150)[::3].astype(np.float32)
    high, wide = blank.shape
    return Form(key, file, (wide, high), points, looks, dark)


@functools.lru_cache(maxsize=RULES_KEPT)
def rules_of(file: str) -> Any:
    """Return where the rules of a blank form are; asked for only of what a page lies on."""
    ink = (255 - flattened(_picture(file)) > 60).astype(np.uint8) * 255
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, 60), np.uint8))
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((32, 1), np.uint8))
    return cv2.dilate(cv2.bitwise_or(across, down), np.ones((5, 5), np.uint8))


def _picture(file: str) -> Any:
    return cv2.imdecode(np.fromfile(file, np.uint8), cv2.IMREAD_COLOR)


def laid_on(picture: Any, grey: Any, forms: Sequence[Form]) -> tuple[Form, Any, float] | None:
    """Return the form that a page is, how it is moved, and the fit from 0 to 1; None for none."""
    points, looks = _points(picture, PAGE_POINTS)
    if looks is None:
        return None
    darkened = cv2.erode(_half(grey), _KERNEL) < 175
    best = None
    for one in forms:
        moved = _moved(one, points, looks)
        if moved is None:
            continue
        fit = _fit(one, moved, darkened)
        if best is None or fit > best[2]:
            best = (one, moved, fit)
    return best if best and best[2] >= FIT_MIN else None


def _moved(one: Form, points: Any, looks: Any) -> Any:
    """Return how a form would have to be moved and turned to lie on the page, or None."""
    if one.looks is None:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(one.looks, looks, 2)
    good = [
        pair[0]
        for pair in pairs
        if len(pair) == 2 and pair[0].distance < 70 and pair[0].distance * 5 < pair[1].distance * 4
    ]
    if len(good) < INLIERS_MIN:
        return None
    here = one.points[[match.queryIdx for match in good]]
    there = points[[match.trainIdx for match in good]]
    cv2.setRNGSeed(7)
    moved, inside = cv2.estimateAffinePartial2D(
        here, there, method=cv2.RANSAC, ransacReprojThreshold=5, maxIters=2000, confidence=0.995
    )
    if moved is None or int(inside.sum()) < INLIERS_MIN:
        return None
    return moved if 0.4 < float(np.hypot(moved[0, 0], moved[0, 1])) < 2.5 else None


def _fit(one: Form, moved: Any, darkened: Any) -> float:
    """Return the share of the form's dark pixels found dark, less what chance would find."""
    down, across = one.dark[:, 0] * 2, one.dark[:, 1] * 2
    left = ((moved[0, 0] * across + moved[0, 1] * down + moved[0, 2]) / 2).round().astype(int)
    top = ((moved[1, 0] * across + moved[1, 1] * down + moved[1, 2]) / 2).round().astype(int)
    high, wide = darkened.shape
    inside = (left >= 0) & (top >= 0) & (left < wide) & (top < high)
    hits = float(darkened[top[inside], left[inside]].sum())
    return hits / max(len(one.dark), 1) - float(darkened.mean())


def upright(grey: Any, one: Form, moved: Any) -> Any:
    """Return the page as it would lie exactly on the form, without the form's rules."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    lies = cv2.warpAffine(grey, moved, one.size, flags=flags, borderValue=255)
    return np.where(rules_of(one.file) > 0, np.maximum(lies, 235), lies).astype(np.uint8)


def inked(grey: Any, pad: int = 3) -> tuple[int, int, int, int] | None:
    """Return left, top, right, bottom of what is written in a piece, or None for nothing."""
    ink = 255 - cv2.GaussianBlur(grey, (0, 0), 1.0)
    mask = ink > max(45, float(np.median(ink)) + 35)
    columns, rows = np.flatnonzero(mask.sum(0) > 1), np.flatnonzero(mask.sum(1) > 1)
    if len(columns) < 3 or len(rows) < 3:
        return None
    return (
        max(0, int(columns[0]) - 2 * pad),
        max(0, int(rows[0]) - pad),
        min(grey.shape[1], int(columns[-1]) + 2 * pad),
        min(grey.shape[0], int(rows[-1]) + pad),
    )


def squeezed(grey: Any, gap: int) -> Any:
    """Return a piece whose empty stretches are no wider than a gap, as grids set digits wide."""
    empty = (grey < 170).sum(0) < 2
    keep, run = [], 0
    for column, blank in enumerate(empty):
        run = run + 1 if blank else 0
        if run <= gap:
            keep.append(column)
    return grey[:, keep]


def rows_of(band: Any, lowest: int = 9, highest: int = 46) -> list[tuple[int, int]]:
    """Return top and bottom of the rows of text in a band, by where its ink lies."""
    ink = (255 - cv2.GaussianBlur(band, (0, 0), 0.8) > 50).astype(np.float32).sum(1)
    profile = cv2.GaussianBlur(ink[:, None], (1, 5), 1.2)[:, 0]
    on = profile > max(3.0, float(profile.max()) * 0.1)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], on.astype(np.int8), [0]))))
    found = []
    for top, bottom in zip(edges[::2], edges[1::2], strict=True):
        if bottom - top >= lowest:
            found += _split(int(top), int(bottom), profile, highest)
    return found


def _split(top: int, bottom: int, profile: Any, highest: int) -> list[tuple[int, int]]:
    """Return one row, or several that touch each other, cut where the least ink is."""
    high = bottom - top
    count = 1 if high <= highest else max(2, round(high / 39))
    cuts = [top]
    for part in range(1, count):
        middle = top + high * part // count
        low = max(top, middle - 8)
        cuts.append(low + int(np.argmin(profile[low : middle + 8])))
    cuts.append(bottom)
    return list(pairwise(cuts))


def cuts(lies: Any, zone: dict[str, Any], moved: Any) -> list[Cut]:
    """Return the pieces of one zone: one line, or each row of the machine's print."""
    left, top, wide, high = zone["box"]
    room = (max(left - 4, 0), max(top - 4, 0), left + wide + 4, top + high + 4)
    piece = lies[room[1] : room[3], room[0] : room[2]]
    if piece.size == 0:
        return []
    bands = rows_of(piece) if zone["kind"] == "journal" else [(0, piece.shape[0])]
    found = []
    for above, below in bands:
        low = max(0, above - 4)
        band = piece[low : below + 4]
        edge = inked(band)
        if edge is None or (zone["kind"] == "journal" and edge[2] - edge[0] < 40):
            continue
        line = band[max(0, edge[1] - 2) : edge[3] + 2, max(0, edge[0] - 4) : edge[2] + 6]
        at = (room[0] + edge[0], room[1] + low + edge[1], edge[2] - edge[0], edge[3] - edge[1])
        if zone["kind"] == "grid":
            line = squeezed(line, max(4, line.shape[0] // 4))
        found.append(Cut(zone["name"], zone["kind"], line, on_page(at, moved)))
    return found


def on_page(box: Sequence[int], moved: Any) -> list[int]:
    """Return the upright box on the page around a box of the form."""
    x, y, wide, high = box
    corners = np.array([[x, x + wide, x, x + wide], [y, y, y + high, y + high], [1, 1, 1, 1]])
    lies = moved @ corners
    left, top = (max(0, int(edge.min())) for edge in lies)
    return [left, top, int(lies[0].max()) - left, int(lies[1].max()) - top]


def strips(pieces: Sequence[Cut]) -> Iterator[dict[str, Any]]:
    """Return what the recogniser says of each piece."""
    for piece in pieces:
        told = recogniser().read(piece.picture)
        yield {"zone": piece.zone, "kind": piece.kind, "box": piece.box, **told}


def journal_rows(pieces: Sequence[Cut], *, every: bool) -> list[dict[str, Any]]:
    """Return rows of the machine's print until one shows the journal number, the second first."""
    order = [*pieces[1:2], *pieces[:1], *pieces[2:]]
    told = []
    for row in strips(order):
        told.append(row)
        shown = JOURNAL_NO.search(row["text"].replace(" ", ""))
        if shown and row["confidence"] >= SURE and not every:
            break
    return told


def read_form(
    picture: Any,
    layouts: Sequence[dict[str, Any]],
    second: Callable[[Any, list[dict[str, Any]]], None],
    *,
    whole: bool = False,
) -> dict[str, Any] | None:
    """Read a page by the zones of the form that it is; None where it is none of them.

    First what must be read; where one of that is in doubt, or all is asked for, the rest as well,
    and `second` hears an independent reader on the digits that are in doubt, and always on those
    of which it is of record.
    """
    grey = flattened(picture)
    by_key = {layout["key"]: layout for layout in layouts}
    found = laid_on(picture, grey, [form(layout["key"], layout["file"]) for layout in layouts])
    if found is None:
        return None
    one, moved, fit = found
    lies = upright(grey, one, moved)
    zones = by_key[one.key]["zones"]
    first = [zone for zone in zones if zone["needed"]]
    # Where the customer fills in no account, all that counts is printed.
    every = whole or not any(zone["name"] == "account" for zone in zones)
    told = [*_read_zones(lies, first, moved, every=every)]
    # The rest of a form says nothing of the machine's print, nor of the day.
    doubtful = [
        row
        for row in told
        if row["confidence"] < SURE and row["kind"] != "journal" and row["zone"] != "date"
    ]
    if doubtful or whole:
        rest = [zone for zone in zones if not zone["needed"]]
        told += [*_read_zones(lies, rest, moved, every=every)]
    of_record = {zone["name"] for zone in zones if zone.get("engine") == "tesseract"}
    asked = [row for row in told if row["zone"] in of_record or (row in doubtful)]
    for row in asked:
        if row["zone"] in of_record:
            row["engine"] = "tesseract"
    second(picture, [row for row in asked if row["kind"] in ("number", "amount")])
    return {"layout": one.key, "fit": round(fit * 100), "strips": told}


def _read_zones(
    lies: Any, zones: Sequence[dict[str, Any]], moved: Any, *, every: bool
) -> Iterator[dict[str, Any]]:
    for zone in zones:
        pieces = cuts(lies, zone, moved)
        if zone["kind"] == "journal":
            yield from journal_rows(pieces, every=every)
        else:
            yield from strips(pieces)
