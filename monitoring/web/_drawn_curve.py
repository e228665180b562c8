"""The curve of missed errors against what people look at, as a drawing of lines and points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from foundation.ui import table
from monitoring.rules.passes import MILLION, Point

WIDTH, HEIGHT, LEFT, FOOT = 720, 260, 70, 40
TOP = 14
FIGURES: Mapping[str, str] = {
    "passed": _("Passed by machine"),
    "manual": _("Left to people"),
    "drawn": _("Drawn for proof"),
    "keying": _("To be keyed"),
    "proved": _("Proved"),
    "missed": _("Missed errors"),
    "unproved": _("Not provable"),
}


@dataclass(frozen=True)
class Dot:
    """A threshold on the drawing: where it stands, up to where it may lie, what it says."""

    x: int
    y: int
    high: int
    low: int
    point: Point


@dataclass(frozen=True)
class Curve:
    """The drawing: its size, its dots, the line through them, and what the axes reach."""

    width: int
    height: int
    left: int
    foot: int
    dots: Sequence[Dot]
    line: str
    most_percent: int
    most_ppm: int


def curve(points: Sequence[Point]) -> Curve | None:
    """Return the drawing of the thresholds of which something is known, or None."""
    known = [one for one in points if one.ppm is not None]
    if not known:
        return None
    most_ppm = max((one.upper or one.ppm or 0) for one in known) or 1
    most = max(float(one.manual_percent) for one in known) or 1.0
    dots = [_dot(one, most, most_ppm) for one in known]
    line = " ".join(f"{dot.x},{dot.y}" for dot in dots)
    return Curve(WIDTH, HEIGHT, LEFT, HEIGHT - FOOT, dots, line, round(most), most_ppm)


def ppm(share: float | None) -> str:
    """Return a share as so many of a million."""
    return table.NOTHING if share is None else str(round(share * MILLION))


def percent(share: float | None) -> str:
    """Return a share in percent to one place, or a dash."""
    return table.NOTHING if share is None else f"{share * 100:.1f}"


def whole(value: int | None) -> str:
    """Return a number, or a dash."""
    return table.NOTHING if value is None else str(value)


def _dot(one: Point, most: float, most_ppm: int) -> Dot:
    x = LEFT + round(float(one.manual_percent) / most * (WIDTH - LEFT - 20))
    upper = one.ppm if one.upper is None else one.upper
    lower = one.ppm if one.lower is None else one.lower
    return Dot(
        x=x,
        y=_height(one.ppm or 0, most_ppm),
        high=_height(upper or 0, most_ppm),
        low=_height(lower or 0, most_ppm),
        point=one,
    )


def _height(value: int, most: int) -> int:
    return HEIGHT - FOOT - round(value / most * (HEIGHT - FOOT - TOP))
