"""The demo bank's forms as layouts: the printer's own drawing, and its fields as zones."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from foundation.imaging.gateways import Blank
from foundation.imaging.rules.layouts import GRID, JOURNAL, Zone
from foundation.imaging.services import layouts
from foundation.people.models import Staff
from ops_platform.demo import vouchers

KINDS = ("withdrawal", "deposit", "opening", "transfer", "receipt", "application", "cheque")
# A zone of imaging for each field of a form: value, kind, what is checked.
_ZONES: Mapping[str, tuple[str, str, str]] = {
    "voucher_no": ("voucher_no", "number", ""),
    "account": ("account", "number", "luhn"),
    "payee_account": ("payee_account", "number", "luhn"),
    "amount": ("amount", "amount", "amount"),
    "amount_words": ("amount_words", "words", "capitals"),
    "date": ("date", "date", "date"),
    "date_words": ("date", "words", "date"),
    "name": ("payer_name", "name", ""),
    "payee_name": ("payee_name", "name", ""),
    "id_number": ("id_number", "text", ""),
    "mobile": ("mobile", "text", ""),
    "purpose": ("purpose", "text", ""),
    "journal": (JOURNAL, JOURNAL, ""),
}
_NEEDED = frozenset(
    {
        "voucher_no", "account", "payee_account", "amount", "amount_words", "date", "date_words",
        "journal",
    }
)  # fmt: skip


# What an opening is compared by, beside these.
_NEEDED_OF = {"opening": frozenset({"id_number", "mobile"})}


@dataclass(frozen=True)
class Shipped:
    """A form of the demo bank: its short name, its title, its picture and its zones."""

    code: str
    title: str
    png: bytes
    zones: tuple[Zone, ...]


def shipped(kind: str) -> Shipped:
    """Return one form as a layout."""
    return Shipped(kind, vouchers.title(kind), vouchers.blank(kind), tuple(zones_of(kind).values()))


def zones_of(kind: str) -> Mapping[str, Zone]:
    """Return the zones of a form by the fields that the drawing knows."""
    zones = {}
    needed = _NEEDED | _NEEDED_OF.get(kind, frozenset())
    for field, box in vouchers.rooms(kind).items():
        if field not in _ZONES:
            continue
        name, kind_of, check = _ZONES[field]
        if field == "amount" and vouchers.has_grid(kind):
            kind_of = GRID
        zones[field] = Zone(name, kind_of, box, needed=field in needed, validator=check)
    return zones


def blanks(folder: Path | None = None) -> Sequence[Blank]:
    """Return the shipped forms for the reader, their pictures in a folder of passing files."""
    place = folder or Path(tempfile.mkdtemp(prefix="ops-forms-"))
    place.mkdir(parents=True, exist_ok=True)
    found = []
    for kind in KINDS:
        one = shipped(kind)
        file = place / f"{one.code}.png"
        file.write_bytes(one.png)
        found.append(Blank(f"{one.code}.1", str(file), one.zones))
    return tuple(found)


def publish(*, by: Staff, second: Staff, at: datetime) -> None:
    """Draw every form and let pages be read by it, by two people."""
    for kind in KINDS:
        one = shipped(kind)
        row = layouts.draw(code=one.code, title=one.title, data=one.png, by=by, at=at)
        layouts.keep_zones(layout_id=row.pk, zones=one.zones, by=by, at=at)
        layouts.publish(layout_id=row.pk, by=second, at=at)
