"""Draws what lies beside a voucher: the front of an identity card, marked as a specimen; a seal."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from PIL import Image, ImageDraw

from foundation.kernel import numbering
from ops_platform.demo.vouchers import stamps
from ops_platform.demo.vouchers.fonts import font
from ops_platform.demo.vouchers.ink import Colour, Sheet

LABEL: Colour = (60, 110, 170)
CARD_SIZE = (1010, 640)


def id_card(fields: Mapping[str, Any], random: Random) -> Sheet:
    """Return the front of an identity card that can never pass for one: 样本 is all over it."""
    sheet = Sheet(Image.new("RGB", CARD_SIZE, (226, 238, 244)), random)
    draw = ImageDraw.Draw(sheet.image)
    for offset in range(-640, 1010, 14):
        draw.line((offset, 0, offset + 640, 640), fill=(214, 230, 238), width=3)
    _portrait(draw)
    number = str(fields["id_number"])
    born = numbering.birth_date(number)
    assert born is not None, "the demo draws only well-formed numbers"
    sex = "男" if int(number[16]) % 2 else "女"
    for at, text in (
        ((90, 96), "姓名"), ((90, 176), "性别"), ((290, 176), "民族"),
        ((90, 256), "出生"), ((90, 336), "住址"), ((170, 560), "公民身份号码"),
    ):  # fmt: skip
        sheet.label(at, text, size=28, colour=LABEL, style="sans")
    address = str(fields.get("address", "示例市样张区演示路1号"))
    for name, box, text in (
        ("name", (140, 66, 400, 60), str(fields["name"])),
        ("sex", (140, 150, 90, 52), sex),
        ("nation", (330, 150, 120, 52), "汉"),
        ("born", (140, 230, 460, 52), f"{born.year}年{born.month}月{born.day}日"),
        ("address", (140, 310, 470, 52), address),
        ("id_number", (300, 530, 640, 60), number),
    ):
        sheet.fill(name, box, text, pen="sans")
    _specimen(sheet)
    return sheet


def seal(fields: Mapping[str, Any], random: Random) -> Sheet:
    """Return a company's seal as cut from its specimen card."""
    sheet = Sheet(Image.new("RGB", (420, 420), (253, 252, 249)), random)
    mask = stamps.round_seal(str(fields["name"])[:16], "财务专用章", 340)
    sheet.stamp(stamps.pressed(mask, random, turn=8), (210, 210), colour=stamps.RED)
    sheet.boxes["name"] = (str(fields["name"]), (30, 30, 360, 360))
    return sheet


def _portrait(draw: ImageDraw.ImageDraw) -> None:
    """Draw a grey outline where a photograph would be."""
    draw.rectangle((650, 70, 940, 450), fill=(206, 214, 220))
    draw.ellipse((725, 130, 865, 300), fill=(150, 158, 166))
    draw.chord((670, 310, 920, 590), 180, 360, fill=(150, 158, 166))


def _specimen(sheet: Sheet) -> None:
    word = Image.new("L", (700, 220), 0)
    ImageDraw.Draw(word).text((350, 110), "样　本", font=font("bold", 170), fill=120, anchor="mm")
    word = word.rotate(18, Image.Resampling.BICUBIC, expand=True)
    sheet.stamp(word, (470, 320), colour=(220, 60, 60))
    sheet.label((505, 616), "样本　仅供演示　不是证件", size=26, colour=(190, 50, 50), style="bold")
