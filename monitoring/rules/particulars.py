"""The day on a voucher and the journal number printed on it, beside the line they belong to.

A voucher is of the day of its line, or of so many days before as the bank allows. A bill bears the
day of its issue in capitals and is presented within its time (DOMAIN §10, §12). The print says
something only of a voucher that was scanned after posting: one that came with an authorization has
no print of this line yet.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from foundation.imaging.rules import layouts, proving
from foundation.imaging.rules.days import Days
from monitoring.rules import NOT_FOUND, Field
from monitoring.rules.matching import FURTHER, SUM

DATE, JOURNAL_NO = "date", "journal_no"
NAMES = frozenset({DATE, JOURNAL_NO})
DATE_DAYS, BILL_DAYS = "monitoring.date_days_most", "monitoring.bill_days_most"
NEEDED_FROM = "monitoring.particulars_from_fen"
NUMBERS = (DATE_DAYS, BILL_DAYS, NEEDED_FROM)
# Found so, the number on a voucher is not, or not alone, that of the line.
_NOT_ITS_OWN = frozenset({*FURTHER, SUM})


@dataclass(frozen=True)
class Booked:
    """A line's day, number and amount, how its voucher was found, and the zones of its forms."""

    on: date
    journal_no: str
    fen: int
    how: str
    zones: Sequence[layouts.Zone]


def expected(booked: Booked, numbers: Mapping[str, int]) -> dict[str, object]:
    """Return what must stand in the zones of a voucher; a day only where the number is set."""
    found: dict[str, object] = {}
    days = _days(booked, numbers)
    if days is not None:
        found[DATE] = days
    printed = any(zone.kind == layouts.JOURNAL for zone in booked.zones)
    if printed and booked.how and booked.how not in _NOT_ITS_OWN:
        found[JOURNAL_NO] = booked.journal_no
    return found


def _days(booked: Booked, numbers: Mapping[str, int]) -> Days | None:
    kinds = {zone.kind for zone in booked.zones if zone.name == DATE}
    if len(kinds) != 1:
        return None  # a bill beside another form: each bears a day of its own
    most = numbers.get(BILL_DAYS if "words" in kinds else DATE_DAYS)
    return None if most is None else Days(booked.on - timedelta(days=most), booked.on)


def needed(fen: int, numbers: Mapping[str, int]) -> Collection[str]:
    """Return which of both must be read with certainty where they stand; below the amount none."""
    least = numbers.get(NEEDED_FROM)
    return NAMES if least is not None and fen >= least else ()


def said(fields: Sequence[Field], wanted: Collection[str]) -> Sequence[Field]:
    """Return compared fields with what must be certain marked; what says nothing is left out."""
    found = [replace(field, needed=field.name in wanted) for field in fields]
    return [field for field in found if field.name not in NAMES or _says(field)]


def _says(field: Field) -> bool:
    if field.verdict == NOT_FOUND:
        return False
    return field.needed or field.confidence > proving.OPEN_MOST
