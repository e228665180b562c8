"""Books of slips, what became of each slip, and the times in which outlets were offline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from authorization.models import LocalAuthorizer, OfflineBook, OfflinePeriod, OfflineSlip
from authorization.rules import fallback
from authorization.rules import offline as rules
from foundation.people import selectors as people
from foundation.people.models import Staff

PAGE = 50
_STATES = (rules.ISSUED, rules.KEYED, rules.ENTERED, rules.VOID, rules.MISSING)


@dataclass(frozen=True)
class Counted:
    """A book with how many of its slips are in each state, and how many were left out."""

    row: OfflineBook
    counts: Mapping[str, int]
    gaps: int


def books(*, before: int | None = None) -> tuple[Sequence[Counted], int | None]:
    """Return a page of the books in scope, the latest first, each with its figures."""
    rows = OfflineBook.objects.select_related("institution", "issued_by").order_by("-id")
    rows = rows.filter(id__lt=before) if before else rows
    found = list(rows[: PAGE + 1])
    ids = [row.pk for row in found[:PAGE]]
    counts, left_out = _counts(ids), _gaps(ids)
    page = [Counted(row, counts[row.pk], left_out.get(row.pk, 0)) for row in found[:PAGE]]
    return page, found[PAGE - 1].pk if len(found) > PAGE else None


def _counts(ids: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
    """Return by book how many of its slips are in each state."""
    found = {book_id: dict.fromkeys(_STATES, 0) for book_id in ids}
    rows = OfflineSlip.objects.filter(book_id__in=ids).values_list("book", "state")
    for book_id, state, count in rows.annotate(n=Count("*")).order_by("book", "state"):
        found[book_id][state] = count
    return found


def _gaps(ids: Sequence[int]) -> Mapping[int, int]:
    """Return by book how many unused numbers stand before the last one that is not unused."""
    last: Mapping[int, str] = dict(
        OfflineSlip.objects.filter(book_id__in=ids)
        .exclude(state=rules.ISSUED)
        .values_list("book")
        .annotate(last=Max("number"))
        .order_by("book")
    )
    missed = Q()
    for book_id, number in last.items():
        missed |= Q(book_id=book_id, number__lt=number)
    if not last:
        return {}
    rows = OfflineSlip.objects.filter(missed, state=rules.ISSUED).values_list("book")
    return dict(rows.annotate(n=Count("*")).order_by("book"))


def book(*, book_id: int) -> OfflineBook | None:
    """Return a book in scope, or None."""
    rows = OfflineBook.objects.select_related("institution", "issued_by").filter(id=book_id)
    found: OfflineBook | None = rows.first()
    return found


def slips_of(*, book: OfflineBook) -> Sequence[OfflineSlip]:
    """Return the slips of a book in the order of their numbers."""
    return tuple(_slips().filter(book=book).order_by("number"))


def slip(*, number: str) -> OfflineSlip | None:
    """Return a slip in scope, or None."""
    return _slips().filter(number=number).first()


def signed_at(*, subject: str) -> datetime | None:
    """Return when an item was decided on paper, or None where none of its slips says so."""
    rows = OfflineSlip.objects.filter(request__number=subject.partition(":")[2])
    found: datetime | None = rows.values_list("signed_at", flat=True).first()
    return found


def locked(*, number: str) -> OfflineSlip:
    """Return a slip, locked until the transaction ends; refuse one out of sight."""
    rows = _slips().filter(number=number).select_for_update(of=("self",))
    found: OfflineSlip | None = rows.first()
    if found is None:
        raise rules.NoSuchSlip(number=number, field="number")
    return found


def keyed(*, limit: int = PAGE) -> Sequence[OfflineSlip]:
    """Return the slips in scope that wait to be checked, the oldest first."""
    return tuple(_slips().filter(state=rules.KEYED).order_by("keyed_at", "id")[:limit])


def unentered(*, institution_id: int) -> int:
    """Return how many slips of an outlet are keyed and not entered."""
    rows = OfflineSlip.objects.filter(institution_id=institution_id, state=rules.KEYED)
    return int(rows.count())


def next_serial(*, institution_id: int) -> int:
    """Return the serial that follows those of an outlet's books."""
    last = OfflineBook.objects.filter(institution_id=institution_id).order_by("-first").first()
    return last.first + last.count if last else 1


def period_at(*, institution_id: int, moment: datetime, at: datetime) -> OfflinePeriod | None:
    """Return the offline time over an outlet that covers a moment and may still be keyed.

    It may be that of an institution above, out of the person's sight: it binds all the same.
    """
    above = people.ancestors(institution_id=institution_id)
    rows = OfflinePeriod._base_manager.filter(  # noqa: SLF001  read by all: decision 0183
        institution_id__in=above, state=rules.ACTIVE, began_at__lte=moment, ended_at__gte=moment
    )
    found: OfflinePeriod | None = rows.filter(until__gt=at).order_by("-epoch").first()
    return found


def periods(*, institution_id: int, of: int | None = None) -> Sequence[OfflinePeriod]:
    """Return the latest offline times in scope, and those of what stands above an institution.

    With `of` only that one.
    """
    above = people.ancestors(institution_id=institution_id)
    own = OfflinePeriod.objects.values("id")
    rows = OfflinePeriod._base_manager.filter(  # noqa: SLF001  read by all: decision 0183
        Q(id__in=own) | Q(institution_id__in=above)
    )
    rows = rows if of is None else rows.filter(id=of)
    found = rows.select_related("institution", "proposed_by", "decided_by").order_by("-id")
    return tuple(found[:PAGE])


def period_locked(*, period_id: int) -> OfflinePeriod:
    """Return an offline time in scope, locked until the transaction ends; refuse any other."""
    rows = OfflinePeriod.objects.select_related("institution", "proposed_by").filter(id=period_id)
    found: OfflinePeriod | None = rows.select_for_update(of=("self",)).first()
    if found is None:
        raise rules.NoSuchPeriod
    return found


def registered(*, staff: Staff, institution_id: int) -> Sequence[rules.Registered]:
    """Return when a person was registered at an outlet, and for how much."""
    rows = LocalAuthorizer.objects.filter(
        staff=staff, institution_id=institution_id, state__in=(fallback.ACTIVE, fallback.ENDED)
    ).order_by("id")
    return tuple(
        rules.Registered(row.decided_at, row.ended_at, row.most_fen)
        for row in rows
        if row.decided_at is not None
    )


def deciders_at(*, institution_id: int) -> Sequence[Staff]:
    """Return who is or was registered at an outlet."""
    rows = LocalAuthorizer.objects.filter(
        institution_id=institution_id, state__in=(fallback.ACTIVE, fallback.ENDED)
    )
    found = people.staff_by_id(ids=tuple(rows.order_by("id").values_list("staff", flat=True)))
    return tuple(sorted(found.values(), key=lambda one: one.number))


def _slips() -> QuerySet[OfflineSlip]:
    rows: QuerySet[OfflineSlip] = OfflineSlip.objects.select_related(
        "institution", "book", "period", "authorizer", "keyed_by", "checked_by", "explained_by",
        "request",
    )  # fmt: skip
    return rows
