"""Images that people opened without an item: found in the trail of a day, summed, listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max, Q, QuerySet, Sum

from authorization import selectors as authorization
from foundation.imaging import selectors as imaging
from foundation.imaging.selectors.seen import Seen, seen_large
from foundation.people import selectors as people
from foundation.trail import selectors as trail
from foundation.worklist import selectors as worklist
from monitoring.models import AlertLine, Alignment, ImageDay, Look, Match, Slice, Slip, StrayView
from monitoring.models import subject_of as subject_of_match
from monitoring.rules import slips
from monitoring.rules import watching as rules
from monitoring.rules.alerts import subject_of as subject_of_alert

SHOWN = 200
PAGE = 50
DAYS_BACK = 31
# Documents whose reasons are asked for together: a bound on each question.
_AT_ONCE = 500
_DRAFT = authorization.draft_subject(key="")


@dataclass(frozen=True)
class Stray:
    """A look without an item: who, what was seen, and what it belongs to."""

    viewer: rules.Viewer
    seen: Seen
    subject: str


@dataclass(frozen=True)
class Day:
    """How many images each person opened on a day, and those opened without an item."""

    opened: Mapping[rules.Viewer, int]
    strays: Sequence[Stray]


class StrayRow(NamedTuple):
    """A look without an item, as a list shows it."""

    pk: int
    at: datetime
    viewer_label: str
    place: str
    page_id: int
    image_class: str
    use: str
    subject: str


_SHOWN = (
    "id", "at", "viewer_label", "institution__name", "page_id", "image_class", "use", "subject",
)  # fmt: skip


@dataclass(frozen=True)
class StrayPage:
    """Some looks without an item, how many there are in all, and where the next page begins."""

    rows: Sequence[StrayRow]
    total: int
    next_before: int | None


def due(*, today: date) -> Sequence[date]:
    """Return the days that are over and were not added up yet, a month of them at most."""
    oldest = today - timedelta(days=DAYS_BACK)
    last = ImageDay.objects.aggregate(day=Max("on"))["day"]
    first = max(oldest, last + timedelta(days=1)) if last else oldest
    return [first + timedelta(days=number) for number in range((today - first).days)]


def day(*, on: date) -> Day:
    """Return who opened images on a day, and which of them without an item; needs every scope."""
    looks = list(seen_large(on=on))
    numbers = {rules.number_in(one.viewer) for one in looks}
    staff = {row.number: row for row in people.staff_of_numbers(numbers=sorted(numbers))}
    opened: dict[rules.Viewer, int] = {}
    of_documents: dict[int, list[tuple[rules.Viewer, Seen]]] = {}
    for one in looks:
        if known := staff.get(rules.number_in(one.viewer)):
            viewer = rules.Viewer(known.pk, known.institution_id, known.label)
            opened[viewer] = opened.get(viewer, 0) + 1
            of_documents.setdefault(one.document_id, []).append((viewer, one))
    return Day(opened, [stray for some in _cut(of_documents) for stray in _strays(some)])


def opened(*, first: date, last: date) -> Sequence[rules.Opened]:
    """Return how many images each person opened, most without an item first."""
    rows = (
        ImageDay.objects.filter(on__range=(first, last))
        .order_by("viewer_id")
        .values_list("viewer_id")
        .annotate(
            label=Max("viewer_label"), place=Max("institution__name"), opened=Sum("opened"),
            stray=Sum("stray"), taken=Sum("taken"),
        )
    )  # fmt: skip
    found = [rules.Opened(*row) for row in rows[: SHOWN * 5]]
    every, stray = sum(row.opened for row in found), sum(row.stray for row in found)
    marked = [replace(row, odd=rules.more_strays(row, opened=every, stray=stray)) for row in found]
    return sorted(marked, key=lambda row: (not row.odd, -row.stray, row.label))[:SHOWN]


def listed(
    *, first: date, last: date, of: str = "", image_class: str = "", use: str = ""
) -> QuerySet[StrayView]:
    """Return what was opened without an item on these days, of one number, the latest first."""
    rows: QuerySet[StrayView] = StrayView.objects.filter(on__range=(first, last))
    for asked, wanted in (
        (of, Q(viewer__number=of)),
        (image_class, Q(image_class=image_class)),
        (use, Q(use=use)),
    ):
        rows = rows.filter(wanted) if asked else rows
    return rows.order_by("-on", "-id")


def shown(*, rows: QuerySet[StrayView], most: int) -> Sequence[StrayRow]:
    """Return as many of the list as a page or a file has."""
    return tuple(map(StrayRow._make, rows.values_list(*_SHOWN)[:most]))


def page(*, rows: QuerySet[StrayView], before: int | None) -> StrayPage:
    """Return one page of the list, how many there are in all, and where the next begins."""
    cut = shown(rows=rows.filter(_below(before)) if before else rows, most=PAGE + 1)
    more = cut[PAGE - 1].pk if len(cut) > PAGE else None
    return StrayPage(rows=cut[:PAGE], total=rows.count(), next_before=more)


def _below(before: int) -> Q:
    """Return what stands after a row in the list, of the same day or of one before."""
    last = StrayView.objects.filter(id=before).values_list("on", flat=True).first()
    return Q(on__lt=last) | Q(on=last, id__lt=before) if last else Q(id__lt=before)


def _cut(
    found: Mapping[int, list[tuple[rules.Viewer, Seen]]],
) -> Iterator[dict[int, list[tuple[rules.Viewer, Seen]]]]:
    ids = sorted(found)
    for start in range(0, len(ids), _AT_ONCE):
        yield {number: found[number] for number in ids[start : start + _AT_ONCE]}


def _strays(looks: Mapping[int, list[tuple[rules.Viewer, Seen]]]) -> list[Stray]:
    """Return those looks at some documents that nothing explains, in the order they happened."""
    about = _about(looks)
    matches = _matches(looks, about)
    _fill(about)
    left = {number for number, one in about.items() if _unexplained(looks[number], one)}
    if left:
        _beside({key: some & left for key, some in matches.items() if some & left}, about)
        _fill({number: about[number] for number in left})
    return [
        Stray(viewer, one, about[number].item)
        for number in sorted(left)
        for viewer, one in _unexplained(looks[number], about[number])
    ]


def _unexplained(
    looks: Sequence[tuple[rules.Viewer, Seen]], about: rules.About
) -> list[tuple[rules.Viewer, Seen]]:
    return [(viewer, one) for viewer, one in looks if not rules.has_reason(viewer, about)]


def _about(looks: Mapping[int, Sequence[tuple[rules.Viewer, Seen]]]) -> dict[int, rules.About]:
    """Return of each document its own subject, its item's, and those of the pages looked at."""
    known = imaging.documents_by_id(ids=sorted(looks))
    keys = {row.pk: row.subject.removeprefix(_DRAFT) for row in known if _DRAFT in row.subject}
    items = authorization.numbers_by_key(keys=[UUID(key) for key in keys.values()])
    found = {}
    for row in known:
        number = items.get(UUID(keys[row.pk])) if row.pk in keys else None
        one = rules.About(f"authorization.request:{number}" if number else row.subject)
        pages = {imaging.subject_of(page_id=seen.page_id) for _viewer, seen in looks[row.pk]}
        one.subjects |= {row.subject, one.item, f"imaging.document:{row.pk}", *pages}
        found[row.pk] = one
    return found


