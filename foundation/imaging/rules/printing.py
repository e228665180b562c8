"""The journal number in the machine's print: as a field, and where it is not the expected one.

Teller terminals set the number after its label, or right before the account (DOMAIN §5.2); engines
lose the blanks between. Digits anywhere else are no journal number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from foundation.imaging.rules._fields import Field, luhn_holds
from foundation.imaging.rules._lines import Box, Line, compact, digits_of
from foundation.imaging.rules.scoring import Strip

# As sure must a row be before it speaks against what was booked.
ROW_SURE = 90
# A shorter number stands in a row of print by chance.
DIGITS_LEAST = 8
_DAY = "20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"


# Our accounts have 19 digits, the last of which checks the others: before them is the number.
_BEFORE_ACCOUNT = re.compile("^([0-9]{8,14})([0-9]{19})(?![0-9])")


@dataclass(frozen=True)
class Printed:
    """A journal number as printed: how sure its row was read, and where it stands."""

    number: str
    confidence: int
    box: Box


def unlabelled(rows: Sequence[Line]) -> Iterator[Field]:
    """Return the journal number of a terminal that prints no labels: before an account of ours."""
    for row in rows:
        found = _BEFORE_ACCOUNT.match(compact(row.text))
        if found and luhn_holds(found[2]):
            yield Field("journal_no", found[1], row.confidence, row.box)


def printed(rows: Sequence[Strip], *, expected: str, line: Mapping[str, object]) -> Printed | None:
    """Return the one journal number that the rows of a print surely show; None for the expected.

    It has as many digits as the expected one. A print of several numbers tells none. `line` are
    the other values of the journal line.
    """
    if not (expected.isascii() and expected.isdigit()) or len(expected) < DIGITS_LEAST:
        return None
    pattern = _pattern(len(expected), digits_of(str(line.get("account") or "")))
    found: dict[str, Printed] = {}
    for row in rows:
        if row.confidence < ROW_SURE:
            continue
        for match in pattern.finditer(compact(row.text)):
            number = match[1] or match[2]
            found.setdefault(number, Printed(number, row.confidence, row.box))
    if len(found) != 1 or expected in found:
        return None
    return next(iter(found.values()))


def _pattern(digits: int, account: str) -> re.Pattern[str]:
    """Return what tells a number by its label, or by the account that follows it.

    A reversal prints the number of what it reverses as well, under a label of its own.
    """
    labelled = rf"(?<!原)(?<!原交易)(?:流水号?|日志号)[:：.]?([0-9]{{{digits}}})(?=[^0-9]|$|{_DAY})"
    before = rf"^([0-9]{{{digits}}}){account}(?![0-9])" if account else "(?!)()"
    return re.compile(f"{labelled}|{before}")
