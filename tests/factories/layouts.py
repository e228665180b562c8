"""Layouts of forms for tests: a blank form with lines and a title, drawn and published."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont

from foundation.imaging import gateways
from foundation.imaging.models import Layout
from foundation.imaging.rules.layouts import Zone
from foundation.people.models import Staff
from tests.factories.people import NOON

SIZE = (1200, 500)
ZONES = (
    Zone("account", "number", (260, 120, 700, 60), validator="luhn"),
    Zone("amount", "amount", (260, 200, 700, 60), validator="amount"),
    Zone("amount_words", "words", (260, 280, 800, 60), validator="capitals"),
    Zone("purpose", "text", (260, 360, 700, 60), needed=False),
)
_LABELS = ("账号", "金额(小写)", "金额(大写)", "用途")
_FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONT, size, index=2)


def form(**written: str) -> Image.Image:
    """Return the form with texts in its zones; the empty one without any."""
    page = Image.new("RGB", SIZE, (252, 251, 247))
    pen = ImageDraw.Draw(page)
    pen.text((380, 30), "示范银行　测试凭条", font=_font(44), fill=(30, 30, 60))
    for zone, label in zip(ZONES, _LABELS, strict=True):
        left, top, wide, high = zone.box
        pen.rectangle(
            (60, top - 8, left + wide + 20, top + high + 8), outline=(60, 60, 70), width=2
        )
        pen.line((left - 14, top - 8, left - 14, top + high + 8), fill=(60, 60, 70))
        pen.text((74, top + 10), label, font=_font(28), fill=(60, 60, 70))
        pen.text(
            (left + 12, top + 8), written.get(zone.name, ""), font=_font(34), fill=(10, 10, 30)
        )
    pen.text(
        (80, 450), "第一联　银行记账凭证　客户签名　经办　复核", font=_font(24), fill=(60, 60, 70)
    )
    return page


def png(picture: Image.Image) -> bytes:
    """Return a picture as the bytes of a file."""
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def draft(by: Staff, *, code: str = "test_slip", version: int = 1) -> Layout:
    """Draw a layout without asking the reader whether its form can be found."""
    data = png(form())
    made: Layout = Layout.objects.create(
        code=code,
        version=version,
        title="测试凭条",
        picture=gateways.keep_original(data=data, kind="PNG"),
        width_px=SIZE[0],
        height_px=SIZE[1],
        zones=[zone.told for zone in ZONES],
        drawn_by=by,
        drawn_at=NOON,
    )
    return made
