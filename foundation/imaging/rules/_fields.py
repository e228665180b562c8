"""From lines of text to the fields of a voucher: a label, what stands beside it, and its check."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from foundation.imaging.rules._labels import (
    AMOUNT,
    DATE,
    KINDS,
    LABEL,
    LABELS,
    NUMBER,
    PAYEE_SIDE,
    PAYER_SIDE,
    WORDS,
)
from foundation.imaging.rules._lines import (
    Box,
    Line,
    capitals_of,
    compact,
    digits_of,
    same_row,
)
from foundation.kernel.capitals import NotCapitals
from foundation.kernel.money import Money

GRID_UNITS = re.compile("[亿仟千佰百拾十万元圆角分]+")
FIGURES = re.compile(r"[0-9][0-9,.]*[.,][0-9]{2}(?![0-9])")
RUN = r"[0-9OoQDlI|ZSsbBgq〇*xX]"
NUMBER_TEXT = re.compile(rf"[A-Z]{{0,4}}{RUN}(?:[\s-]?{RUN}){{3,}}")
DATE_TEXT = re.compile(r"(20[0-9]{2})[年./-]?([01]?[0-9])[月./-]?([0-3]?[0-9])日?")
# Terminals print the day after the journal number; engines lose the blank between.
JOURNAL_AND_DATE = re.compile(
    r"^([0-9]{10,14})20[2-9][0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{0,6}$"
)
# A sign that an engine did not know, between capitals or before a unit, belongs to the amount:
# without it the rest would be another amount.
_CAPITALS = "[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]"
WORDS_TEXT = re.compile(
    "(?:[\u4e00-\u9fff](?=[拾佰仟万亿]))?[零壹贰叁肆伍陆柒捌玖拾佰仟万亿]"
    f"(?:{_CAPITALS}|[\u4e00-\u9fff](?={_CAPITALS})){{2,}}"
)
# How sure a text can be at most that is no proper amount: it says nothing against any other.
IMPROPER_WORDS_MAX = 50


@dataclass(frozen=True)
class Field:
    """One field as read: its value as text, how sure (0–100), where, and whether its check holds.

    `checked` is None where the kind of field has no check of its own.
    """

    name: str
    value: str
    confidence: int
    box: Box
    checked: bool | None = None


@dataclass(frozen=True)
class _Piece:
    """A label with the text after it on its own line, or text without a label (`field` empty)."""

    field: str
    text: str
    line: Line


def fields_of(*, lines: Sequence[Line]) -> tuple[Field, ...]:
    """Return the fields that labels name; the same field may be read at several places."""
    pieces = [piece for line in lines for piece in _pieces(line)]
    found = [field for piece in pieces if piece.field for field in _read(piece, pieces, lines)]
    grid = _grid_amount(lines)
    if grid and not any(field.name == "amount" for field in found):
        found.append(grid)
    if not any(field.name == "amount_words" for field in found):
        found += [field for line in lines for field in _value("amount_words", line.text, line)]
    return tuple(dict.fromkeys(_borne_out(found, lines)))


def _borne_out(found: Sequence[Field], lines: Sequence[Line]) -> Sequence[Field]:
    """Give amounts their first reader's confidence back where the capitals say the same."""
    if not words_agree(fields=found):
        return found
    own = {line.box: line.confidence for line in lines}
    return [
        replace(field, confidence=max(field.confidence, own.get(field.box, 0)))
        if field.name == "amount"
        else field
        for field in found
    ]


def words_agree(*, fields: Sequence[Field]) -> bool | None:
    """Tell whether figures and capitals say one amount; None unless both were read."""
    figures = {Money.parse(field.value).fen for field in fields if field.name == "amount"}
    words = {fen_of_words(field.value) for field in fields if field.name == "amount_words"}
    if not figures or not words:
        return None
    return figures == words and len(figures) == 1


def fen_of_words(text: str) -> int | None:
    """Return the amount of a text in capitals, or None where it is no proper amount."""
    try:
        return Money.parse_capitals(capitals_of(text)).fen
    except NotCapitals:
        return None


