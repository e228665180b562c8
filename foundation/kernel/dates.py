"""Dates in Chinese capitals, after the rules for filling in bills and settlement vouchers."""

from __future__ import annotations

import re
from datetime import date

from foundation.kernel.capitals import DIGITS
from foundation.kernel.errors import Refused

# Every day that may be typed: ids begin with the day and have room for these (decision 0047), and
# a day more or less, by any clock, is still a day.
FIRST, LAST = date(2000, 1, 1), date(2089, 12, 31)
_TEXT = re.compile(
    r"([零壹贰叁肆伍陆柒捌玖]{4})年(零?[壹贰叁肆伍陆柒捌玖拾]{1,3})月(零?[壹贰叁肆伍陆柒捌玖拾]{1,3})日"
)
_ZERO = str.maketrans("〇", "零")


class NotDateInCapitals(Refused):
    """The text is not a date in capitals as the rules write it."""

    code = "E0204"
    text = "“%(given)s” is not a date in capitals."
    hint = "Write it as on a bill, such as 贰零贰陆年零壹月壹拾伍日."


def write(day: date) -> str:
    """Return the date in capitals, with the zeros and ones that keep it from being altered.

    Months 1, 2 and 10 and days 1 to 9, 10, 20 and 30 take a zero before them, because a stroke
    more would make another month or day of them; 11 and 12 and the days to 19 take a one.
    """
    month = ("零" if day.month in {1, 2, 10} else "") + _number(day.month)
    number = ("零" if day.day < 10 or day.day in {10, 20, 30} else "") + _number(day.day)
    return f"{''.join(DIGITS[int(d)] for d in f'{day.year:04}')}年{month}月{number}日"


def parse(text: str, *, lenient: bool = False, field: str = "") -> date:
    """Return the date of a text in capitals; refuses one that the rules do not write so.

    Lenient also reads a date that leaves out or adds a leading zero or one: a bank may accept
    such a bill (what comes of it is the drawer's loss), so that a person has to decide.
    """
    found = _TEXT.fullmatch(text.translate(_ZERO) if lenient else text)
    day = _day(*found.groups()) if found else None
    if day is None or not (lenient or write(day) == text):
        raise NotDateInCapitals(given=text[:40] if text.isprintable() else "…", field=field)
    return day


def _day(year: str, month: str, number: str) -> date | None:
    """Return the day that the three parts mean, or nothing for a day that never was."""
    try:
        return date(
            int("".join(str(DIGITS.index(char)) for char in year)), _value(month), _value(number)
        )
    except ValueError:
        return None


def _number(number: int) -> str:
    tens, ones = divmod(number, 10)
    return (DIGITS[tens] + "拾" if tens else "") + (DIGITS[ones] if ones else "")


def _value(text: str) -> int:
    """Return the number of one month or day; raises ValueError for a heap of characters."""
    bare = text.removeprefix("零")
    bare = "壹" + bare if bare.startswith("拾") else bare
    numbers = {_number(number): number for number in range(1, 32)}
    if bare not in numbers:
        raise ValueError(text)
    return numbers[bare]
