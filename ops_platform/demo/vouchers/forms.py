"""Draws a filled form: the printed form, the handwriting or print, the validation print, stamps."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from random import Random
from typing import Any

import numpy as np
from PIL import Image

from ops_platform.demo.vouchers import stamps
from ops_platform.demo.vouchers.fonts import font
from ops_platform.demo.vouchers.ink import NEEDLE_SIZE, Sheet, needled
from ops_platform.demo.vouchers.layouts import LAYOUTS, Layout
from ops_platform.demo.vouchers.words import FULL_STYLE, journal_lines, texts

BANK_INK = (28, 28, 52)
PEN_INKS = ((20, 20, 26), (22, 34, 92), (18, 26, 70))
FILLED_BY_BANK = {"voucher_no", "currency"}


def form(kind: str, fields: Mapping[str, Any], random: Random) -> Sheet:
    """Return the sheet of one filled form."""
    layout = LAYOUTS[kind]
    sheet = Sheet(_blank(kind).copy(), random)
    pen = random.choice(["written", "written", "printed", "sans", "needled"])
    pen = str(fields.get("pen") or pen)
    _fill(sheet, layout, fields, pen)
    _print_journal(sheet, layout, fields)
    _press(sheet, layout, fields)
    return sheet


def empty(kind: str) -> Image.Image:
    """Return the form as it comes from the printer's."""
    return _blank(kind).copy()


@lru_cache(maxsize=16)
def _blank(kind: str) -> Image.Image:
    """Return the form as it comes from the printer's."""
    layout = LAYOUTS[kind]
    sheet = Sheet(Image.new("RGB", layout.size, layout.paper), Random(0))
    if layout.guilloche:
        sheet.image = _guilloche(layout)
    sheet.label((820, 68), layout.title, size=48, colour=layout.colour, style="heavy")
    for cell in layout.cells:
        x, y, _, h = cell.box
        sheet.rule(cell.box, colour=layout.colour)
        if cell.label_width:
            sheet.line(
                (x + cell.label_width, y), (x + cell.label_width, y + h), colour=layout.colour
            )
        for place, part in enumerate(cell.label.split("\n")):
            middle = y + h // 2 + (2 * place - cell.label.count("\n")) * 18
            sheet.label((x + cell.label_width // 2, middle), part, size=28, colour=layout.colour)
    for x, y, text in layout.labels:
        sheet.label((x, y), text, size=28, colour=layout.colour)
    _grid_lines(sheet, layout)
    return sheet.image


def _grid_lines(sheet: Sheet, layout: Layout) -> None:
    if layout.grid is None:
        return
    x, y, w, h = layout.grid
    for place, unit in enumerate("亿千百十万千百十元角分"):
        left, width = x + place * w // 11, w // 11
        sheet.rule((left, y, width, h // 3), colour=layout.colour, width=1)
        sheet.rule((left, y + h // 3, width, h - h // 3), colour=layout.colour, width=1)
        sheet.label((left + width // 2, y + h // 6), unit, size=22, colour=layout.colour)


def _guilloche(layout: Layout) -> Image.Image:
    """Return the fine wave pattern that cheques carry against copying."""
    rows, columns = np.mgrid[0 : layout.size[1], 0 : layout.size[0]]
    wave = np.sin(columns / 7 + 3 * np.sin(rows / 23)) * np.sin(rows / 6 + 2 * np.sin(columns / 31))
    tint = np.where(np.abs(wave) < 0.22, 22, 0)[..., None]
    return Image.fromarray((np.array(layout.paper) - tint).astype(np.uint8))


def _fill(sheet: Sheet, layout: Layout, fields: Mapping[str, Any], pen: str) -> None:
    written = texts(fields)
    sheet.ink = sheet.random.choice(PEN_INKS) if pen == "written" else BANK_INK
    places = [(cell.field, cell.room) for cell in layout.cells if cell.field]
    for name, box in [*places, *layout.open_fields]:
        own = "sans" if name in FILLED_BY_BANK else "written" if name == "signature" else pen
        sheet.fill(name, box, written.get(name, ""), pen=own)
    if layout.grid:
        x, y, w, h = layout.grid
        sheet.grid("amount", (x, y + h // 3, w, h - h // 3), fields["amount_fen"], pen=pen)


def _print_journal(sheet: Sheet, layout: Layout, fields: Mapping[str, Any]) -> None:
    """Print the journal line where it belongs, a little off as on every teller's printer."""
    style = FULL_STYLE if layout.printed_in_full else sheet.random.randrange(3)
    lines = journal_lines(fields, style)
    if layout.journal_at is None or not lines:
        return
    x, y, width, height = layout.journal_at
    left, top = x + sheet.random.randrange(0, 16), y + sheet.random.randrange(0, 14)
    face, step = font("sans", NEEDLE_SIZE), min(62, height // len(lines))
    longest = max(round(face.getlength("".join(t for t, _ in line))) for line in lines) + 4
    size = min(30, step - 8, (width - 20) * NEEDLE_SIZE // longest)
    for number, line in enumerate(lines):
        mask = needled("".join(text for text, _ in line), size, sheet.random)
        sheet.image.paste(BANK_INK, (left, top + number * step), mask)
        before = ""
        for text, name in line:
            start = round(face.getlength(before)) * size // NEEDLE_SIZE
            end = round(face.getlength(before + text)) * size // NEEDLE_SIZE
            before += text
            if name:
                box = (left + start, top + number * step, end - start + 4, mask.height)
                sheet.boxes[f"journal.{name}"] = (text, box)


def _press(sheet: Sheet, layout: Layout, fields: Mapping[str, Any]) -> None:
    """Press the company's seal where the form wants one, and the teller's stamp once posted."""
    if layout.company_seal_at and fields.get("seal", True):
        seal = stamps.round_seal(str(fields.get("seal_name", fields["name"]))[:16], "财务专用章")
        _press_at(sheet, seal, layout.company_seal_at, turn=14)
    for place in layout.stamps_at if fields.get("journal_no") else ():
        outlet = str(fields.get("outlet", "示范银行"))[-9:]
        lines = (outlet, f"{fields['date']:%Y.%m.%d}", "业务清讫")
        _press_at(sheet, stamps.square_stamp(lines), place, turn=9)


def _press_at(sheet: Sheet, mask: Image.Image, middle: tuple[int, int], *, turn: int) -> None:
    pressed = stamps.pressed(mask, sheet.random, turn=turn)
    x = min(max(middle[0] + sheet.random.randrange(-40, 41), 200), sheet.image.width - 200)
    y = min(max(middle[1] + sheet.random.randrange(-24, 25), 130), sheet.image.height - 130)
    sheet.stamp(pressed, (x, y), colour=stamps.RED)