def fen_of_figures(text: str) -> int | None:
    """Return the amount that figures on paper mean; None where the groups make no sense.

    Engines mix up commas and points; the last mark before two digits is the decimal point, every
    other one must stand before groups of three.
    """
    found = FIGURES.search(compact(text))
    if not found:
        return None
    *groups, decimals = re.split("[.,]", found[0])
    if len(groups) > 1 and (len(groups[0]) > 3 or any(len(group) != 3 for group in groups[1:])):
        return None
    return int("".join(groups)) * 100 + int(decimals)


def date_of(text: str) -> str | None:
    """Return a date on paper in ISO form."""
    found = DATE_TEXT.search(compact(text))
    if not found or not 1 <= int(found[2]) <= 12 or not 1 <= int(found[3]) <= 31:
        return None
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"


def luhn_holds(digits: str) -> bool:
    """Tell whether the last digit is the check digit of a bank card's number."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        doubled = int(char) * (1 + place % 2)
        total += doubled - 9 * (doubled > 9)
    return total % 10 == 0


def _pieces(line: Line) -> Iterator[_Piece]:
    text = line.text.strip()
    marks = list(LABEL.finditer(text))
    if not marks or marks[0].start() > 0:
        yield _Piece("", text[: marks[0].start()] if marks else text, line)
    for place, mark in enumerate(marks):
        end = marks[place + 1].start() if place + 1 < len(marks) else len(text)
        group = mark.lastgroup or "other"
        field = "other" if group == "other" else LABELS[int(group[1:])][1]
        yield _Piece(field, text[mark.end() : end].strip(" :：|]】)）."), line)


def _read(piece: _Piece, pieces: Sequence[_Piece], lines: Sequence[Line]) -> Iterator[Field]:
    """Read a label's value from its own line, or from the text to its right."""
    name = piece.field
    if name == "other":
        return
    if name.startswith("party:"):
        payee = _on_payee_side(piece.line, lines)
        name = {
            ("party:account", False): "account",
            ("party:account", True): "payee_account",
            ("party:name", False): "payer_name",
            ("party:name", True): "payee_name",
        }[name, payee]
    if piece.text:
        yield from _value(name, piece.text, piece.line)
        return
    for line in _right_of(piece, pieces):
        values = list(_value(name, line.text, line))
        if values:
            yield from values
            return


def _right_of(piece: _Piece, pieces: Sequence[_Piece]) -> Iterator[Line]:
    """Return the unlabelled texts to the right on the row, up to the next label."""
    left, _, wide, high = piece.line.box
    beside = [
        other
        for other in pieces
        if other.line is not piece.line
        and other.line.box[0] >= left + wide * 3 // 4
        and same_row(piece.line.box, other.line.box)
    ]
    reach = left + wide + high * 14
    for other in sorted(beside, key=lambda one: one.line.box[0]):
        if other.field or other.line.box[0] > reach:
            return
        yield Line(other.text, other.line.confidence, other.line.box, other.line.digits)


def _on_payee_side(line: Line, lines: Sequence[Line]) -> bool:
    """Tell whether a bare 户名 or 账号 stands in the payee's part of the form."""
    sides = [
        (other, bool(PAYEE_SIDE.match(compact(other.text))))
        for other in lines
        if other is not line
        and (PAYEE_SIDE.match(compact(other.text)) or PAYER_SIDE.match(compact(other.text)))
    ]
    left, top, _, high = line.box
    near = [
        (abs(top - other.box[1]) + (left - other.box[0]), payee)
        for other, payee in sides
        if other.box[0] <= left + high and abs(top - other.box[1]) < high * 4
    ]
    return min(near)[1] if near else False


def _value(name: str, text: str, line: Line) -> Iterator[Field]:
    """Read one text as the kind that the field is; nothing where it is no such thing."""
    kind = KINDS[name]
    read = {NUMBER: _number, AMOUNT: _amount, WORDS: _words, DATE: date_of}.get(kind, _plain)
    value = read(text)
    if value is None:
        return
    checked: bool | None = None
    confidence = line.confidence
    if kind == WORDS:
        checked = fen_of_words(value) is not None
        confidence = confidence if checked else min(confidence, IMPROPER_WORDS_MAX)
    if name == "journal_no":
        value = JOURNAL_AND_DATE.sub(r"\1", value)
    if kind == NUMBER:
        confidence = second_opinion(value, line)
        if name.endswith("account"):
            checked = _check_of(value)
    if kind == AMOUNT:
        confidence = second_opinion(digits_of(value), line)
    yield Field(name, value, confidence, line.box, checked)


