"""Draws vouchers as a scanner sees them, with the truth about what stands where.

`draw("withdrawal", {...}, seed=1)` returns a JPEG and its truth; the same arguments give the same
bytes with the same version of Pillow and of the fonts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from random import Random
from typing import Any

from ops_platform.demo.vouchers import cards
from ops_platform.demo.vouchers.forms import empty, form
from ops_platform.demo.vouchers.ink import Box, Sheet
from ops_platform.demo.vouchers.layouts import LAYOUTS
from ops_platform.demo.vouchers.scan import MARGIN, moved, scan

_DRAWN_APART: dict[str, Callable[[Mapping[str, Any], Random], Sheet]] = {
    "id_card": cards.id_card,
    "id_back": cards.id_back,
    "photo": cards.photo,
    "seal": cards.seal,
}
KINDS = (*LAYOUTS, *_DRAWN_APART)


def draw(
    kind: str, fields: Mapping[str, Any], seed: int, level: str = "normal"
) -> tuple[bytes, dict[str, Any]]:
    """Return one page as JPEG and its truth: kind, size, and each field's text and box.

    Fields of a form: date, amount_fen, account, name; where the form has them payee_name,
    payee_account, payee_bank, purpose, id_number, voucher_no, outlet; and journal_no, time,
    institution, teller, trade_code when it has been posted. The truth calls the validation
    print's fields `journal.…`. Level is clean, normal or hard.
    """
    random = Random(f"{kind}|{seed}|{level}")
    apart = _DRAWN_APART.get(kind)
    sheet = apart(fields, random) if apart else form(kind, fields, random)
    data, skew, size = scan(sheet.image, random, level)
    found = {
        name: {"text": text, "box": moved(box, skew=skew, size=size)}
        for name, (text, box) in sheet.boxes.items()
    }
    return data, {
        "kind": kind, "seed": seed, "level": level, "size": list(size), "fields": found
    }  # fmt: skip


def blank(kind: str) -> bytes:
    """Return a form as it comes from the printer's, as PNG, at the size of its own paper."""
    out = BytesIO()
    empty(kind).save(out, "PNG", dpi=(200, 200))
    return out.getvalue()


def zones(kind: str) -> dict[str, Box]:
    """Return where a form's fields stand on a scan that lies straight, for readers by template."""
    return {name: (x + MARGIN, y + MARGIN, w, h) for name, (x, y, w, h) in rooms(kind).items()}


def rooms(kind: str) -> dict[str, Box]:
    """Return where a form's fields stand on its own paper; of a grid the part with the digits."""
    layout = LAYOUTS[kind]
    places = {cell.field: cell.room for cell in layout.cells if cell.field}
    places |= dict(layout.open_fields)
    if layout.grid:
        x, y, w, h = layout.grid
        places["amount"] = (x, y + h // 3, w, h - h // 3)
        left, top, wide, high = places["amount_words"]
        if top < y + h and y < top + high:  # both stand in one cell
            places["amount_words"] = (left, top, min(wide, x - left - 4), high)
    if layout.journal_at:
        places["journal"] = layout.journal_at
    return places


def has_grid(kind: str) -> bool:
    """Tell whether a form's amount is written a digit a box."""
    return LAYOUTS[kind].grid is not None


def title(kind: str) -> str:
    """Return the title that is printed on a form, without its blanks."""
    return "".join(LAYOUTS[kind].title.split())
