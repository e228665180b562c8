"""What can be asked about layouts, and what a document's forms prove of expected values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from foundation.imaging import rules, selectors
from foundation.imaging.models import Layout, Reading
from foundation.imaging.rules import layouts, proving
from foundation.imaging.rules.scoring import Strip
from foundation.policy import selectors as policy

SHOWN_MOST = 200
_NUMBERS = {
    "same": "imaging.doubt_same_most",
    "large": "imaging.doubt_large_most",
    "differs": "imaging.doubt_differs_least",
    "large_fen": "imaging.large_fen",
}


def subject_of(*, layout_id: int) -> str:
    """Return the name of a layout on the trail."""
    return f"imaging.layout:{layout_id}"


def in_use() -> Sequence[Layout]:
    """Return the layouts that pages are read by."""
    return tuple(Layout.objects.filter(state=layouts.PUBLISHED).order_by("code"))


def shown() -> Sequence[Layout]:
    """Return the layouts that there are and were, by name, the newest version first."""
    rows = Layout.objects.select_related("drawn_by", "decided_by")
    return tuple(rows.order_by("code", "-version")[:SHOWN_MOST])


def by_id(*, layout_id: int) -> Layout | None:
    """Return one layout, or None."""
    rows = Layout.objects.select_related("drawn_by", "decided_by")
    found: Layout | None = rows.filter(id=layout_id).first()
    return found


def by_ids(*, ids: Sequence[int]) -> Sequence[Layout]:
    """Return layouts by their ids."""
    return tuple(Layout.objects.filter(id__in=ids).order_by("id"))


def by_key(*, key: str) -> Layout | None:
    """Return the layout of a key, such as withdrawal.2, or None."""
    code, _, version = key.rpartition(".")
    found: Layout | None = Layout.objects.filter(code=code, version=int(version)).first()
    return found


def next_version(*, code: str) -> int:
    """Return the number that the next version of a form gets."""
    last = Layout.objects.filter(code=code).order_by("-version").first()
    return last.version + 1 if last else 1


def lines(*, on: date) -> proving.Lines | None:
    """Return the dated numbers of a verification, or None where the bank has not set them."""
    found = policy.bank_wholes(codes=tuple(_NUMBERS.values()), on=on)
    if len(found) < len(_NUMBERS):
        return None
    return proving.Lines(**{name: found[code] for name, code in _NUMBERS.items()})


def verification(
    *, document_id: int, expected: Mapping[str, object], on: date
) -> Sequence[proving.Verified]:
    """Return what the forms of a document prove of each expected value; empty where none is one.

    Values are named as in `comparison`. Each row tells its doubt in hundredths of a nat, the
    source, how sure it is and where it stands; the numbers that judge it are those of the day.
    """
    numbers = lines(on=on)
    readings = {row.page_id: row for row in selectors.readings(document_id=document_id)}
    strips = {page_id: strips_of(reading=row) for page_id, row in readings.items() if row.strips}
    if not strips or numbers is None:
        return ()
    weighed = proving.proofs(expected=expected, strips=strips, beside={"date": on})
    return tuple(
        replace(row, engine=row.engine or readings[row.page_id].engine) if row.page_id else row
        for row in proving.verified(expected=expected, proofs=weighed, lines=numbers)
    )


def strips_of(*, reading: Reading) -> tuple[Strip, ...]:
    """Return what the recogniser saw in the zones of a page, as values that rules work on."""
    return tuple(Strip.told(strip) for strip in reading.strips)


def layouts_of(*, document_id: int) -> Sequence[Layout]:
    """Return the layouts on which the pages in force of a document lie, in the order of pages."""
    readings = selectors.readings(document_id=document_id)
    ids = list(dict.fromkeys(row.layout_id for row in readings if row.layout_id is not None))
    known = Layout.objects.in_bulk(ids)
    return tuple(known[number] for number in ids)


def number_ranges(*, forms: Sequence[Layout]) -> Sequence[tuple[str, str]]:
    """Return the first and last number printed on the forms, where known."""
    zones = [zone for row in forms for zone in row.reads]
    found = {(zone.first, zone.last) for zone in zones if zone.name == "voucher_no" and zone.first}
    return tuple(sorted(found))


def titles() -> Mapping[str, str]:
    """Return what each form is called by its newest version, by short name."""
    rows = Layout.objects.order_by("code", "-version").distinct("code")
    return dict(rows.values_list("code", "title")[:SHOWN_MOST])


def compared(
    *,
    document_id: int,
    expected: Mapping[str, object],
    on: date,
    in_zones: Mapping[str, object] | None = None,
) -> Sequence[rules.Comparison]:
    """Return each expected value beside the paper: by verification on a known form, else as read.

    A value that the form has no zone for is looked for among what was read, as on any page; one of
    `in_zones` is not, and has no row where no zone bears it: of a journal number the print's.
    """
    read = selectors.comparison(document_id=document_id, expected=expected)
    asked = {**expected, **(in_zones or {})}
    weighed = {
        row.name: row
        for row in verification(document_id=document_id, expected=asked, on=on)
        if row.verdict != rules.NOT_FOUND
        and (row.name in (*expected, "journal_no") or row.source == proving.FORM)
    }
    if not weighed:
        return read
    rows = [_comparison(weighed[row.name]) if row.name in weighed else row for row in read]
    rows += [
        _comparison(row) for name, row in weighed.items() if name not in {r.name for r in read}
    ]
    return tuple(rows)


def _comparison(row: proving.Verified) -> rules.Comparison:
    near = 100 if row.verdict == rules.SAME else max(0, 99 - row.doubt // 100)
    return rules.Comparison(
        row.name, row.expected, row.read, near, row.verdict, row.sure, row.page_id, row.box,
        engine=row.engine, second=row.second,
    )  # fmt: skip
