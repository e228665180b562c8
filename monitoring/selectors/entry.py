"""What can be asked of supplementary entry: what to cut, what people read, how well they key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, F, Q, Sum

from foundation.imaging import selectors as imaging
from foundation.imaging.rules import slices
from foundation.kernel.calendar import SHANGHAI
from foundation.people import selectors as people
from foundation.people.roles import Permission
from foundation.policy import selectors as policy
from monitoring import rules
from monitoring.models import Keying, Match, Slice
from monitoring.rules import entry

KEYERS_SHOWN = 200
# Of so many slices that two read alike the one with a known answer is chosen.
CONTROLS_FROM = 50
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Wanted:
    """A field that people should key: of which page, and where it stands on it."""

    field: str
    page_id: int
    box: Box


@dataclass(frozen=True)
class Source:
    """A slice to be copied as one with a known answer, and who has seen it before."""

    slice: Slice
    seen: tuple[UUID, ...]


@dataclass(frozen=True)
class Keyer:
    """What one person keyed in a span of days."""

    label: str
    vendor: bool
    work: entry.Work


def wanted(*, match_id: int) -> Sequence[Wanted]:
    """Return the fields of a pair that were not read with certainty and can be cut out."""
    match: Match | None = Match.objects.filter(id=match_id).first()
    if match is None or match.state != rules.OPEN or match.document_id is None:
        return ()
    least = policy.whole(code="monitoring.same_confidence_min", on=match.business_date)
    doubtful = [
        field
        for field in match.compared
        if field.name in entry.ASKED
        and field.decides
        and not (field.verdict == rules.SAME and field.confidence >= least)
    ]
    there = set(
        Slice.objects.filter(match=match).exclude(state=entry.VOID).values_list("field", flat=True)
    )
    found = [_wanted(match, field) for field in doubtful if field.name not in there]
    return tuple(one for one in found if one is not None)


def keying_place(*, match_id: int, on: date) -> int | None:
    """Return the centre that keys for a pair's outlet: one with a vendor's people before others.

    None where nobody serves the outlet who may key; then nothing is cut out.
    """
    match = Match.objects.select_related("institution").get(id=match_id)
    above = set(people.ancestors(institution_id=match.institution_id))
    holders = people.holders_in_scope(permission=Permission.SLICE_KEY, on=on)
    served = holders.filter(institution__parent__in=above).select_related("institution")
    ranked = sorted((one.vendor_id is None, one.institution.number, one.institution_id)
                    for one in served)  # fmt: skip
    return ranked[0][2] if ranked else None


def source_of_control(*, institution_id: int, on: date) -> Source | None:
    """Return which slice to copy as one with a known answer, or None where nobody could key it.

    Of the last that two read alike the one copied least often, the latest first. It needs somebody
    at the centre who keyed neither it nor a copy, and no copy of it may still wait.
    """
    agreed = Slice.objects.filter(institution_id=institution_id, state=entry.AGREED, keyers=2)
    agreed = agreed.filter(match__isnull=False).exclude(answer=entry.ILLEGIBLE)
    recent = list(agreed.order_by("-id")[:CONTROLS_FROM])
    pages = {row.page_id for row in recent}
    copies: dict[tuple[int, str], list[Slice]] = defaultdict(list)
    for row in Slice.objects.filter(institution_id=institution_id, match=None, page__in=pages):
        copies[row.page_id, row.field].append(row)
    keyed: dict[int, set[UUID]] = defaultdict(set)
    wanted = [row.pk for row in (*recent, *(one for some in copies.values() for one in some))]
    rows = Keying.objects.filter(slice__in=wanted).values_list("slice_id", "person")
    for number, person in rows:
        keyed[number].add(person)
    holders = people.holders_in_scope(permission=Permission.SLICE_KEY, on=on)
    persons = set(holders.filter(institution_id=institution_id).values_list("person", flat=True))
    for row in sorted(recent, key=lambda row: len(copies[row.page_id, row.field])):
        some = copies[row.page_id, row.field]
        seen = keyed[row.pk].union(*(keyed[one.pk] for one in some))
        if persons - seen and not any(one.state in entry.SLICE_OPEN for one in some):
            return Source(row, tuple(sorted(seen, key=str)))
    return None


def slice_by_id(*, slice_id: int) -> Slice | None:
    """Return a slice within the scope, or None."""
    found: Slice | None = Slice.objects.select_related("match").filter(id=slice_id).first()
    return found


def keyers(*, first: date, last: date) -> Sequence[Keyer]:
    """Return who keyed how much and how well from the first day to the last, by number."""
    begins = datetime.combine(first, time(), SHANGHAI)
    ends = datetime.combine(last + timedelta(days=1), time(), SHANGHAI)
    judged, rightly = Q(right__isnull=False), Q(right=True)
    rows = (
        Keying.objects.filter(keyed_at__gte=begins, keyed_at__lt=ends, arbiter=False)
        .order_by("keyer__number")
        .values("keyer__number", "keyer__name", vendor=F("keyer__vendor_id"))
        .annotate(
            slices=Count("*"),
            strokes=Sum("strokes"),
            milliseconds=Sum("milliseconds"),
            judged=Count("id", filter=judged),
            good=Count("id", filter=rightly),
            controls=Count("id", filter=~Q(slice__known="") & judged),
            controls_right=Count("id", filter=~Q(slice__known="") & rightly),
        )
    )
    names = ("slices", "strokes", "milliseconds", "judged", "good", "controls", "controls_right")
    return tuple(
        Keyer(
            f"{row['keyer__number']} {row['keyer__name']}",
            row["vendor"] is not None,
            entry.Work(*(int(row[name] or 0) for name in names)),
        )
        for row in rows[:KEYERS_SHOWN]
    )


def _wanted(match: Match, field: rules.Field) -> Wanted | None:
    if field.box and field.page_id:
        return Wanted(field.name, field.page_id, field.box)
    assert match.document_id is not None, "asked before"
    sizes = {page.pk: page.width_px for page in imaging.pages(document_id=match.document_id)}
    for row in imaging.readings(document_id=match.document_id):
        page = imaging.as_read(reading=row)
        box = slices.zone(field=field.name, lines=page.lines, width=sizes[page.page_id])
        if box:
            return Wanted(field.name, page.page_id, box)
    return None


def keyed_values(*, row: Slice) -> Sequence[str]:
    """Return what the keyers of a slice read, as people write it, without their names."""
    values = row.keyings.filter(arbiter=False).order_by("value").values_list("value", flat=True)
    return tuple(entry.shown(row.field, value) for value in values)
