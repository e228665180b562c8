"""What monitoring can be asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from authorization import rules as authorization_rules
from authorization import selectors as authorization
from foundation.imaging import selectors as imaging
from foundation.imaging.models import Page
from foundation.ledger import selectors as ledger
from foundation.ledger.models import JournalLine
from foundation.people import selectors as people
from foundation.people.models import Institution
from foundation.trail import selectors as trail
from foundation.trail.models import Event
from monitoring import rules
from monitoring.models import Match, Slice
from monitoring.selectors import settling
from monitoring.selectors._comparing import compare, compared, expected_of, shared_fen

__all__ = ["compare", "compared", "expected_of", "shared_fen"]

PAGE = 50
BREAKS_SHOWN = 200


@dataclass(frozen=True)
class Filter:
    """Which pairs a list shows; empty fields do not narrow. `under` is an institution's subtree."""

    on: date
    result: str = ""
    state: str = ""
    under: int | None = None
    teller: str = ""
    auditor: str = ""
    journal_no: str = ""
    keyed: bool = False
    compared: bool = False
    before_id: int | None = None


class Listed(NamedTuple):
    """A pair as the list shows it, and no more of it: the compared fields alone are a page long."""

    pk: int
    journal_no: str
    place: str
    journal_at: datetime | None
    trade_code: str
    account_number: str
    amount_fen: int | None
    voucher_no: str
    teller: str
    result: str
    decided_label: str


_LISTED = ["institution__name" if name == "place" else name for name in Listed._fields]
RowT = TypeVar("RowT", Match, Listed)


@dataclass(frozen=True)
class ListPage(Generic[RowT]):
    """One page of a list: its rows, how many there are in all, and where the next page begins."""

    rows: Sequence[RowT]
    total: int
    next_before: int | None


@dataclass(frozen=True)
class Record:
    """Everything that is kept about one pair; `rescan` as an image's page tells it."""

    match: Match
    pages: Sequence[Page]
    boxes: Mapping[int, Mapping[str, Sequence[int]]]
    timeline: Sequence[Event]
    rescan: str


@dataclass(frozen=True)
class Cell:
    """How many pairs came to one result."""

    result: str
    count: int


@dataclass(frozen=True)
class DayRow:
    """One institution's day: how many pairs came to each result, and how many are not settled."""

    institution: Institution
    cells: Sequence[Cell]
    unsettled: int

    @property
    def total(self) -> int:
        """Return how many pairs there are."""
        return sum(cell.count for cell in self.cells)

    @property
    def settled(self) -> bool:
        """Tell whether every pair is matched, or a person has said what it is.

        What else keeps its vouchers from being closed is said by `settling.day`.
        """
        return self.unsettled == 0


@dataclass(frozen=True)
class Day:
    """A day of one outlet, or of all below an institution: counts, rate, and what stands alone."""

    rows: Sequence[DayRow]
    rate: Decimal | None
    without_image: Sequence[Match]
    without_journal: Sequence[Match]


def matches(*, chosen: Filter) -> QuerySet[Match]:
    """Return the pairs that a list shows, newest first, unbounded: the page cuts."""
    rows = keyed_pairs(on=chosen.on) if chosen.keyed else _of_day(chosen)
    if chosen.result:
        rows = rows.filter(result__in=chosen.result.split("+"))
    if chosen.state:
        rows = rows.filter(state__in=chosen.state.split("+"))
    if chosen.under:
        rows = rows.filter(institution__path__contains=f"/{chosen.under}/")
    if chosen.teller:
        rows = rows.filter(teller=chosen.teller)
    if chosen.auditor:
        rows = rows.filter(decided_label__startswith=f"{chosen.auditor} ")
    if chosen.journal_no:
        rows = rows.filter(journal_no__endswith=chosen.journal_no)
    return rows.select_related("institution").order_by("-id")


