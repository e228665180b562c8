"""Supplementary entry (补录): slices of fields, keyed blind, compared, decided by a third."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from foundation.imaging.rules import days
from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step
from foundation.kernel.money import Money
from monitoring.rules import Field

QUEUE, ARBITER_QUEUE = "monitoring.entry", "monitoring.arbiter"
KEYING, AGREED, DISPUTED, SETTLED, VOID = "keying", "agreed", "disputed", "settled", "void"
SLICE_FLOW = Flow(
    Step("key", KEYING, KEYING, "First of two"),
    Step("agree", KEYING, AGREED, "Keyers agree"),
    Step("dispute", KEYING, DISPUTED, "Keyers differ"),
    Step("settle", DISPUTED, SETTLED, "Decide"),
    Step("void", KEYING, VOID, "Not needed any more"),
    Step("void", DISPUTED, VOID, "Not needed any more"),
)
ENDED = (AGREED, SETTLED, VOID)
SLICE_OPEN = (KEYING, DISPUTED)

TWO_FROM = "monitoring.entry_two_from_fen"
CONTROL_EVERY = "monitoring.entry_control_every"
AMOUNTS = ("amount", "amount_words")
NUMBERS = ("account", "payee_account", "voucher_no", "journal_no")
DATE = "date"
# What cannot be read by a person either is said by this sign.
ILLEGIBLE = "?"
VALUE_MAX = 32
_AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?", re.ASCII)
_NUMBER = re.compile(r"[0-9A-Z]{1,32}", re.ASCII)
_DAY = re.compile(r"(20[0-9]{2})(?:[-./年]([0-9]{1,2})[-./月]([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))")
_NARROW = str.maketrans("０１２３４５６７８９．，？￥－／", "0123456789.,?¥-/")


@dataclass(frozen=True)
class Asked:
    """What the keyer is asked to key from a slice."""

    code: str
    text: str


ASKED: dict[str, Asked] = {
    asked.code: asked
    for asked in (
        Asked("amount", "Key the amount"),
        Asked("amount_words", "Key the amount in capitals as figures"),
        Asked("account", "Key the account number"),
        Asked("payee_account", "Key the account number"),
        Asked("voucher_no", "Key the voucher number"),
        Asked("journal_no", "Key the printed journal number"),
        Asked(DATE, "Key the date as eight digits"),
    )
}


class NotAValue(Refused):
    """What was keyed cannot stand in the field."""

    code = "E6069"
    text = "This is no value of the field."
    hint = "Key exactly what you see, or ? if nobody can read it."


class SliceGone(Refused):
    """The slice was keyed or is not needed any more."""

    code = "E6070"
    text = "This slice is not to be keyed any more."
    hint = "Take the next one."


class KeyedByYou(Refused):
    """Two blind keyers are two people, and the arbiter a third."""

    code = "E6071"
    text = "You have keyed this slice already."


class NoSuchSlice(Refused):
    """The slice is unknown, or not held by the person."""

    code = "E6072"
    text = "You do not hold this slice."


@dataclass(frozen=True)
class Work:
    """What a person keyed: slices, strokes, milliseconds, how many were judged and right."""

    slices: int
    strokes: int
    milliseconds: int
    judged: int
    right: int
    controls: int
    controls_right: int

    @property
    def per_hour(self) -> int | None:
        """Return strokes an hour of the time that slices stood on the screen."""
        return self.strokes * 3_600_000 // self.milliseconds if self.milliseconds else None

    @property
    def accuracy(self) -> Decimal | None:
        """Return the share that was right of what was judged, in percent to one place."""
        return _share(self.right, self.judged)

    @property
    def control_accuracy(self) -> Decimal | None:
        """Return the same of the slices whose answer was known."""
        return _share(self.controls_right, self.controls)


def clean_value(field: str, typed: str) -> str:
    """Return what was keyed as it is compared: fen for amounts, capitals without blanks else.

    Refuses what cannot stand in the field; the sign for what nobody can read stands in each.
    """
    plain = "".join(typed.translate(_NARROW).split()).upper()
    if plain == ILLEGIBLE:
        return plain
    if field in AMOUNTS:
        figures = plain.lstrip("¥").replace(",", "")
        if not _AMOUNT.fullmatch(figures):
            raise NotAValue(field="value")
        return str(int(Decimal(figures) * 100))
    if field == DATE:
        return _day(plain)
    number = plain.replace("-", "")
    if not _NUMBER.fullmatch(number):
        raise NotAValue(field="value")
    return number


def _day(plain: str) -> str:
    """Return a day of the calendar in ISO form; refuse what is none."""
    found = _DAY.fullmatch(plain)
    parts = [part for part in found.groups() if part] if found else []
    try:
        return date(*map(int, parts)).isoformat()
    except (TypeError, ValueError):
        raise NotAValue(field="value") from None


def shown(field: str, value: str) -> str:
    """Return a kept value as people write it."""
    return Money(int(value)).format() if field in AMOUNTS and value.isdigit() else value


def keyers_needed(*, fen: int, two_from_fen: int) -> int:
    """Return how many key blind: two from an amount on, DOMAIN §5.1 asks a second for money."""
    return 2 if fen >= two_from_fen else 1


def after_keying(values: Sequence[str], *, needed: int) -> str:
    """Return the step of a slice after what was keyed so far."""
    if len(values) < needed:
        return "key"
    return "agree" if len(set(values)) == 1 else "dispute"


def check_keyer(*, person: UUID, before: Collection[UUID]) -> None:
    """Refuse whoever keyed the slice before, under whatever number."""
    if person in before:
        raise KeyedByYou


def is_control(serial: int, *, every: int) -> bool:
    """Tell whether a slice with a known answer is planted after this one; 0 plants none."""
    return bool(every) and serial % every == 0


def expected_value(field: str, expected: str, fen: int | None) -> str:
    """Return the booked value in the form in which keyed values are kept."""
    if field in AMOUNTS:
        return str(fen) if fen is not None else ""
    return "".join(expected.split()).upper().replace("-", "")


def agrees(field: str, value: str, expected: str, fen: int | None) -> bool:
    """Tell whether a kept value is the booked one; of days, one of those that may be."""
    if field == DATE:
        return days.within(value, expected)
    return value == expected_value(field, expected, fen)


def with_answers(
    fields: Sequence[Field], answers: Mapping[str, str], *, fen: int | None
) -> Sequence[Field]:
    """Return the compared fields, each as people read it where they did; they are certain.

    What nobody can read stays as the machine left it.
    """
    return [_as_keyed(field, answers.get(field.name, ILLEGIBLE), fen) for field in fields]


def _as_keyed(field: Field, value: str, fen: int | None) -> Field:
    if value == ILLEGIBLE:
        return field
    same = agrees(field.name, value, field.expected, fen)
    return replace(
        field,
        read=shown(field.name, value),
        confidence=100,
        verdict="same" if same else "differs",
    )


def _share(part: int, whole: int) -> Decimal | None:
    return (Decimal(part * 100) / whole).quantize(Decimal("0.1")) if whole else None