def second_opinion(value: str, line: Line) -> int:
    """Return how sure a number is once the independent digit reader has been heard.

    An account's number whose check digit holds stands against a second reading whose own does
    not: two engines seldom differ in more than a digit, and one wrong digit breaks the check.
    """
    digits = digits_of(value)
    if not line.digits or "*" in value:
        return line.confidence
    if digits in line.digits:
        return max(line.confidence, 99)
    if _check_of(digits) and not _check_of(line.digits):
        return line.confidence
    return min(line.confidence, 60)


def _check_of(number: str) -> bool | None:
    """Tell whether an account's check digit holds; None where the number need not have one.

    Cards (62…, 16 or 19 digits) and this bank's accounts (19 digits) end in one after Luhn; of
    other banks' accounts of that length nothing is known when it does not hold.
    """
    if not (number.isascii() and number.isdigit()) or len(number) not in (16, 19):
        return None
    if number.startswith("62"):
        return luhn_holds(number)
    return (len(number) == 19 and luhn_holds(number)) or None


def _number(text: str) -> str | None:
    found = NUMBER_TEXT.search(text)
    if not found:
        return None
    if "*" in found[0]:
        return "".join(char for char in found[0].upper() if char.isdigit() or char == "*")
    # A number printed in groups goes on after a blank; a long one ends there.
    groups = found[0].split()
    number = groups.pop(0)
    while groups and len(number.split()[-1]) <= 6 and len(groups[0]) <= 6:
        number += f" {groups.pop(0)}"
    digits = digits_of(number)
    return digits if len(digits) >= 4 else None


def _amount(text: str) -> str | None:
    fen = fen_of_figures(text)
    return None if fen is None else Money(fen).format()


def _words(text: str) -> str | None:
    for found in WORDS_TEXT.finditer(capitals_of(text)):
        if re.search("[壹贰叁肆伍陆柒捌玖]", found[0]) and re.search("[元角分]", found[0]):
            return found[0]
    return None


def _plain(text: str) -> str | None:
    return compact(text)[:60] or None


def _grid_amount(lines: Sequence[Line]) -> Field | None:
    """Read the amount written one digit a box under 亿千百十万千百十元角分.

    Engines drop single digits there, so the digits count only where they fill the boxes: as many
    signs as their pitch leaves room for. Anything else would be another amount.
    """
    for head in _grid_heads(lines):
        top, high = head[1], head[3]
        row = [
            line
            for line in lines
            if top + high // 2 < line.box[1] + line.box[3] // 2 < top + high * 4
            and re.fullmatch(r"[¥￥|\s0-9]+", line.text)
        ]
        row.sort(key=lambda line: line.box[0])
        digits = "".join(digit for line in row for digit in line.text if digit in "0123456789")
        if len(digits) >= 3 and _evenly_set(row):
            sure = min(line.confidence for line in row if line.text.strip() not in "¥￥")
            return Field("amount", Money(int(digits)).format(), sure, _around(row))
    return None


def _grid_heads(lines: Sequence[Line]) -> Iterator[Box]:
    """Return where the units of amounts stand in a row, read as one text or in pieces."""
    units = [line for line in lines if GRID_UNITS.fullmatch(compact(line.text))]
    for first in units:
        row = [line for line in units if same_row(first.box, line.box)]
        if sum(len(compact(line.text)) for line in row) >= 5:
            yield first.box


def _evenly_set(row: Sequence[Line]) -> bool:
    """Tell whether the signs follow each other at one pitch, with no box left out."""
    centres = []
    for line in row:
        signs = len(re.sub(r"[|\s]", "", line.text))
        left, _, wide, _ = line.box
        centres += [left + wide * (2 * sign + 1) // (2 * signs) for sign in range(signs)]
    steps = [after - before for before, after in pairwise(centres)]
    pitch = sorted(steps)[len(steps) // 2]
    return all(pitch * 3 // 5 < step < pitch * 7 // 5 for step in steps)


def _around(lines: Sequence[Line]) -> Box:
    left, top = min(line.box[0] for line in lines), min(line.box[1] for line in lines)
    right = max(line.box[0] + line.box[2] for line in lines)
    bottom = max(line.box[1] + line.box[3] for line in lines)
    return (left, top, right - left, bottom - top)
