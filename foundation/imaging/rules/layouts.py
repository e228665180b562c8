"""Layouts: the forms that the bank knows, as data. A blank form, and the zones that are read on it.

A layout is drawn by one person and published by another; what is published is never changed, only
followed by a version that another pair of people agreed on (DOMAIN §12).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from foundation.imaging.rules import _fields as reading
from foundation.imaging.rules import _labels as labels
from foundation.imaging.rules import printing
from foundation.imaging.rules._fields import Field
from foundation.imaging.rules._lines import Box, Line, capitals_of, compact, digits_of
from foundation.imaging.rules.scoring import Strip
from foundation.kernel import dates
from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step
from foundation.kernel.money import Money

DRAFT, PUBLISHED, DECLINED, RETIRED = "draft", "published", "declined", "retired"
FLOW = Flow(
    Step("publish", DRAFT, PUBLISHED),
    Step("decline", DRAFT, DECLINED),
    Step("retire", PUBLISHED, RETIRED),
)

GRID, JOURNAL = "grid", "journal"
# What a zone bears, and the word that screens show for it.
KINDS: Mapping[str, str] = {
    labels.NUMBER: "Digits of a number",
    labels.AMOUNT: "Amount in figures",
    GRID: "Amount, a digit a box",
    labels.WORDS: "Amount in capitals",
    labels.DATE: "Day",
    labels.NAME: "Name of an account",
    labels.TEXT: "Text",
    JOURNAL: "Rows of the machine's print",
}
NAMES: Mapping[str, str] = {
    "voucher_no": "Voucher number",
    "account": "Account",
    "payee_account": "Payee's account",
    "amount": "Amount",
    "amount_words": "Amount in capitals",
    "date": "Date on the form",
    "payer_name": "Payer's name",
    "payee_name": "Payee's name",
    "id_number": "Number of the document",
    "mobile": "Mobile number",
    "purpose": "Purpose",
    JOURNAL: "Machine's print",
}
_KINDS_OF: Mapping[str, tuple[str, ...]] = {
    name: (labels.KINDS[name],) for name in NAMES if name in labels.KINDS
} | {
    "amount": (labels.AMOUNT, GRID),
    "date": (labels.DATE, labels.WORDS),
    JOURNAL: (JOURNAL,),
}
VALIDATORS: Mapping[str, str] = {
    "": "No check",
    "luhn": "Check digit",
    "amount": "Proper amount",
    "capitals": "Proper capitals",
    "date": "Day of the calendar",
}
# Whose reading of a zone is of record: the recogniser's, or that of Tesseract, which reads digits
# by itself and nothing else (IMAGING §3.4).
RECOGNISER, TESSERACT = "", "tesseract"
ENGINES: Mapping[str, str] = {RECOGNISER: "Recogniser", TESSERACT: "Tesseract, digits alone"}
_OF_DIGITS = (labels.NUMBER, labels.AMOUNT)
NUMBER_MOST = 32
ZONES_MOST, SIDE_MIN = 30, 12
# A reading that fails its own check says nothing against any other value.
IMPROPER_MAX = 50


class NoSuchLayout(Refused):
    """There is no such layout."""

    code = "E4090"
    text = "There is no layout %(number)s."


class LayoutNotDraft(Refused):
    """A published layout is followed by another version, never changed."""

    code = "E4091"
    text = "This layout is no draft any more."
    hint = "Draw a new version of it."


class LayoutOfSamePerson(Refused):
    """Who drew a layout may not publish it, under whatever number."""

    code = "E4092"
    text = "A layout is published or declined by another person than who drew it."


class ZoneOutside(Refused):
    """A zone lies outside the form, or is too small for a line of text."""

    code = "E4093"
    text = "The zone %(zone)s does not lie on the form, or is too small."
    hint = "A zone needs 12 pixels each way and lies within the form."


class ZoneTwice(Refused):
    """Two zones bear the same value."""

    code = "E4094"
    text = "The zone %(zone)s is there twice."


class UnknownZone(Refused):
    """A zone of no known value, kind or check."""

    code = "E4095"
    text = "The zone %(zone)s is none that can be read."
    hint = "Choose a value, and a kind and a check that go with it."


class NothingNeeded(Refused):
    """A layout from which nothing must be read."""

    code = "E4096"
    text = "A layout has 1 to %(most)s zones, one of which at least must be read."


class FormNotFound(Refused):
    """The form has too little print of its own to be found on a scan."""

    code = "E4097"
    text = "The form is not found again on its own picture."
    hint = "Take a straight scan of an empty form at 200 dpi, with its title and its lines."


class BadLayoutName(Refused):
    """A short name is small letters, digits and lines, so that commands can say it."""

    code = "E4098"
    text = "%(given)s is no short name of a layout."
    hint = "Use 2 to 30 small letters, digits or low lines, beginning with a letter."


class ZonesNotRead(Refused):
    """What was sent of the zones is no list of zones."""

    code = "E4099"
    text = "The zones could not be read."
    hint = "Open the layout again and draw them anew."


class EngineUnfit(Refused):
    """Tesseract is of record only where digits stand."""

    code = "E6150"
    text = "In the zone %(zone)s Tesseract cannot be of record: it reads digits alone."


class RangeUnfit(Refused):
    """A range of numbers has a first and a last one of one length, in a zone of a number."""

    code = "E6151"
    text = "The range of numbers in the zone %(zone)s is none."
    hint = "Give the first and the last number, with as many digits each, the first not above."


@dataclass(frozen=True)
class Zone:
    """A place on a form: which value stands there, of what kind, where, and how it is checked.

    `box` is left, top, width, height in pixels of the form. `needed` zones are always read, the
    others where one of those is in doubt. `whitelist` are the signs that may stand there, empty
    for all; `validator` one of `VALIDATORS`, `engine` one of `ENGINES`. Numbers printed on forms
    of this kind are from `first` to `last`, where the bank knows that.
    """

    name: str
    kind: str
    box: Box
    needed: bool = True
    whitelist: str = ""
    validator: str = ""
    engine: str = RECOGNISER
    first: str = ""
    last: str = ""

    @property
    def told(self) -> dict[str, Any]:
        """Return it as it is kept and told to the reader."""
        more = {"engine": self.engine, "first": self.first, "last": self.last}
        return {name: value for name, value in more.items() if value} | {
            "name": self.name,
            "kind": self.kind,
            "box": list(self.box),
            "needed": self.needed,
            "whitelist": self.whitelist,
            "validator": self.validator,
        }


def zones_of(rows: object) -> tuple[Zone, ...]:
    """Return zones as they are kept or sent by a page; refuse what is no list of zones."""
    if not isinstance(rows, list):
        raise ZonesNotRead(field="zones")
    return tuple(_zone(row) for row in rows)


def _zone(row: object) -> Zone:
    try:
        assert isinstance(row, Mapping)
        left, top, wide, high = (int(side) for side in row["box"])
        zone = Zone(
            name=str(row["name"])[:20],
            kind=str(row["kind"])[:10],
            box=(left, top, wide, high),
            needed=bool(row.get("needed", True)),
            whitelist=str(row.get("whitelist", ""))[:60],
            validator=str(row.get("validator", ""))[:10],
            engine=str(row.get("engine", RECOGNISER))[:10],
            first=str(row.get("first", ""))[:NUMBER_MOST],
            last=str(row.get("last", ""))[:NUMBER_MOST],
        )
    except (AssertionError, KeyError, TypeError, ValueError, OverflowError):
        raise ZonesNotRead(field="zones") from None
    return zone


def kinds_of(name: str) -> Sequence[str]:
    """Return of which kinds the zone of a value may be."""
    return _KINDS_OF[name]


def check_name(name: str) -> None:
    """Refuse a short name that commands could not say."""
    if not re.fullmatch("[a-z][a-z0-9_]{1,29}", name, re.ASCII):
        raise BadLayoutName(field="code", given=name[:40])


def check_zones(zones: Sequence[Zone], *, width_px: int, height_px: int) -> None:
    """Refuse zones that cannot be read on a form of that size."""
    if not 1 <= len(zones) <= ZONES_MOST or not any(zone.needed for zone in zones):
        raise NothingNeeded(field="zones", most=ZONES_MOST)
    seen = set()
    for zone in zones:
        known = zone.kind in _KINDS_OF.get(zone.name, ()) and zone.validator in VALIDATORS
        if not known:
            raise UnknownZone(field="zones", zone=zone.name)
        if zone.name in seen:
            raise ZoneTwice(field="zones", zone=zone.name)
        seen.add(zone.name)
        _check_reader(zone)
        left, top, wide, high = zone.box
        inside = left >= 0 and top >= 0 and left + wide <= width_px and top + high <= height_px
        if not inside or min(wide, high) < SIDE_MIN:
            raise ZoneOutside(field="zones", zone=zone.name)


def _check_reader(zone: Zone) -> None:
    if zone.engine not in ENGINES or (zone.engine and zone.kind not in _OF_DIGITS):
        raise EngineUnfit(field="zones", zone=zone.name)
    if not (zone.first or zone.last):
        return
    plain = zone.first.isascii() and zone.last.isascii()
    digits = plain and zone.first.isdigit() and zone.last.isdigit()
    ordered = len(zone.first) == len(zone.last) and zone.first <= zone.last
    if zone.kind != labels.NUMBER or not digits or not ordered:
        raise RangeUnfit(field="zones", zone=zone.name)


def in_range(number: str, *, first: str, last: str) -> bool:
    """Tell whether a number is from the first to the last one of a range, with as many digits."""
    return len(number) == len(first) and first <= number <= last


def check_draft(state: str) -> None:
    """Refuse to change what is published, declined or retired."""
    if state != DRAFT:
        raise LayoutNotDraft


def fields_of_form(strips: Sequence[Strip], zones: Sequence[Zone]) -> tuple[Field, ...]:
    """Return the fields that stand in the zones of a form, and in the rows of the machine's print.

    A reading that does not pass the check of its zone is at most 50 % sure.
    """
    by_name = {zone.name: zone for zone in zones}
    found = []
    for strip in strips:
        zone = by_name.get(strip.zone)
        if zone and zone.kind != JOURNAL and strip.text:
            found += [field for field in [_field(strip, zone)] if field]
    rows = [strip.line for strip in strips if strip.kind == JOURNAL and strip.text]
    found += list(reading.fields_of(lines=rows))
    if not any(field.name == "journal_no" for field in found):
        found += printing.unlabelled(rows)
    return tuple(found)


def _field(strip: Strip, zone: Zone) -> Field | None:
    text, is_of_record = strip.text, zone.engine == TESSERACT
    if is_of_record and strip.digits:
        text = _as_figures(strip.digits, zone)
    if zone.whitelist:
        text = "".join(sign for sign in compact(text) if sign in zone.whitelist)
    line = replace(strip.line, text=text)
    value = _value(zone, line)
    if value is None:
        return None
    sure = line.confidence
    if is_of_record and not strip.digits:
        sure = min(sure, IMPROPER_MAX)
    if line.digits and zone.kind in (labels.NUMBER, labels.AMOUNT, GRID):
        sure = reading.second_opinion(digits_of(value), line)
    holds = _CHECKS[zone.validator](value) if zone.validator else None
    if holds is False:
        sure = min(sure, IMPROPER_MAX)
    return Field(zone.name, value, sure, strip.box, holds)


def _as_figures(digits: str, zone: Zone) -> str:
    """Return digits as the zone bears them: of an amount the last two are fen."""
    if zone.kind == labels.AMOUNT and len(digits) >= 3:
        return f"{digits[:-2]}.{digits[-2:]}"
    return digits


def _value(zone: Zone, line: Line) -> str | None:
    """Return a line's text as the kind of value that its zone bears."""
    if zone.kind == labels.NUMBER:
        return digits_of(line.text) or None
    if zone.kind == GRID:
        digits = digits_of(line.text)
        return Money(int(digits)).format() if 3 <= len(digits) <= 15 else None
    if zone.kind == labels.AMOUNT:
        fen = reading.fen_of_figures(line.text)
        return None if fen is None else Money(fen).format()
    if zone.name == "date":
        return day_of(line.text)
    if zone.kind == labels.WORDS:
        found = reading.WORDS_TEXT.search(capitals_of(line.text))
        return found[0] if found else None
    return compact(line.text)[:60] or None


def day_of(text: str) -> str | None:
    """Return a day on paper in ISO form, written in figures or in capitals as on a bill."""
    try:
        return dates.parse(compact(text), lenient=True).isoformat()
    except dates.NotDateInCapitals:
        return reading.date_of(text)


_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "luhn": lambda value: value.isdigit() and reading.luhn_holds(value),
    "amount": lambda value: reading.fen_of_figures(value) is not None,
    "capitals": lambda value: reading.fen_of_words(value) is not None,
    "date": lambda value: reading.date_of(value) is not None,
}
