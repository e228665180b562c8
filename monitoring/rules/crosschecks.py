"""Checks beside the comparison: name of the account, range of numbers, check digit, sum of lines.

Each stands with the compared fields as evidence. One that surely fails keeps a voucher from passing
as matched; one that says nothing changes nothing (DOMAIN §3, §12).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace

from foundation.imaging.rules import layouts, proving
from foundation.kernel.money import Money
from monitoring.rules import DIFFERS, NOT_FOUND, SAME, Field
from monitoring.rules.blanks import Finding

PAYER_NAME, PAYEE_NAME = "payer_name", "payee_name"
NUMBER_RANGE, CHECK_DIGIT, SUM_OF_LINES = "number_range", "check_digit", "sum_of_lines"
CERTAIN = 100
_BRACKETS = str.maketrans("（）【】〔〕［］", "()[]()[]")


def plain_name(name: str) -> str:
    """Return a name as names are compared: half width, brackets of one kind, without blanks."""
    narrow = unicodedata.normalize("NFKC", name.translate(_BRACKETS))
    return "".join(narrow.split()).replace("·", "").upper()


def name_check(field: Field) -> Field:
    """Return a compared name, the same only where nothing but width, brackets or blanks differ.

    What the recogniser finds likely is shown with how sure it is; the decision is exact.
    """
    if field.verdict == NOT_FOUND:
        return field
    if plain_name(field.read) == plain_name(field.expected):
        return replace(field, verdict=SAME, confidence=max(field.confidence, 95))
    return field


def range_check(number: Field, ranges: Sequence[tuple[str, str]]) -> Field | None:
    """Return whether a voucher's number is among those printed on its form, where that is known.

    A number that agrees with what was booked is taken as booked; else as it was read.
    """
    value = number_told(number)
    if not ranges or not value:
        return None
    inside = any(layouts.in_range(value, first=first, last=last) for first, last in ranges)
    shown = " ".join(f"{first}–{last}" for first, last in ranges)
    sure = number.confidence if number.verdict != SAME else CERTAIN
    return replace(
        number,
        name=NUMBER_RANGE,
        expected=shown,
        read=value,
        confidence=sure,
        verdict=SAME if inside else DIFFERS,
    )


def number_told(number: Field) -> str:
    """Return a voucher's number as booked where it agrees with what was read, else as read."""
    told = number.expected if number.verdict == SAME else number.read
    return "".join(told.split())


def stock_check(number: Field, found: Finding) -> Field:
    """Return what the register of blank vouchers says of a voucher's number."""
    return replace(
        number,
        name=found.name,
        expected=found.expected,
        read=number_told(number),
        confidence=number.confidence if number.verdict != SAME else CERTAIN,
        verdict=SAME if found.good else DIFFERS,
    )


def digit_check(account: Field) -> Field:
    """Return whether the account's number can exist: its last digit beside the one it must have."""
    must, last = proving.check_digit(account.expected), account.expected[-1]
    return replace(
        account,
        name=CHECK_DIGIT,
        expected=must,
        read=last,
        confidence=CERTAIN,
        verdict=SAME if must == last else DIFFERS,
    )


def sum_check(amount: Field, *, lines_fen: Sequence[int]) -> Field | None:
    """Return whether the amount of a voucher for several lines is the sum of theirs."""
    if len(lines_fen) < 2:
        return None
    shown = " + ".join(Money(fen).format() for fen in lines_fen)
    return replace(amount, name=SUM_OF_LINES, expected=shown)


def checks(
    fields: Sequence[Field],
    *,
    names: Sequence[Field],
    ranges: Sequence[tuple[str, str]],
    lines_fen: Sequence[int],
) -> Sequence[Field]:
    """Return the checks that can be made of a comparison, each once.

    Of `names`, what stands on the form beside the values that decide, names alone are checked.
    """
    known: Mapping[str, Field] = {field.name: field for field in fields}
    found: list[Field | None] = [
        name_check(field) if field.name in (PAYER_NAME, PAYEE_NAME) else field for field in names
    ]
    if "voucher_no" in known:
        found.append(range_check(known["voucher_no"], ranges))
    account = known.get("account")
    if account is not None and proving.has_check_digit(account.expected):
        found.append(digit_check(account))
    if "amount" in known:
        found.append(sum_check(known["amount"], lines_fen=lines_fen))
    return [field for field in found if field is not None and field.verdict != NOT_FOUND]
