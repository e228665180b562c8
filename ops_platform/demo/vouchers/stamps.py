"""The bank's stamps and a company's seal, as masks of ink."""

from __future__ import annotations

import math
from functools import lru_cache
from random import Random

import numpy as np
from PIL import Image, ImageDraw

from ops_platform.demo.vouchers.fonts import font

RED = (214, 40, 44)
STAMP_SIZE = 300


@lru_cache(maxsize=64)
def round_seal(text: str, foot: str, size: int = STAMP_SIZE) -> Image.Image:
    """Return a round seal: the name along the rim, a star, a word below it."""
    full = size * 2
    image = Image.new("L", (full, full), 0)
    draw = ImageDraw.Draw(image)
    draw.ellipse((4, 4, full - 5, full - 5), outline=255, width=full // 34)
    span = min(262, len(text) * 24)
    face = font("heavy", full * 3 // 25)
    for place, sign in enumerate(text):
        degrees = -span / 2 + span * place / max(1, len(text) - 1)
        tile = Image.new("L", (full // 5, full // 5), 0)
        ImageDraw.Draw(tile).text((full // 10, full // 10), sign, font=face, fill=255, anchor="mm")
        tile = tile.rotate(-degrees, Image.Resampling.BICUBIC)
        reach, turn = full * 0.385, math.radians(degrees)
        left = round(full / 2 + reach * math.sin(turn) - full / 10)
        top = round(full / 2 - reach * math.cos(turn) - full / 10)
        image.paste(255, (left, top), tile)
    _star(draw, middle=full // 2, reach=full * 3 // 20)
    draw.text(
        (full // 2, full * 18 // 25), foot, font=font("heavy", full // 12), fill=255, anchor="mm"
    )
    return image.resize((size, size), Image.Resampling.LANCZOS)


@lru_cache(maxsize=256)
def square_stamp(lines: tuple[str, ...], size: int = STAMP_SIZE) -> Image.Image:
    """Return a rectangular stamp of a few lines, as tellers press it: outlet, date, cleared."""
    width, height = size, size * 6 // 11
    image = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(image)
    draw.rectangle((3, 3, width - 4, height - 4), outline=255, width=5)
    step = height // (len(lines) + 1)
    for place, line in enumerate(lines, start=1):
        face = font("bold", min(step * 4 // 5, (width - 24) // max(4, len(line))))
        draw.text((width // 2, step * place), line, font=face, fill=255, anchor="mm")
    return image


def pressed(mask: Image.Image, random: Random, *, turn: int) -> Image.Image:
    """Return the stamp as pressed: turned by up to so many degrees, unevenly inked."""
    noise = np.random.default_rng(random.getrandbits(32))
    cloud = Image.fromarray(
        noise.integers(90, 256, size=(mask.height // 6, mask.width // 6), dtype=np.uint8)
    ).resize(mask.size, Image.Resampling.BICUBIC)
    strength = random.randrange(62, 92)
    inked = np.asarray(mask, dtype=np.uint16) * np.asarray(cloud, dtype=np.uint16) // 255
    image = Image.fromarray((inked * strength // 100).astype(np.uint8))
    return image.rotate(
        random.randrange(-turn * 10, turn * 10 + 1) / 10, Image.Resampling.BICUBIC, expand=True
    )


def _star(draw: ImageDraw.ImageDraw, *, middle: int, reach: int) -> None:
    corners = []
    for corner in range(10):
        length = reach if corner % 2 == 0 else reach * 2 // 5
        turn = math.radians(36 * corner - 90)
        corners.append((middle + length * math.cos(turn), middle + length * math.sin(turn)))
    draw.polygon(corners, fill=255)
