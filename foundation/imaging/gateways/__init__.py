"""The doors to what is outside imaging: image decoders, OCR engines, the store of files."""

from foundation.imaging.gateways._decoding import (
    Copies,
    Examined,
    Piece,
    clean_png,
    copies,
    cropped,
    examine,
    marked_jpeg,
    pieces,
)
from foundation.imaging.gateways._printing import barcodes
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
from foundation.imaging.gateways._scanner import file_away, scanned_bytes, waiting_files
from foundation.imaging.gateways._store import (
    copy,
    file_of,
    fingerprint,
    keep_copy,
    keep_file,
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
    "Piece",
    "barcodes",
    "clean_png",
    "copies",
    "copy",
    "cropped",
    "examine",
    "file_away",
    "file_of",
    "fingerprint",
    "keep_copy",
    "keep_file",
    "keep_original",
    "marked_jpeg",
    "original",
    "pieces",
    "read_codes",
    "read_form",
    "read_text",
    "scanned_bytes",
    "waiting_files",
]
