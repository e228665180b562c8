"""Lays a sheet on a scanner: margin, skew, shade, blur, noise, JPEG; boxes follow the paper."""

from __future__ import annotations

import math
from dataclasses import dataclass
from io import BytesIO
from random import Random

import numpy as np
from PIL import Image, ImageFilter

from ops_platform.demo.vouchers.ink import Box

MARGIN = 20


@dataclass(frozen=True)
class Level:
    """How bad a scan is: skew in tenths of a degree, blur in tenths of a pixel, noise, quality."""

    skew: int
    blur: int
    noise: int
    quality: tuple[int, int]


LEVELS = {
    "clean": Level(skew=2, blur=0, noise=2, quality=(84, 90)),
    "normal": Level(skew=9, blur=5, noise=5, quality=(68, 80)),
    "hard": Level(skew=25, blur=9, noise=10, quality=(40, 55)),
}


def scan(image: Image.Image, random: Random, level: str) -> tuple[bytes, int, tuple[int, int]]:
    """Return the scan as JPEG, the skew in tenths of a degree and the size."""
    how = LEVELS[level]
    ground = random.choice([(238, 238, 236), (52, 52, 54), (250, 250, 250)])
    skew = random.randrange(-how.skew, how.skew + 1)
    size = (image.width + 2 * MARGIN, image.height + 2 * MARGIN)
    table = Image.new("RGB", size, ground)
    table.paste(image, (MARGIN, MARGIN))
    table = table.rotate(skew / 10, Image.Resampling.BILINEAR, fillcolor=ground)
    if how.blur:
        table = table.filter(ImageFilter.GaussianBlur(how.blur / 10))
    grain = np.random.default_rng(random.getrandbits(32))
    # One grain for the three colours: sensors are noisy in brightness far more than in hue.
    noise = grain.integers(-how.noise, how.noise + 1, size=(size[1], size[0], 1), dtype=np.int16)
    shade = np.linspace(0, random.randrange(-14, 1), size[0], dtype=np.int16)[None, :, None]
    lit = np.clip(np.asarray(table, dtype=np.int16) + (noise + shade), 0, 255).astype(np.uint8)
    out = BytesIO()
    Image.fromarray(lit).save(out, "JPEG", quality=random.randrange(*how.quality), dpi=(200, 200))
    return out.getvalue(), skew, size


def moved(box: Box, *, skew: int, size: tuple[int, int]) -> list[int]:
    """Return the upright box around a box of the sheet as it lies in the scan."""
    x, y, w, h = box
    cx, cy, turn = size[0] / 2, size[1] / 2, math.radians(skew / 10)
    xs, ys = [], []
    for px, py in ((x, y), (x + w, y), (x, y + h), (x + w, y + h)):
        dx, dy = px + MARGIN - cx, py + MARGIN - cy
        xs.append(cx + math.cos(turn) * dx + math.sin(turn) * dy)
        ys.append(cy - math.sin(turn) * dx + math.cos(turn) * dy)
    left, top = math.floor(min(xs)), math.floor(min(ys))
    return [left, top, math.ceil(max(xs)) - left, math.ceil(max(ys)) - top]
