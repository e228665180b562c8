"""Puts ink on a sheet: printing, needle printing, writing by hand, and stamps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from ops_platform.demo.vouchers.fonts import HANDS, font

Box = tuple[int, int, int, int]
Colour = tuple[int, int, int]
NEEDLE_SIZE = 24


@dataclass
class Sheet:
    """The image under the pen, and where each field's text came to stand: x, y, width, height."""

    image: Image.Image
    random: Random
    ink: Colour = (24, 24, 28)
    boxes: dict[str, tuple[str, Box]] = field(default_factory=dict)

    def rule(self, box: Box, *, colour: Colour, width: int = 2) -> None:
        """Draw the frame of a cell."""
        x, y, w, h = box
        ImageDraw.Draw(self.image).rectangle((x, y, x + w, y + h), outline=colour, width=width)

    def line(self, start: tuple[int, int], end: tuple[int, int], *, colour: Colour) -> None:
        """Draw a thin line."""
        ImageDraw.Draw(self.image).line((*start, *end), fill=colour, width=1)

    def label(
        self, at: tuple[int, int], text: str, *, size: int, colour: Colour, style: str = "serif"
    ) -> None:
        """Print a label of the form with its middle at the place."""
        draw = ImageDraw.Draw(self.image)
        draw.text(at, text, font=font(style, size), fill=colour, anchor="mm")

    def fill(self, name: str, box: Box, text: str, *, pen: str) -> None:
        """Put a field's text into its box, shrunk if too long, and note where it stands."""
        if not text:
            return
        x, y, w, h = box
        mask = PENS[pen](text, max(18, min(38, h * 11 // 20)), self.random)
        if mask.width > w - 8:
            mask = mask.resize((w - 8, mask.height))
        left = x + 8 + self.random.randrange(max(1, min(24, w - mask.width - 7)))
        top = y + (h - mask.height) // 2 + self.random.randrange(-3, 4)
        self.image.paste(self.ink, (left, top), mask)
        self.boxes[name] = (text, (left, top, mask.width, mask.height))

    def grid(self, name: str, box: Box, fen: int, *, pen: str) -> None:
        """Put an amount into the columns 亿 to 分 of a box, a yen sign before the first digit."""
        x, y, w, h = box
        digits = f"¥{fen:03}"[-11:]
        first = 11 - len(digits)
        for place, digit in enumerate(digits, start=first):
            mask = PENS[pen](digit, min(36, h * 3 // 5), self.random)
            left = x + place * w // 11 + (w // 11 - mask.width) // 2
            self.image.paste(self.ink, (left, y + (h - mask.height) // 2), mask)
        left = x + first * w // 11
        self.boxes[name] = (digits, (left, y, x + w - left, h))

    def stamp(self, mask: Image.Image, middle: tuple[int, int], *, colour: Colour) -> None:
        """Press a stamp: what is under it stays readable, as with real ink."""
        left, top = middle[0] - mask.width // 2, middle[1] - mask.height // 2
        paper = Image.new("RGB", mask.size, (255, 255, 255))
        paper.paste(colour, (0, 0), mask)
        under = self.image.crop((left, top, left + mask.width, top + mask.height))
        self.image.paste(ImageChops.multiply(under, paper), (left, top))


def printed(text: str, size: int, random: Random, style: str = "serif") -> Image.Image:
    """Return the mask of a text as a laser printer prints it."""
    return _mask(text, size, style, random.randrange(215, 256))


def sans(text: str, size: int, random: Random) -> Image.Image:
    """Return the mask of a text in the typeface of a terminal."""
    return printed(text, size, random, "sans")


def needled(text: str, size: int, random: Random) -> Image.Image:
    """Return the mask of a text as a 24-pin printer with a worn ribbon prints it."""
    face = font("sans", NEEDLE_SIZE)
    width = round(face.getlength(text)) + 4
    dots = Image.new("1", (width, NEEDLE_SIZE + 12), 0)
    draw = ImageDraw.Draw(dots)
    draw.fontmode = "1"
    draw.text((2, 2), text, font=face, fill=1)
    noise = np.random.default_rng(random.getrandbits(32))
    worn = random.randrange(20, 90)
    ribbon = 255 - noise.integers(0, worn, size=(dots.height, width), dtype=np.int16)
    inked = (np.asarray(dots) * ribbon).astype(np.uint8)
    height = dots.height * size // NEEDLE_SIZE
    return Image.fromarray(inked).resize(
        (width * size // NEEDLE_SIZE, height), Image.Resampling.BICUBIC
    )


def written(
    text: str, size: int, random: Random, style: str = "hand", figures: str = ""
) -> Image.Image:
    """Return the mask of a text as somebody writes it: each sign leans and sits differently.

    `figures` is the style of what is no Chinese sign, where the writing has its own file for it.
    """
    lean = random.randrange(-20, 60)
    sheet = Image.new("L", (len(text) * size * 5 // 4 + size, size * 9 // 5), 0)
    x = 4
    for sign in text:
        own = figures if figures and (sign.isascii() or sign == "¥") else style
        face = font(own, size * random.randrange(95, 118) // 100)
        width = round(face.getlength(sign))
        tile = Image.new("L", (width + 16, size * 9 // 5), 0)
        shade = random.randrange(190, 256)
        ImageDraw.Draw(tile).text((8, size // 4), sign, font=face, fill=shade)
        angle = random.randrange(-70, 71) / 10
        tile = tile.rotate(angle, Image.Resampling.BILINEAR)
        sheet.paste(
            ImageChops.lighter(tile, sheet.crop((x - 4, 0, x + width + 12, tile.height))),
            (x - 4, random.randrange(-2, 3)),
        )
        x += width + random.randrange(-1, 3) - width // 12
    sheet = sheet.crop((0, 0, min(sheet.width, x + 12), sheet.height))
    slant = lean / 200
    return sheet.transform(
        sheet.size,
        Image.Transform.AFFINE,
        (1, slant, -slant * sheet.height / 2, 0, 1, 0),
        Image.Resampling.BILINEAR,
    )


def _mask(text: str, size: int, style: str, shade: int) -> Image.Image:
    face = font(style, size)
    left, top, right, bottom = (round(edge) for edge in face.getbbox(text))
    mask = Image.new("L", (right - left + 4, bottom - top + 4), 0)
    ImageDraw.Draw(mask).text((2 - left, 2 - top), text, font=face, fill=shade)
    return mask


def _hand(place: int) -> Callable[[str, int, Random], Image.Image]:
    """Return the pen of one of the people whose writing was fetched."""
    return partial(written, style=f"hand{place}", figures=f"figures{place}")


PENS: dict[str, Callable[[str, int, Random], Image.Image]] = {
    f"hand{place}": _hand(place) for place in range(len(HANDS))
}
PENS |= {"printed": printed, "sans": sans, "needled": needled, "written": written}