def _of_day(chosen: Filter) -> QuerySet[Match]:
    """Return the pairs of a day, or those of them that were compared."""
    rows: QuerySet[Match] = Match.objects.filter(business_date=chosen.on)
    if not chosen.compared:
        return rows
    return rows.filter(state__in=rules.JUDGED).exclude(_one_sided())


def keyed_pairs(*, on: date) -> QuerySet[Match]:
    """Return the pairs of a business date of which people keyed a field, or are to.

    Those that a machine matched and that are keyed for proof alone are not among them.
    """
    cut = Slice.objects.filter(match=OuterRef("pk"))
    rows: QuerySet[Match] = Match.objects.filter(business_date=on, proof=None).filter(Exists(cut))
    return rows


def one_sided(*, on: date, under: int | None = None) -> Mapping[tuple[int, str], int]:
    """Return how many pairs of a day have one side and are no break, by institution and state.

    They are vouchers whose line was found, sheets scanned twice, and what was forced in former
    times: nothing was compared of them.
    """
    rows = Match.objects.filter(Q(document=None) | Q(journal_no=""), business_date=on)
    rows = rows.filter(institution__path__contains=f"/{under}/") if under else rows
    grouped = (
        rows.exclude(result__in=rules.BREAKS).order_by().values_list("institution_id", "state")
    )
    return {(place, state): count for place, state, count in grouped.annotate(n=Count("*"))}


def _one_sided() -> Q:
    """Return that the voucher or the journal line is missing."""
    return Q(result__in=rules.BREAKS) | Q(document=None) | Q(journal_no="")


def page(*, chosen: Filter) -> ListPage[Match]:
    """Return one page of whole pairs, and how many the filter finds on all pages."""
    return _list_page(tuple(_from(chosen)), chosen)


def listed(*, chosen: Filter) -> ListPage[Listed]:
    """Return the same page with what the list shows of each pair."""
    return _list_page(tuple(map(Listed._make, _from(chosen).values_list(*_LISTED))), chosen)


def _from(chosen: Filter) -> QuerySet[Match]:
    """Return the pairs of a page and one more, which tells whether there is a next page."""
    found = matches(chosen=chosen)
    return (found.filter(id__lt=chosen.before_id) if chosen.before_id else found)[: PAGE + 1]


def _list_page(cut: Sequence[RowT], chosen: Filter) -> ListPage[RowT]:
    more = cut[PAGE - 1].pk if len(cut) > PAGE else None
    return ListPage(rows=cut[:PAGE], total=matches(chosen=chosen).count(), next_before=more)


def open_differences() -> QuerySet[Match]:
    """Return the differences that wait for an auditor, of whatever day, the oldest first."""
    rows: QuerySet[Match] = Match.objects.filter(state=rules.OPEN)
    return rows.select_related("institution", "work_item").order_by("opened_at", "id")


def match(*, match_id: int) -> Match | None:
    """Return a pair among those that the person may see, or None."""
    rows = Match.objects.select_related("institution", "document", "work_item")
    found: Match | None = rows.filter(id=match_id).first()
    return found


def matches_by_id(*, ids: Sequence[int]) -> Sequence[Match]:
    """Return pairs among those that the person may see, by their ids."""
    return tuple(Match.objects.filter(id__in=ids).order_by("id"))


def record(*, match: Match) -> Record:
    """Return a pair with its images, the boxes of what was read, and its timeline."""
    pages = imaging.pages(document_id=match.document_id) if match.document_id else ()
    return Record(
        match=match,
        pages=pages,
        boxes=boxes_of(fields=match.compared, pages=pages),
        timeline=trail.timeline(subject=match.trail_subject),
        rescan=imaging.rescan_of(pages=pages),
    )


def boxes_of(
    *, fields: Sequence[rules.Field], pages: Sequence[Page]
) -> Mapping[int, Mapping[str, Sequence[int]]]:
    """Return where on each page the fields were read, and whether they differ."""
    found = [field for field in fields if field.box]
    return {
        page.pk: {
            field.name: [*(field.box or ()), int(field.verdict == rules.DIFFERS)]
            for field in found
            if field.page_id == page.pk
        }
        for page in pages
    }


