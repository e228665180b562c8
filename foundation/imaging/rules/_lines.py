"""What an engine saw: lines of text with boxes, and the ways of comparing their characters."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

Box = tuple[int, int, int, int]

# What an engine confuses in a run of digits, and only there.
DIGIT_LOOKS = str.maketrans(
    {
        "O": "0", "o": "0", "〇": "0", "D": "0", "Q": "0", "l": "1", "I": "1", "i": "1", "|": "1",
        "Z": "2", "z": "2", "S": "5", "s": "5", "b": "6", "B": "8", "g": "9", "q": "9",
    }
)  # fmt: skip
CAPITAL_LOOKS = str.maketrans(
    "圆圓园正壱貳貮弍參叄参陸染千百十萬億〇", "元元元整壹贰贰贰叁叁叁陆柒仟佰拾万亿零"
)


@dataclass(frozen=True)
class Line:
    """One line of text on a page: what it says, how sure (0–100), where in page pixels.

    `box` is left, top, width, height. `digits` is what a second, independent engine read of the
    line's digits; it is empty when that engine was not asked.
    """

    text: str
    confidence: int
    box: Box
    digits: str = ""


@dataclass(frozen=True)
class Code:
    """One barcode on a page: its symbology, its text and where it is."""

    kind: str
    text: str
    box: Box


def compact(text: str) -> str:
    """Return the text in half width without spaces, for comparing names and words."""
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("·", "")


def digits_of(text: str) -> str:
    """Return the text's digits, look-alike letters read as digits; the rest drops out."""
    narrow = unicodedata.normalize("NFKC", text).translate(DIGIT_LOOKS)
    return "".join(char for char in narrow if char in "0123456789")


def capitals_of(text: str) -> str:
    """Return the text with other spellings of capital figures made ours."""
    return compact(text).translate(CAPITAL_LOOKS)


def same_row(one: Box, other: Box) -> bool:
    """Tell whether two boxes stand beside each other on one row."""
    top, bottom = max(one[1], other[1]), min(one[1] + one[3], other[1] + other[3])
    return bottom - top > min(one[3], other[3]) * 2 // 5
