"""Draws what lies beside a voucher: both sides of a specimen card, a drawn face, a seal."""

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


def id_back(fields: Mapping[str, Any], random: Random) -> Sheet:
    """Return the back of such a card, with a pattern of its own."""
    sheet = Sheet(Image.new("RGB", CARD_SIZE, (232, 240, 236)), random)
    draw = ImageDraw.Draw(sheet.image)
    step = random.randrange(11, 23)
    for offset in range(0, 1010, step):
        draw.arc((offset - 300, 40, offset + 300, 600), 200, 340, fill=(206, 224, 216), width=3)
    for place in range(12):
        x, y = random.randrange(40, 960), random.randrange(40, 600)
        draw.ellipse((x - 30 - place, y - 30, x + 30, y + 30), outline=(190, 214, 204), width=4)
    for at, text, size in (
        ((505, 120), "示例证件", 52), ((505, 210), "样本身份证明", 60),
        ((300, 450), "签发机关", 28), ((300, 530), "有效期限", 28),
    ):  # fmt: skip
        sheet.label(at, text, size=size, colour=LABEL, style="sans")
    sheet.fill("issuer", (380, 420, 500, 56), "示例市公安局样张分局", pen="sans")
    year = fields["date"].year
    valid = f"{year - 5}.01.01-{year + 15}.01.01"
    sheet.fill("valid", (380, 500, 500, 56), valid, pen="sans")
    _specimen(sheet)
    return sheet


def photo(fields: Mapping[str, Any], random: Random) -> Sheet:
    """Return a drawing where the counter's camera would take a face; it is nobody's."""
    wall, coat, hair = ([random.randrange(40, 230) for _ in range(3)] for _ in range(3))
    sheet = Sheet(Image.new("RGB", (640, 480), tuple(wall)), random)
    draw = ImageDraw.Draw(sheet.image)
    for _ in range(14):
        x, y = random.randrange(640), random.randrange(480)
        shade = tuple(max(0, part - random.randrange(60)) for part in wall)
        wide, high = random.randrange(30, 180), random.randrange(20, 120)
        draw.rectangle((x, y, x + wide, y + high), fill=shade)
    across, down = random.randrange(220, 420), random.randrange(150, 230)
    draw.chord((across - 190, down + 70, across + 190, down + 520), 180, 360, fill=tuple(coat))
    draw.ellipse((across - 85, down - 110, across + 85, down + 110), fill=(222, 190, 160))
    draw.chord((across - 92, down - 125, across + 92, down + 60), 180, 360, fill=tuple(hair))
    sheet.label((120, 455), "样本", size=26, colour=(190, 50, 50), style="bold")
    sheet.fill("date", (200, 430, 300, 48), f"{fields['date']:%Y年%m月%d日}", pen="sans")
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