def _matches(
    looks: Mapping[int, object], about: Mapping[int, rules.About]
) -> dict[tuple[int, str, date], set[int]]:
    """Add the pairs of the documents, their slices and second looks; return whose they are."""
    columns = ("id", "journal_no", "business_date", "institution_id", "subject")
    own = Match.objects.filter(document_id__in=looks).order_by()
    beside = Alignment.objects.filter(document_id__in=looks).order_by()
    found: dict[tuple[int, str, date], set[int]] = {}
    of_match: dict[int, set[int]] = {}
    for document_id, number, journal_no, on, place_id, item in (
        *own.values_list("document_id", *columns),
        *beside.values_list("document_id", *(f"match__{name}" for name in columns)),
    ):
        found.setdefault((number, journal_no, on), set()).add(document_id)
        of_match.setdefault(number, set()).add(document_id)
        named = {subject_of_match(number), f"monitoring.day:{place_id}.{on}", item}
        about[document_id].subjects.update(named - {""})
    for model, kind in ((Slice, "slice"), (Look, "look")):
        rows = model.objects.filter(match_id__in=of_match).order_by()
        for number, key in rows.values_list("match_id", "id"):
            for document_id in of_match[number]:
                about[document_id].subjects.add(f"monitoring.{kind}:{key}")
    return found


def _beside(
    matches: Mapping[tuple[int, str, date], set[int]], about: Mapping[int, rules.About]
) -> None:
    """Add the alerts about the lines of some pairs, and the slips about the pairs."""
    lines = {(journal_no, on): found for (_id, journal_no, on), found in matches.items()}
    rows = AlertLine.objects.filter(
        journal_no__in={journal_no for journal_no, _on in lines if journal_no},
        business_date__in={on for _journal_no, on in lines},
    )
    columns = ("journal_no", "business_date", "alert_id")
    for journal_no, on, alert_id in rows.order_by().values_list(*columns):
        for document_id in lines.get((journal_no, on), ()):
            about[document_id].subjects.add(subject_of_alert(alert_id))
    origins = {subject_of_match(number): found for (number, *_rest), found in matches.items()}
    for slip in Slip.objects.filter(origin__in=origins).order_by("id"):
        for document_id in origins[slip.origin]:
            about[document_id].subjects.add(slip.trail_subject)
            about[document_id].holders.add(slip.issued_by_id)
            if slip.kind != slips.CASE:  # of a transfer the outlet knows nothing
                about[document_id].places.add(slip.institution_id)


def _fill(about: Mapping[int, rules.About]) -> None:
    """Add who did anything with the subjects of the documents, and who holds or held them."""
    subjects = {subject for one in about.values() for subject in one.subjects}
    hands, holders = trail.hands_on(subjects=subjects), worklist.holders_of(subjects=subjects)
    for one in about.values():
        for subject in one.subjects:
            one.hands |= {rules.number_in(label) for label in hands.get(subject, ())}
            one.holders |= holders.get(subject, set())
