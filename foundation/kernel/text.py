"""Text that people type: made plain before it is kept, masked and grouped before it is shown."""

from __future__ import annotations

import re
import unicodedata

from foundation.kernel.errors import Refused

_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_HIDDEN = {"Cc", "Cf"}
_LEFT_OUT = "*"
# The endings of names of firms and public bodies, whose accounts are not personal ones.
_HOUSES = ("公司", "集团", "厂", "店", "行", "社", "院", "校", "局", "所", "会", "中心", "学", "部")
_PERSON_MAX = 4


class HiddenText(Refused):
    """The text reorders what is shown or cannot be stored: nobody types such by hand."""

    code = "E0501"
    text = "The text contains characters that hide or reorder other characters."
    hint = "Type the text again instead of pasting it."


class TextTooLong(Refused):
    """The text has more characters than there is room for."""

    code = "E0502"
    text = "The text has %(length)s characters; at most %(limit)s are possible."


def storable(text: str) -> bool:
    """Return whether a row can hold the text: no NUL in it and no half of a character."""
    return not _UNSTORABLE.search(text)


def whole(text: str, *, digits: int = 18) -> int | None:
    """Return the number that at most so many plain digits write, or nothing; ² and ٣ are none."""
    plain = text.isascii() and text.isdigit() and len(text) <= digits
    return int(text) if plain else None


def plain_cell(text: str) -> str:
    """Return a cell of a file for spreadsheets, with a quote before what begins like a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def clean_text(text: str, limit: int, *, lines: bool = False, field: str = "") -> str:
    """Return the text composed (NFC), without invisible characters or spaces at the ends.

    A run of blanks becomes one space; with `lines` the line ends stay. Refuses characters that
    reorder text, NUL and halves of characters, and a text that is still too long; it never cuts.
    """
    if _REORDERING.search(text) or not storable(text):
        raise HiddenText(field=field)
    rows = text.splitlines() if lines else [text]
    plain = "\n".join(_plain_row(row) for row in rows).strip("\n")
    if len(plain) > limit:
        raise TextTooLong(length=len(plain), limit=limit, field=field)
    return plain


def name_key(name: str) -> str:
    """Return what two spellings of one name have in common: width, case and blanks aside.

    For comparing a payee with the name of the account: （） and () are the same, 张 三 is 张三.
    """
    narrow = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in narrow if not char.isspace() and _visible(char))


def group_by_four(number: str) -> str:
    """Return an account number as it is shown: 6222 0212 3456 7890 123."""
    bare = "".join(number.split())
    return " ".join(bare[start : start + 4] for start in range(0, len(bare), 4))


def mask_account(number: str) -> str:
    """Return an account or card number with its first six and last four characters left."""
    return _masked("".join(number.split()), 6, 4)


def mask_id(number: str) -> str:
    """Return an identity number with its first three and last four characters left."""
    return _masked(number.strip(), 3, 4)


def mask_mobile(number: str) -> str:
    """Return a mobile number with its first three and last four digits left: 138****1234."""
    return _masked(number.strip(), 3, 4)


def mask_name(name: str) -> str:
    """Return a name masked: of a person the first character, 张*; of a house both its ends.

    A house is told by the ending of its name; the name of a person never shows its length.
    """
    plain = name.strip()
    if len(plain) > _PERSON_MAX and plain.endswith(_HOUSES):
        return f"{plain[:2]}{_LEFT_OUT * 3}{plain[-2:]}"
    return plain[:1] + _LEFT_OUT if plain else ""


def _masked(text: str, head: int, tail: int) -> str:
    """Hide the middle; of a text too short to have one, all but a fourth at its end."""
    if len(text) <= head + tail:
        head, tail = 0, len(text) // 4
    shown = text[len(text) - tail :]
    return text[:head] + _LEFT_OUT * (len(text) - head - tail) + shown


def _plain_row(row: str) -> str:
    # Blanks stay until the end: a tab is a control character too, but it parts two words.
    seen = "".join(char for char in row if char.isspace() or _visible(char))
    return unicodedata.normalize("NFC", " ".join(seen.split()))


def _visible(char: str) -> bool:
    return unicodedata.category(char) not in _HIDDEN
