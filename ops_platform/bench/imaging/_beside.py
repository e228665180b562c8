"""The day and the printed number of a voucher: weighed as booked, and as they are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from foundation.imaging.rules import DIFFERS, proving
from foundation.imaging.rules.days import Days
from foundation.imaging.rules.proving import Lines, Proof
from foundation.imaging.rules.scoring import Strip
from ops_platform.bench.imaging._day import Voucher

# The days in which a cheque may be presented (DOMAIN §10).
PRESENT_DAYS = 10
# A digit of the day or of the month is another, or the year.
NEAR = (timedelta(days=1), timedelta(days=30), timedelta(days=365))
SURE = 60


@dataclass(frozen=True)
class Beside:
    """A day or a number with what the page proves of it, and whether it is what was booked."""

    name: str
    right: bool
    expected: object
    proofs: tuple[Proof, ...]

    def came_to(self, lines: Lines) -> str:
        """Return proved, told where it is surely another, or open."""
        (row,) = proving.verified(
            expected={self.name: self.expected}, proofs=self.proofs, lines=lines
        )
        told = row.verdict == DIFFERS and row.sure >= SURE
        return "proved" if row.proved else "told" if told else "open"


def weighed(
    voucher: Voucher, strips: Mapping[int, Sequence[Strip]], beside: Mapping[str, object]
) -> Iterator[Beside]:
    """Return the day and the number of a voucher, and the nearest that they are not."""
    on, most = voucher.record["date"], timedelta(PRESENT_DAYS * (voucher.kind == "cheque"))
    right = Days(on - most, on)
    wrong = [Days(right.first + by, right.last + by) for by in _off(most)]
    for name, value, is_right in (
        ("date", right, True),
        *(("date", days, False) for days in wrong),
        ("journal_no", voucher.record["journal_no"], True),
        ("journal_no", _changed(voucher), False),
    ):
        given = {name: value}
        found = proving.proofs(expected=given, strips=strips, beside=beside)
        yield Beside(name, is_right, value, found)


def _off(most: timedelta) -> Iterator[timedelta]:
    """Return by how much days are moved so that the right one is none of them."""
    for by in NEAR:
        yield by + most
        yield -(by + most)


def _changed(voucher: Voucher) -> str:
    number, random = voucher.record["journal_no"], Random(f"print|{voucher.seed}")
    place = random.randrange(len(number))
    other = random.choice([one for one in "0123456789" if one != number[place]])
    return f"{number[:place]}{other}{number[place + 1 :]}"
