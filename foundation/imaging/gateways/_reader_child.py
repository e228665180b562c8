"""The child that reads pages: engines and barcodes in a process that may crash without harm.

It is started by path with `python -I` and stays warm. It is told an order in JSON and a PNG on
standard input and answers with one JSON text; each is preceded by its length in eight bytes. It
ends when its parent ends.
"""

from __future__ import annotations

import functools
import io
import json
import os
import resource
import struct
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from foundation.imaging.gateways import _forms_child
else:
    sys.path.insert(0, str(Path(__file__).parent))
    import _forms_child

TESSERACT_SECONDS = 40
DIGIT_LINES_MAX = 24
DIGITS_MIN = 6
PARAMS = {
    "Global.use_cls": False,
    "Global.text_score": 0.0,
    "Global.log_level": "error",
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    # The finder of lines needs no full resolution; a batch of one pads nothing.
    "Det.limit_type": "max",
    "Det.limit_side_len": 1280,
    "Rec.rec_batch_num": 1,
}


@functools.cache
def engine() -> Any:
    """Load the models once; they lie inside the wheel."""
    import cv2
    from rapidocr import RapidOCR

    cv2.setNumThreads(1)
    return RapidOCR(params=PARAMS)


def around(points: Any) -> list[int]:
    """Return left, top, width, height of the upright box around four corners."""
    across, down = [int(p[0]) for p in points], [int(p[1]) for p in points]
    left, top = max(min(across), 0), max(min(down), 0)
    return [left, top, max(across) - left, max(down) - top]


def codes(picture: Any) -> list[dict[str, Any]]:
    """Return the barcodes: on the page as it is, then without coloured stamps over it."""
    import cv2
    import zxingcpp

    found = zxingcpp.read_barcodes(picture)
    if not found:
        found = zxingcpp.read_barcodes(picture.max(axis=2))
    if not found:
        found = zxingcpp.read_barcodes(cv2.resize(picture.max(axis=2), None, fx=1.5, fy=1.5))
    return told_codes(found)


def quick_codes(picture: Any) -> list[dict[str, Any]]:
    """Return the barcodes of a form at one look; a form that is known seldom has one."""
    import zxingcpp

    return told_codes(zxingcpp.read_barcodes(picture.max(axis=2), try_rotate=False))


def told_codes(found: Any) -> list[dict[str, Any]]:
    """Return what was found as kind, text and box."""
    told = []
    for code in found:
        at = code.position
        corners = [at.top_left, at.top_right, at.bottom_right, at.bottom_left]
        box = around([(corner.x, corner.y) for corner in corners])
        told.append({"kind": str(code.format), "text": code.text, "box": box})
    return told


def decoded(png: bytes) -> Any:
    """Return the pixels of a page."""
    import cv2
    import numpy as np

    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)


def by_pp_ocr(png: bytes, _order: dict[str, Any]) -> dict[str, Any]:
    """Read a page with PP-OCRv6, and its digits a second time with Tesseract."""
    from PIL import Image

    picture = decoded(png)
    seen = engine()(picture)
    rows = zip(seen.txts, seen.scores, seen.boxes, strict=True) if seen.txts else ()
    lines = [
        {"text": text, "confidence": round(float(score) * 100), "box": around(box)}
        for text, score, box in rows
    ]
    add_second_digits(Image.open(io.BytesIO(png)).convert("L"), lines)
    return {"lines": lines, "codes": codes(picture), "version": versions()}


def versions() -> str:
    """Return which recogniser this is."""
    return f"rapidocr {version('rapidocr')}, onnxruntime {version('onnxruntime')}"


def by_forms(png: bytes, order: dict[str, Any]) -> dict[str, Any]:
    """Read a page by the zones of the form that it is; the layout is empty where it is none."""
    import cv2
    from PIL import Image

    cv2.setNumThreads(1)
    picture = decoded(png)

    def second(_picture: Any, lines: list[dict[str, Any]]) -> None:
        add_second_digits(Image.open(io.BytesIO(png)).convert("L"), lines)

    told = _forms_child.read_form(picture, order["layouts"], second, whole=order["whole"])
    none = {"layout": "", "fit": 0, "strips": []}
    return {"codes": quick_codes(picture) if told else [], "version": versions(), **(told or none)}


def by_codes(png: bytes, _order: dict[str, Any]) -> dict[str, Any]:
    """Read nothing but the barcodes."""
    return {
        "lines": [],
        "codes": codes(decoded(png)),
        "version": f"zxing-cpp {version('zxing-cpp')}",
    }


def by_tesseract(png: bytes, _order: dict[str, Any]) -> dict[str, Any]:
    """Read a page with Tesseract alone."""
    import pytesseract
    from PIL import Image

    picture = Image.open(io.BytesIO(png))
    lines = tesseract(picture, "chi_sim+eng", "--psm 11")
    return {"lines": lines, "codes": [], "version": str(pytesseract.get_tesseract_version())}


