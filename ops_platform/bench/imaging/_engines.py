"""What a voucher costs by engine: the zones of its form, the whole page, Tesseract alone."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from foundation.imaging import gateways
from ops_platform.bench.imaging._judging import Read, blanks
from ops_platform.bench.rows import Row, compared

SAMPLE = 7


def run(reads: Sequence[Read]) -> list[Row]:
    """Measure the processor's seconds of each engine on the same few vouchers."""
    pages = [gateways.clean_png(data=read.voucher.draw()) for read in reads[:SAMPLE]]
    spent = {"zones of the form": 0, "whole page, PP-OCRv6": 0, "whole page, Tesseract": 0}
    for png in pages:
        form = gateways.read_form(png=png, blanks=blanks())
        spent["zones of the form"] += form.milliseconds if form else 0
        whole = gateways.read_text(png=png, engines=(gateways.PP_OCR,))
        spent["whole page, PP-OCRv6"] += whole.milliseconds
        other = gateways.read_text(png=png, engines=(gateways.TESSERACT,))
        spent["whole page, Tesseract"] += other.milliseconds
    each = {
        name: (Decimal(total) / 1000 / SAMPLE).quantize(Decimal("0.001"))
        for name, total in spent.items()
    }
    peer = each["whole page, PP-OCRv6"]
    return [
        compared(
            bench="imaging",
            case=f"processor time a voucher, {name}",
            ours=seconds,
            unit="s",
            peer="whole page",
            peer_value=peer,
            most=Decimal(1) if name != "whole page, Tesseract" else Decimal(9),
        )
        for name, seconds in each.items()
    ]
