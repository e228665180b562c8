"""The doors to what is outside imaging: image decoders, OCR engines, the store of files."""

from foundation.imaging.gateways._decoding import (
    Copies,
    Examined,
    clean_png,
    copies,
    examine,
    marked_jpeg,
)
from foundation.imaging.gateways._reading import (
    PP_OCR,
    TESSERACT,
    Blank,
    EngineFailed,
    PageText,
    read_codes,
    read_form,
    read_text,
)
from foundation.imaging.gateways._store import (
    copy,
    file_of,
    fingerprint,
    keep_copy,
    keep_original,
    original,
)

__all__ = [
    "PP_OCR",
    "TESSERACT",
    "Blank",
    "Copies",
    "EngineFailed",
    "Examined",
    "PageText",
    "clean_png",
    "copies",
    "copy",
    "examine",
    "file_of",
    "fingerprint",
    "keep_copy",
    "keep_original",
    "marked_jpeg",
    "original",
    "read_codes",
    "read_form",
    "read_text",
]
