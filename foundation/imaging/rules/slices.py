"""Where on a page a field stands that was not read: beside the label that names it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from foundation.imaging.rules._labels import LABELS
from foundation.imaging.rules._lines import Box, Line

_OF_FIELD = {
    field: [re.compile(pattern) for pattern, named in LABELS if named == field]
    for field in ("amount", "amount_words", "account", "payee_account", "voucher_no")
}


def zone(*, field: str, lines: Sequence[Line], width: int) -> Box | None:
    """Return the strip from a field's label to the right edge; None where its label is not read.

    Of several labels the one that was read with most confidence, then the upper one.
    """
    patterns = _OF_FIELD.get(field, [])
    named = [line for line in lines if any(one.search(line.text) for one in patterns)]
    if not named:
        return None
    line = min(named, key=lambda one: (-one.confidence, one.box[1], one.box[0]))
    left, top, _wide, high = line.box
    return (left, top, max(1, width - left), high)
