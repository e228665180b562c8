"""Draws small vouchers for the tests of imaging: fields with labels on a ruled form."""

import io

from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"


def font(size):
    return ImageFont.truetype(FONT, size, index=2)


def voucher(fields, *, title="取款凭条", size=(1654, 1165), seed=0):
    """Return an RGB picture of a voucher with `fields`: label to value, two columns of rows."""
    page = Image.new("RGB", size, (252, 251, 247))
    pen = ImageDraw.Draw(page)
    pen.text((size[0] // 2 - 120, 60), title, font=font(56), fill=(20, 20, 60))
    top = 200
    for number, (label, value) in enumerate(fields.items()):
        left = 90 if number % 2 == 0 else size[0] // 2 + 20
        pen.rectangle(
            (left - 20, top - 14, left + size[0] // 2 - 110, top + 66), outline=(90, 90, 90)
        )
        pen.text((left, top), f"{label}：", font=font(32), fill=(30, 30, 30))
        wide = int(font(32).getlength(f"{label}：")) + 14
        pen.text((left + wide, top), value, font=font(34), fill=(10, 10, 30))
        top += 90 if number % 2 else 0
    pen.text(
        (90, size[1] - 120), f"第一联 银行记账凭证 {seed}", font=font(24), fill=(120, 120, 120)
    )
    return page


def encoded(picture, kind="JPEG", **options):
    """Return the picture as the bytes of a file."""
    out = io.BytesIO()
    if kind == "JPEG":
        options.setdefault("quality", 85)
    picture.save(out, kind, **options)
    return out.getvalue()


WITHDRAWAL = {
    "户名": "欧阳建国",
    "账号": "6228480012345678910",
    "凭证号码": "20260000123456",
    "交易流水号": "112300001742",
    "金额大写": "壹拾贰万叁仟肆佰伍拾陆元柒角捌分",
    "金额小写": "¥123,456.78",
    "交易日期": "2026年11月23日",
    "用途": "购房首付款",
}