def tesseract(picture: Any, language: str, config: str) -> list[dict[str, Any]]:
    """Return the lines that Tesseract sees."""
    import pytesseract

    table = pytesseract.image_to_data(
        picture,
        lang=language,
        config=config,
        timeout=TESSERACT_SECONDS,
        output_type=pytesseract.Output.DICT,
    )
    rows: dict[tuple[int, ...], list[int]] = {}
    for at, text in enumerate(table["text"]):
        if text.strip():
            key = (table["block_num"][at], table["par_num"][at], table["line_num"][at])
            rows.setdefault(key, []).append(at)
    return [line_of(table, places) for places in rows.values()]


def line_of(table: dict[str, Any], places: list[int]) -> dict[str, Any]:
    """Join the words of one line."""
    left = min(table["left"][at] for at in places)
    top = min(table["top"][at] for at in places)
    right = max(table["left"][at] + table["width"][at] for at in places)
    bottom = max(table["top"][at] + table["height"][at] for at in places)
    sure = sum(max(int(table["conf"][at]), 0) for at in places) // len(places)
    text = " ".join(table["text"][at] for at in places)
    return {"text": text, "confidence": sure, "box": [left, top, right - left, bottom - top]}


def add_second_digits(grey: Any, lines: list[dict[str, Any]]) -> None:
    """Note what Tesseract reads of the digits of lines, one call for all; nothing if it fails."""
    import pytesseract
    from PIL import Image

    asked = [line for line in lines if sum(map(is_digit, line["text"])) >= DIGITS_MIN]
    asked = asked[:DIGIT_LINES_MAX]
    if not asked:
        return
    strips = [grey.crop(digit_box(line)) for line in asked]
    strips = [strip.resize((max(strip.width * 48 // strip.height, 1), 48)) for strip in strips]
    sheet = Image.new("L", (max(s.width for s in strips) + 40, 72 * len(strips) + 20), 255)
    for place, strip in enumerate(strips):
        sheet.paste(strip, (20, 16 + 72 * place))
    try:
        words = tesseract(sheet, "eng", "--psm 6 -c tessedit_char_whitelist=0123456789.,-")
    except (pytesseract.TesseractError, pytesseract.TesseractNotFoundError, RuntimeError):
        return
    for place, line in enumerate(asked):
        rows = [w for w in words if (w["box"][1] + w["box"][3] // 2 - 4) // 72 == place]
        line["digits"] = "".join(filter(is_digit, "".join(word["text"] for word in rows)))


def digit_box(line: dict[str, Any]) -> tuple[int, int, int, int]:
    """Guess where the digits of a mixed line begin and end, by the width of its characters."""
    text = line["text"]
    widths = [1 if char.isascii() else 2 for char in text]
    places = [at for at, char in enumerate(text) if is_digit(char)]
    left, top, wide, high = line["box"]
    begin = left + wide * sum(widths[: places[0]]) // sum(widths)
    end = left + wide * sum(widths[: places[-1] + 1]) // sum(widths)
    low, right = max(begin - high // 3, left - 3, 0), min(end + high // 3, left + wide + 3)
    return low, max(top - 2, 0), max(right, low + 1), top + max(high, 1) + 2


def is_digit(char: str) -> bool:
    """Tell whether a character is one of the ten digits."""
    return "0" <= char <= "9"


ENGINES = {
    "pp-ocrv6-small": by_pp_ocr,
    "tesseract": by_tesseract,
    "forms": by_forms,
    "codes": by_codes,
}


def answer(order: dict[str, Any], png: bytes) -> dict[str, Any]:
    """Read one page with one engine; the time is of the processor, children's too."""
    before = os.times()
    told = ENGINES[order["engine"]](png, order)
    after = os.times()
    return told | {"milliseconds": round((sum(after[:4]) - sum(before[:4])) * 1000)}


def taken(source: BinaryIO) -> bytes:
    """Return the next message, or nothing at the end."""
    head = source.read(8)
    if len(head) < 8:
        return b""
    (length,) = struct.unpack(">Q", head)
    return source.read(length)


def main() -> None:
    """Answer until nobody asks any more."""
    memory_mib, giving_way = map(int, sys.argv[1:3])
    os.nice(giving_way)
    resource.setrlimit(resource.RLIMIT_AS, (memory_mib << 20, memory_mib << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Libraries that print must not print into the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while order := taken(sys.stdin.buffer):
        try:
            told = answer(json.loads(order), taken(sys.stdin.buffer))
        except Exception as error:  # noqa: BLE001 - the parent decides what follows
            told = {"error": f"{type(error).__name__}: {error}"[:200]}
        text = json.dumps(told).encode()
        answers.write(struct.pack(">Q", len(text)) + text)
        answers.flush()


if __name__ == "__main__":
    main()
