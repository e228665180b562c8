"""Reading the journal of a foreign core from CSV: strictly, every error at its line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from foundation.kernel.money import Money
from foundation.ledger.rules._refusals import FileTooLarge, NoRows, NotCsv, WrongHeader

BYTES_MAX = 16 * 1024 * 1024
ROWS_MAX = 50_000
ERRORS_MAX = 200
COLUMNS = (
    "institution",
    "business_date",
    "journal_no",
    "time",
    "teller",
    "trade_code",
    "account",
    "side",
    "amount",
    "currency",
    "counter_account",
    "voucher_no",
)
_SHAPES: Mapping[str, re.Pattern[str]] = {
    "institution": re.compile(r"[0-9]{1,12}"),
    "business_date": re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}"),
    "journal_no": re.compile(r"[0-9A-Z]{1,20}"),
    "time": re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}"),
    "teller": re.compile(r"[0-9A-Z]{1,12}"),
    "trade_code": re.compile(r"[0-9A-Z]{1,8}"),
    "account": re.compile(r"[0-9A-Z]{1,32}"),
    "side": re.compile(r"debit|credit|借|贷"),
    "amount": re.compile(r"(0|[1-9][0-9]{0,14})\.[0-9]{2}"),
    "currency": re.compile(r"[A-Z]{3}"),
    "counter_account": re.compile(r"[0-9A-Z]{0,32}"),
    "voucher_no": re.compile(r"[0-9A-Z]{0,20}"),
}
_SIDES = {"debit": "debit", "credit": "credit", "借": "debit", "贷": "credit"}

# What is wrong with a row, as message ids for the page.
WRONG_COUNT = "the row has not the columns of the first line"
WRONG_SHAPE = "not as this column must be written"
NOT_A_DAY = "no such day or time"
NOT_POSITIVE = "the amount is nothing"
TWICE = "the number stands in the file twice"
UNKNOWN_INSTITUTION = "no such institution among yours"
TAKEN = "the number is in the journal of the day already"
LEFT = "the month has left the books"


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one line of the file: the column, and why as a message id."""

    line: int
    column: str
    why: str


@dataclass(frozen=True, slots=True)
class ForeignLine:
    """One journal line as the foreign core wrote it, with its line in the file."""

    line: int
    institution: str
    business_date: date
    journal_no: str
    at: datetime
    teller: str
    trade_code: str
    account: str
    side: str
    amount_fen: int
    currency: str
    counter_account: str
    voucher_no: str


def read_journal(data: bytes, *, zone: tzinfo) -> tuple[Sequence[ForeignLine], Sequence[RowError]]:
    """Return the lines of the file and what is wrong with the others; refuse what is no journal.

    Refuses a file too large, not CSV, with another header, or without rows.
    """
    rows = _rows(_text(data))
    if tuple(next(rows, (0, []))[1]) != COLUMNS:
        raise WrongHeader(columns=", ".join(COLUMNS))
    lines: list[ForeignLine] = []
    errors: list[RowError] = []
    seen: set[tuple[str, str, str]] = set()
    count = 0
    for number, cells in rows:
        count += 1
        if count > ROWS_MAX:
            raise FileTooLarge(rows=ROWS_MAX, megabytes=BYTES_MAX // 1024**2)
        wrong = _wrong(number, cells, seen)
        line = None if wrong else _line(number, cells, zone)
        if isinstance(line, ForeignLine):
            lines.append(line)
        elif len(errors) < ERRORS_MAX:
            errors.extend(wrong or ([line] if line else []))
    if not count:
        raise NoRows
    return lines, errors[:ERRORS_MAX]


def _text(data: bytes) -> str:
    if len(data) > BYTES_MAX:
        raise FileTooLarge(rows=ROWS_MAX, megabytes=BYTES_MAX // 1024**2)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise NotCsv


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, cells
    except csv.Error:
        raise NotCsv from None


def _wrong(number: int, cells: list[str], seen: set[tuple[str, str, str]]) -> list[RowError]:
    if len(cells) != len(COLUMNS):
        return [RowError(number, "", WRONG_COUNT)]
    wrong = [
        RowError(number, column, WRONG_SHAPE)
        for column, cell in zip(COLUMNS, cells, strict=True)
        if not _SHAPES[column].fullmatch(cell)
    ]
    key = (cells[0], cells[1], cells[2])
    if not wrong and key in seen:
        return [RowError(number, "journal_no", TWICE)]
    seen.add(key)
    return wrong


def _line(number: int, cells: list[str], zone: tzinfo) -> ForeignLine | RowError:
    row = dict(zip(COLUMNS, cells, strict=True))
    try:
        day = date.fromisoformat(row["business_date"])
        at = datetime.combine(day, time.fromisoformat(row["time"]), tzinfo=zone)
    except ValueError:
        return RowError(number, "business_date", NOT_A_DAY)
    fen = Money.parse(row["amount"]).fen
    if not fen:
        return RowError(number, "amount", NOT_POSITIVE)
    return ForeignLine(
        line=number,
        institution=row["institution"],
        business_date=day,
        journal_no=row["journal_no"],
        at=at,
        teller=row["teller"],
        trade_code=row["trade_code"],
        account=row["account"],
        side=_SIDES[row["side"]],
        amount_fen=fen,
        currency=row["currency"],
        counter_account=row["counter_account"],
        voucher_no=row["voucher_no"],
    )
