"""Which voucher of an outlet's day bears out which journal line: keys first, order for the rest.

Vouchers lie in the order of the journal (DOMAIN §5.1, §5.2), so that a sheet of which nothing was
read still has its place between two that were. Nothing is decided here about whether a pair agrees:
the values of every pair are compared afterwards, and a person sees what differs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

RowT = TypeVar("RowT")

# How a pair was found.
NUMBER, VOUCHER, ACCOUNT, SUM, ORDER, PART, AGAIN, HAND = (
    "number", "voucher", "account", "sum", "order", "part", "again", "hand",
)  # fmt: skip


@dataclass(frozen=True)
class How:
    """The words for one way of finding a pair."""

    code: str
    text: str


HOWS: dict[str, How] = {
    how.code: how
    for how in (
        How(NUMBER, "By the printed journal number"),
        How(VOUCHER, "By voucher number and account"),
        How(ACCOUNT, "By account, amount and teller"),
        How(SUM, "One voucher for several lines"),
        How(ORDER, "By its place in the order"),
        How(PART, "Another voucher of the same line"),
        How(AGAIN, "The same voucher once more"),
        How(HAND, "Joined by hand"),
    )
}
# Printed and booked time of one transaction lie no further apart.
WITHIN = timedelta(minutes=5)
_A_DAY = timedelta(days=1)
# Of so many lines at most one voucher is the sum.
RUN_MOST = 200
# Beside the voucher of a line: they are none of their own, and say nothing of the order.
FURTHER = frozenset({PART, AGAIN})
# What a field that agrees, nearly agrees or differs says for a pair.
_WEIGHTS = {"amount": 4, "account": 4, "voucher_no": 4, "teller": 1}


@dataclass(frozen=True)
class LineRow:
    """A line of the journal as far as a voucher may name it; `place` is its order of the day."""

    key: str
    place: int
    account: str
    fen: int
    voucher_no: str
    teller: str
    at: datetime


@dataclass(frozen=True)
class SheetRow:
    """What was read on a voucher, empty where nothing was; `place` is its order in the scans."""

    key: int
    place: int
    journal_no: str = ""
    voucher_no: str = ""
    account: str = ""
    fen: int | None = None
    teller: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Found:
    """A pair: the line, the voucher, and how it was found."""

    line: str
    sheet: int
    how: str


@dataclass
class _Day:
    """What is still without a partner while the day is gone through."""

    lines: dict[str, LineRow]
    sheets: dict[int, SheetRow]
    found: list[tuple[LineRow, SheetRow, str]]

    def pair(self, line: LineRow, sheet: SheetRow, how: str) -> None:
        """Take both out and keep the pair."""
        self.lines.pop(line.key, None)
        self.sheets.pop(sheet.key, None)
        self.found.append((line, sheet, how))


def align(
    lines: Iterable[LineRow], sheets: Iterable[SheetRow], *, taken: Iterable[LineRow] = ()
) -> Sequence[Found]:
    """Return the pairs of a day, in the order of the journal.

    A line has at most one voucher, besides further sheets that print its number: the same voucher
    once more (AGAIN), or what says nothing of its own (PART). A voucher has at most one line, but
    where its amount is the sum of several that follow one another (SUM). `taken` are lines that
    have their voucher already and can only have further sheets.
    What one key leaves open between several is left to the order; what contradicts is not paired.
    The same day in any order of the arguments gives the same answer.
    """
    in_order = sorted(lines, key=lambda line: (line.place, line.key))
    scanned = sorted(sheets, key=lambda sheet: (sheet.place, sheet.key))
    day = _Day({line.key: line for line in in_order}, {sheet.key: sheet for sheet in scanned}, [])
    _by_number(day, {line.key: line for line in taken})
    _by_key(day, VOUCHER, _voucher_of_line, _voucher_of_sheet)
    _by_key(day, ACCOUNT, _account_of_line, _account_of_sheet)
    _by_sum(day)
    _by_order(day)
    day.found.sort(key=lambda pair: (pair[0].place, pair[0].key, pair[1].place, pair[1].key))
    return tuple(Found(line.key, sheet.key, how) for line, sheet, how in day.found)


def evidence(line: LineRow, sheet: SheetRow) -> tuple[int, bool]:
    """Return what the fields that were read say for a pair, and whether one of them is another."""
    points, contradicted = 0, False
    for name, expected, read in (
        ("account", line.account, sheet.account),
        ("voucher_no", line.voucher_no, sheet.voucher_no),
        ("teller", line.teller, sheet.teller),
    ):
        if expected and read:
            likeness = _likeness(expected, read)
            points += _WEIGHTS[name] * likeness // 2
            contradicted |= likeness < 0
    if sheet.fen is not None:
        points += _WEIGHTS["amount"] * (1 if sheet.fen == line.fen else -1)
        contradicted |= sheet.fen != line.fen
    return points, contradicted


def apart(line: LineRow, sheet: SheetRow) -> timedelta | None:
    """Return how far the printed time is from the booking by the hour; None where none was read.

    Days do not count: what is booked late keeps its day.
    """
    if sheet.at is None:
        return None
    later = (sheet.at - line.at) % _A_DAY
    return min(later, _A_DAY - later)


def _likeness(expected: str, read: str) -> int:
    """Return 2 for the same, 1 for one sign misread, −2 for another."""
    if expected == read:
        return 2
    same_length = len(expected) == len(read)
    wrong = sum(one != other for one, other in zip(expected, read, strict=False))
    return 1 if same_length and wrong == 1 and len(read) > 4 else -2


def _by_number(day: _Day, taken: Mapping[str, LineRow]) -> None:
    """Pair by the printed journal number: a line with its voucher, and with what is beside it.

    Of several that print it the voucher is the first that agrees, or else that contradicts least.
    A further one that contradicts is left: it is a voucher by itself, whose line is to be found.
    """
    for number, sheets in _grouped(list(day.sheets.values()), _number_of_sheet).items():
        line = day.lines.get(str(number)) or taken.get(str(number))
        if line is None:
            continue
        first = min(sheets, key=partial(_against, line)) if line.key in day.lines else None
        for sheet in sheets:
            how = NUMBER if sheet is first else _FURTHER[_against(line, sheet)]
            if how:
                day.pair(line, sheet, how)


# What a further sheet is by how far it stands against the line: agreeing, silent, contradicting.
_FURTHER = (AGAIN, PART, "")


def _against(line: LineRow, sheet: SheetRow) -> int:
    """Return 0 where a voucher's own fields agree with the line, 1 where none does, 2 against.

    The teller is none of them: an attachment bears the print of the same desk.
    """
    points, contradicted = evidence(line, replace(sheet, teller=""))
    return 2 if contradicted else int(points <= 0)


def _number_of_sheet(sheet: SheetRow) -> Hashable:
    return sheet.journal_no or None


def _by_key(
    day: _Day,
    how: str,
    of_line: Callable[[LineRow], Hashable],
    of_sheet: Callable[[SheetRow], Hashable],
) -> None:
    """Pair what has a key that no other line and no other voucher has.

    By account, amount and teller the printed time belongs to the key: it keeps what was printed at
    another time away, and tells twins apart (DOMAIN §5.2).
    """
    lines, sheets = _grouped(day.lines.values(), of_line), _grouped(day.sheets.values(), of_sheet)
    fits = _at_the_time if how == ACCOUNT else _whenever
    for key, mine in sheets.items():
        theirs = lines.get(key, [])
        for line in theirs:
            own = [sheet for sheet in mine if fits(line, sheet)]
            if len(own) == 1 and sum(fits(other, own[0]) for other in theirs) == 1:
                day.pair(line, own[0], how)


def _grouped(
    rows: Iterable[RowT], key_of: Callable[[RowT], Hashable]
) -> Mapping[Hashable, list[RowT]]:
    found: dict[Hashable, list[RowT]] = defaultdict(list)
    for row in rows:
        if (key := key_of(row)) is not None:
            found[key].append(row)
    return found


def _voucher_of_line(line: LineRow) -> Hashable:
    return (line.voucher_no, line.account) if line.voucher_no else None


def _voucher_of_sheet(sheet: SheetRow) -> Hashable:
    return (sheet.voucher_no, sheet.account) if sheet.voucher_no and sheet.account else None


def _account_of_line(line: LineRow) -> Hashable:
    return (line.account, line.fen, line.teller)


def _account_of_sheet(sheet: SheetRow) -> Hashable:
    whole = sheet.account and sheet.fen is not None and sheet.teller
    return (sheet.account, sheet.fen, sheet.teller) if whole else None


def _whenever(_line: LineRow, _sheet: SheetRow) -> bool:
    return True


def _at_the_time(line: LineRow, sheet: SheetRow) -> bool:
    """Tell whether a voucher can be of a line by the hour that was printed."""
    hours = apart(line, sheet)
    return hours is None or hours <= WITHIN


def _by_sum(day: _Day) -> None:
    """Pair a voucher with the run of lines of its account whose amounts add up to its own.

    Only where there is exactly one such run, and no line has the whole amount by itself.
    """
    for sheet in list(day.sheets.values()):
        if sheet.fen is None or not sheet.account:
            continue
        mine = [line for line in day.lines.values() if line.account == sheet.account]
        if any(line.fen == sheet.fen for line in mine):
            continue
        runs = list(_runs(mine, sheet.fen))
        if len(runs) == 1:
            for line in runs[0]:
                day.pair(line, sheet, SUM)


def _runs(lines: Sequence[LineRow], fen: int) -> Iterator[Sequence[LineRow]]:
    """Return every run of two or more lines that add up to the amount."""
    sums, total = [0], 0
    for line in lines:
        total += line.fen
        sums.append(total)
    for first in range(len(lines)):
        last = bisect_left(sums, sums[first] + fen, first + 2)
        if last - first <= RUN_MOST and last < len(sums) and sums[last] - sums[first] == fen:
            yield lines[first:last]


def _by_order(day: _Day) -> None:
    """Align what is left between the pairs that stand in the same order on both sides."""
    anchors = _rising(
        sorted(
            {
                (sheet.place, line.place)
                for line, sheet, how in day.found
                if how not in {*FURTHER, SUM}
            }
        )
    )
    lines, sheets = _gaps(day, anchors)
    for gap in range(len(anchors) + 1):
        for line, sheet in _aligned(lines[gap], sheets[gap]):
            day.pair(line, sheet, ORDER)


def _rising(pairs: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    """Return a longest row of pairs, ordered by the first, of which the seconds rise."""
    ends: list[int] = []
    at: list[int] = []
    before = [-1] * len(pairs)
    for number, (_sheet, line) in enumerate(pairs):
        length = bisect_left(ends, line)
        before[number] = at[length - 1] if length else -1
        ends[length : length + 1], at[length : length + 1] = [line], [number]
    found, number = [], at[-1] if at else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _gaps(
    day: _Day, anchors: Sequence[tuple[int, int]]
) -> tuple[Sequence[list[LineRow]], Sequence[list[SheetRow]]]:
    """Return what is left before, between and after the anchors, on either side."""
    of_sheets, of_lines = [pair[0] for pair in anchors], [pair[1] for pair in anchors]
    lines: list[list[LineRow]] = [[] for _gap in range(len(anchors) + 1)]
    sheets: list[list[SheetRow]] = [[] for _gap in range(len(anchors) + 1)]
    for line in day.lines.values():
        lines[bisect_left(of_lines, line.place)].append(line)
    for sheet in day.sheets.values():
        sheets[bisect_left(of_sheets, sheet.place)].append(sheet)
    return lines, sheets


def _aligned(
    lines: Sequence[LineRow], sheets: Sequence[SheetRow]
) -> Iterator[tuple[LineRow, SheetRow]]:
    """Return the pairs of a gap that fit best in order; only an even gap pairs what was not read.

    The usual dynamic programming of sequence alignment: `best[i][j]` is what the lines from i on
    and the sheets from j on can come to.
    """
    even = len(lines) == len(sheets)
    gains = [[_gain(line, sheet, even) for sheet in sheets] for line in lines]
    best = [[0] * (len(sheets) + 1) for _row in range(len(lines) + 1)]
    for i in range(len(lines) - 1, -1, -1):
        row, below = best[i], best[i + 1]
        for j in range(len(sheets) - 1, -1, -1):
            gain = gains[i][j]
            row[j] = max(below[j], row[j + 1], gain + below[j + 1] if gain else 0)
    i = j = 0
    while i < len(lines) and j < len(sheets):
        gain = gains[i][j]
        if gain and best[i][j] == gain + best[i + 1][j + 1]:
            yield lines[i], sheets[j]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1


def _gain(line: LineRow, sheet: SheetRow, even: bool) -> int:  # noqa: FBT001 -- private
    """Return what a pair is worth, nothing where it may not be: contradicted, or only guessed."""
    points, contradicted = evidence(line, sheet)
    guessed = points == 0 and even and not contradicted
    return points + 1 if points > 0 or guessed else 0


def breaks(
    lines: Iterable[LineRow], sheets: Iterable[SheetRow], found: Sequence[Found]
) -> Counter[str]:
    """Return how many lines have no voucher, and how many vouchers no line."""
    paired_lines, paired_sheets = {one.line for one in found}, {one.sheet for one in found}
    return Counter(
        image_missing=sum(line.key not in paired_lines for line in lines),
        journal_missing=sum(sheet.key not in paired_sheets for sheet in sheets),
    )
