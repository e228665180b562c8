"""Amounts in Chinese capitals, after the rules for filling in bills and settlement vouchers."""

from __future__ import annotations

import re
from itertools import product

from foundation.kernel.errors import Refused

DIGITS = "零壹贰叁肆伍陆柒捌玖"
FEN_MAX = 10**17 - 1

_PLACES = ((1000, "仟"), (100, "佰"), (10, "拾"), (1, ""))
_SAME = str.maketrans("圆正〇", "元整零")
_TEXT = re.compile(
    r"(?:(?P<high>[零壹贰叁肆伍陆柒捌玖拾佰仟万]+)亿)?(?:(?P<middle>[零壹贰叁肆伍陆柒捌玖拾佰仟]+)万)?"
    r"(?:(?P<low>[零壹贰叁肆伍陆柒捌玖拾佰仟]*)元)?"
    r"(?:零?(?P<jiao>[壹贰叁肆伍陆柒捌玖])角)?(?:零?(?P<fen>[壹贰叁肆伍陆柒捌玖])分)?整?"
)


class NotCapitals(Refused):
    """The text is not an amount in capitals as the rules write it."""

    code = "E0202"
    text = "“%(given)s” is not an amount in capitals."
    hint = "Write it as on a bill, such as 陆仟零柒元壹角肆分 or 贰拾元整."


class NotInCapitals(Refused):
    """Below zero or beyond fifteen digits there are no capitals for a bill."""

    code = "E0203"
    text = "The amount cannot be written in capitals."


def write(fen: int, *, bill: bool = False) -> str:
    """Return the amount as the worked examples of the rules write it; on a bill with 人民币."""
    if type(fen) is not int:
        raise TypeError(f"money is a whole number of fen, not {fen!r}")
    if not 0 <= fen <= FEN_MAX:
        raise NotInCapitals
    return ("人民币" if bill else "") + "".join(part[0] for part in _parts(fen))


def parse(text: str, *, field: str = "") -> int:
    """Return the fen of an amount in capitals in any spelling that the rules allow."""
    plain = text.removeprefix("人民币").translate(_SAME)
    fen = _roughly(plain)
    if fen is None or plain not in ("".join(parts) for parts in product(*_parts(fen))):
        raise NotCapitals(given=text[:60] if text.isprintable() else "…", field=field)
    return fen


def _parts(fen: int) -> list[tuple[str, ...]]:
    """Return the amount in pieces, each with its spellings, the first one ours."""
    yuan, below = divmod(fen, 100)
    jiao, odd = divmod(below, 10)
    parts: list[tuple[str, ...]] = []
    if yuan or not below:
        parts += _whole(yuan) if yuan else [("零",)]
        parts.append(("元",))
    if not below:
        return [*parts, ("整",)]
    if jiao:
        if yuan and yuan % 10 == 0:
            parts.append(("零", ""))
        parts.append((DIGITS[jiao] + "角",))
        return [*parts, (DIGITS[odd] + "分",) if odd else ("", "整")]
    return [*parts, ("零" if yuan else "",), (DIGITS[odd] + "分",)]


def _whole(number: int) -> list[tuple[str, ...]]:
    """Return the pieces of a whole number above nothing: 亿 over 万 over the last four digits."""
    for size, unit in ((10**8, "亿"), (10**4, "万")):
        high, low = divmod(number, size)
        if high:
            parts = [*_whole(high), (unit,)]
            if not low:
                return parts
            return [*parts, _between(high, low, size // 10), *_whole(low)]
    return [(_section(number),)]


def _between(high: int, low: int, lead: int) -> tuple[str, ...]:
    """Return the zero between two sections: needed before a gap, free after an ending nought."""
    if low < lead:
        return ("零",)
    return ("", "零") if high % 10 == 0 else ("",)


def _section(number: int) -> str:
    """Return one to four digits."""
    text, gap = "", False
    for size, unit in _PLACES:
        digit = number // size % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + unit
        gap = not digit
    return text


def _roughly(text: str) -> int | None:
    """Return the amount that the text can only mean, however it is spelt, or nothing."""
    found = _TEXT.fullmatch(text) if text else None
    if not found:
        return None
    high, middle, low = (found[name] or "" for name in ("high", "middle", "low"))
    above, _, rest = high.rpartition("万")
    yuan = (_value(above) * 10**4 + _value(rest)) * 10**8 + _value(middle) * 10**4 + _value(low)
    jiao, odd = (DIGITS.index(found[name] or "零") for name in ("jiao", "fen"))
    return yuan * 100 + jiao * 10 + odd


def _value(text: str) -> int:
    total = digit = 0
    for char in text:
        if char in DIGITS:
            digit = DIGITS.index(char)
        else:
            total += digit * {"拾": 10, "佰": 100, "仟": 1000, "万": 0}[char]
            digit = 0
    return total + digit
