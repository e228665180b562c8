"""Barcodes for the printer: drawn as SVG, so that they are sharp at any size."""

from __future__ import annotations

import zxingcpp

KINDS = (zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.QRCode)


def barcodes(*, text: str) -> tuple[str, str]:
    """Return the text as Code 128 and as a QR code, each an SVG element."""
    line, square = (_drawn(text, kind) for kind in KINDS)
    return line, square


def _drawn(text: str, kind: zxingcpp.BarcodeFormat) -> str:
    svg: str = zxingcpp.write_barcode_to_svg(zxingcpp.create_barcode(text, kind))
    return svg[svg.index("<svg") :]