def standing(*, on: date, under: int | None = None) -> Mapping[tuple[str, str], int]:
    """Return how many pairs of the day came to each result and state; what none did is left out."""
    rows = matches(chosen=Filter(on=on, under=under)).order_by("result", "state")
    grouped = rows.values_list("result", "state").annotate(n=Count("*"))
    return {(result, state): int(number) for result, state, number in grouped}


def counts(*, on: date, under: int | None = None) -> Mapping[str, int]:
    """Return how many pairs of the day came to each result, every result named."""
    found = Counter(dict.fromkeys(rules.RESULTS, 0))
    for (result, _state), number in standing(on=on, under=under).items():
        found[result] += number
    return found


def day(*, on: date, under: int | None = None) -> Day:
    """Return a day by institution and result, and every pair that stands alone."""
    found = matches(chosen=Filter(on=on, under=under))
    grouped = (
        found.order_by("institution_id")
        .values_list("institution_id", "result", "state")
        .annotate(n=Count("*"))
    )
    by_place: dict[int, Counter[str]] = {}
    unsettled: Counter[int] = Counter()
    by_state: Counter[str] = Counter()
    for place_id, result, state, number in grouped:
        by_place.setdefault(place_id, Counter())[result] += number
        by_state[state] += number if result not in rules.BREAKS else 0
        unsettled[place_id] += number if state in (rules.WAITING, rules.OPEN) else 0
    for (_place, state), number in one_sided(on=on, under=under).items():
        by_state[state] -= number
    del by_state[rules.WAITING]
    alone = found.filter(result__in=rules.BREAKS)
    return Day(
        rows=[
            DayRow(
                institution=place,
                cells=[Cell(result, by_place[place.pk][result]) for result in rules.RESULTS],
                unsettled=unsettled[place.pk],
            )
            for place in _places(found)
        ],
        rate=rules.match_rate(matched=by_state[rules.MATCHED], judged=by_state.total()),
        without_image=tuple(alone.filter(result=rules.IMAGE_MISSING)[:BREAKS_SHOWN]),
        without_journal=tuple(alone.filter(result=rules.JOURNAL_MISSING)[:BREAKS_SHOWN]),
    )


def _places(found: QuerySet[Match]) -> Sequence[Institution]:
    once = found.order_by("institution__number").distinct("institution__number")
    return tuple(match.institution for match in once)


def posted(
    *, line_id: int, subject: str, document_id: int
) -> tuple[JournalLine, Sequence[UUID], bool]:
    """Return the line of an authorization item that was posted just now, by one question.

    With it who entered or decided the item, and whether its voucher is an open break by itself.
    """
    number = subject.partition(":")[2]
    (line,) = ledger.journal_line_rows(line_id=line_id).annotate(
        touched=RawSQL(authorization.TOUCHED_SQL, (number, number)),  # noqa: S611 -- texts of ours
        alone=RawSQL(settling.ANY_STRAY_SQL, (document_id,)),  # noqa: S611
    )
    return line, line.touched, line.alone


def image_used_before(*, document_id: int) -> bool:
    """Tell whether a voucher image of the document is the picture of another document's page."""
    earlier = [
        imaging.like(page=page)
        for page in imaging.pages(document_id=document_id)
        if page.image_class == "voucher"
    ]
    return any(page is not None and page.document_id != document_id for page in earlier)


def touched_by_teller(*, line: JournalLine) -> Sequence[UUID]:
    """Return the human behind the line's teller number, where the bank knows the number."""
    teller = people.staff_by_number(number=line.teller)
    return (teller.person,) if teller else ()


def trade_name(*, code: str) -> str:
    """Return the name of a transaction of the catalogue, or nothing."""
    trade = authorization_rules.CATALOGUE.get(code)
    return trade.name if trade else ""
