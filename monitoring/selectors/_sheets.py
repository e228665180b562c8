"""What a voucher says of itself, as far as it was read: the values that lines are looked for by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from foundation.imaging import rules as images
from foundation.kernel.calendar import SHANGHAI
from foundation.kernel.errors import Refused
from foundation.kernel.money import Money
from monitoring.rules import matching

# A time stands by itself or right after the day: engines lose the blank between.
_TIME = re.compile(
    r"(?:(?<![0-9])(?<![0-9]:)|(?<=20[0-9]{6}))([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])"
)


def sheet(
    *, key: int, place: int, pages: Sequence[images.ReadPage], on: date, least: int | None
) -> matching.SheetRow:
    """Return what was read on a document's pages, its printed time on the day or none.

    With `least` a value is taken that was read so surely, and none that two places say differently.
    Without, where a person looks, it is what was read best of each.
    """
    said = _best(pages) if least is None else _sure(pages, least)
    codes = [code.text for page in pages for code in page.codes if code.text.isdigit()]
    return matching.SheetRow(
        key=key,
        place=place,
        journal_no=images.digits_of(said.get("journal_no", "")),
        voucher_no=said.get("voucher_no", codes[0] if len(codes) == 1 else ""),
        account=images.digits_of(said.get("account", "")),
        fen=_fen_of(said.get("amount", "")),
        teller=images.digits_of(said.get("teller", "")),
        at=_printed_at(pages, least or 0, on),
    )


def _sure(pages: Sequence[images.ReadPage], least: int) -> Mapping[str, str]:
    said: dict[str, set[str]] = {}
    for field in (field for page in pages for field in page.fields):
        if field.confidence >= least:
            said.setdefault(field.name, set()).add(field.value)
    return {name: next(iter(values)) for name, values in said.items() if len(values) == 1}


def _best(pages: Sequence[images.ReadPage]) -> Mapping[str, str]:
    best: dict[str, images.Field] = {}
    for field in (field for page in pages for field in page.fields):
        if field.name not in best or field.confidence > best[field.name].confidence:
            best[field.name] = field
    return {name: field.value for name, field in best.items()}


def _printed_at(pages: Sequence[images.ReadPage], least: int, on: date) -> datetime | None:
    """Return when the machine printed, where it is surely read and the pages say one time."""
    lines = (line for page in pages for line in page.lines if line.confidence >= least)
    times = {found for line in lines for found in _TIME.findall(images.compact(line.text))}
    if len(times) != 1:
        return None
    return datetime.combine(on, time.fromisoformat(":".join(times.pop())), SHANGHAI)


def _fen_of(text: str) -> int | None:
    """Return an amount as it was read in fen, or None where it is none."""
    try:
        return Money.parse(text).fen if text else None
    except Refused:
        return None
