"""The lists of items: the teller's own and the day's, with no more of each than is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Generic, NamedTuple, TypeVar

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from authorization import rules
from authorization.models import Decision, Inquiry, OnSite, Request
from foundation.people.models import Staff

PAGE = 50
# A list that is taken away as a file holds so many of its newest rows.
FILE_MOST = 5_000
# That a colleague was asked about it, which other rows say.
CONSULTED = "consulted"
# What an item met with, as the figures of friction count it.
MET: Mapping[str, Q] = {
    "held": Q(queued_at__isnull=False),
    "decided": Q(attempt__gt=1) | Q(decided_at__isnull=False),
    "returned": Q(attempt__gt=1)
    | Q(decided_at__isnull=False, state__in=(rules.RETURNED, rules.WITHDRAWN)),
    "rejected": Q(state=rules.REJECTED),
    CONSULTED: Q(),
    "first": Q(attempt=1, queued_at__isnull=False, state__in=(rules.APPROVED, rules.POSTED)),
}


class Own(NamedTuple):
    """An item as its teller's list shows it, and no more of it."""

    number: str
    state: str
    trade_code: str
    payer_name: str
    amount_fen: int
    created_at: datetime
    decided_at: datetime | None
    decider_label: str
    journal_no: str
    reasons: Sequence[str]
    asked: bool


def own(*, teller: Staff, on: date) -> Sequence[Own]:
    """Return the teller's items: what is asked and what was sent back first, then the day's."""
    asked = _own(Request.objects.filter(_asked(), teller=teller, state=rules.ON_HOLD), limit=PAGE)
    back = sent_back(teller=teller, limit=PAGE - len(asked))
    rows = Request.objects.filter(teller=teller, business_date=on).exclude(state=rules.RETURNED)
    rows = rows.exclude(number__in=[row.number for row in asked])
    return (*asked, *back, *_own(rows, limit=PAGE - len(back) - len(asked)))


def sent_back(*, teller: Staff, limit: int) -> Sequence[Own]:
    """Return the teller's items that were sent back, of whatever day, the newest first."""
    return _own(Request.objects.filter(teller=teller, state=rules.RETURNED), limit=limit)


class Untold(NamedTuple):
    """An item of which its teller does not know yet how it stands."""

    number: str
    state: str
    reasons: Sequence[str]
    remark: str
    decided_at: datetime | None
    escalated_at: datetime | None


def untold(*, teller: Staff, since: date, approved_since: datetime, limit: int) -> Sequence[Untold]:
    """Return what a teller does not know yet of the own items since a day.

    That is what is with the leads, what was rejected and no page has shown, and what was approved
    at a desk, or on site alone, since a moment, likewise: after that its customer waits no more.
    """
    approved = Q(state=rules.POSTED, decided_at__gte=approved_since)
    up = Q(state__in=rules.IN_THE_CENTRE, escalated_at__isnull=False)
    rows = Request.objects.filter(teller=teller, business_date__gte=since)
    rows = rows.filter(Q(state=rules.REJECTED) | approved | up).order_by("-id")
    found = {pk: Untold(*values) for pk, *values in rows.values_list("pk", *Untold._fields)[:PAGE]}
    # By the items alone, of which there are few: of all decisions there are millions.
    unseen = _unseen([pk for pk, row in found.items() if row.state in _ENDS]) if found else set()
    return tuple(
        row
        for pk, row in found.items()
        if row.state not in _ENDS or (pk, _ENDS[row.state]) in unseen
    )[:limit]


_ENDS = {rules.REJECTED: "reject", rules.POSTED: "approve"}


def _unseen(ids: Sequence[int]) -> set[tuple[int, str]]:
    """Return the decisions at desks on items, and on site alone, that no page of theirs showed."""
    rows = Decision.objects.filter(request__in=ids, seen_at=None, offline=None)
    # A yes on site is the item's end where the centre is not asked; a no is it always.
    ended = Q(step="reject") | Q(step="approve", request__levels_needed=0)
    here = OnSite.objects.filter(ended, request__in=ids, seq=F("request__attempt"), seen_at=None)
    asked = ("request_id", "step")
    return set(rows.values_list(*asked).union(here.values_list(*asked)))


def _asked() -> Exists:
    """Return the condition that the teller is asked for an image and has not sent it yet."""
    asked = Inquiry.objects.filter(request=OuterRef("pk"), ended_at=None, kind=rules.RESCAN)
    return Exists(asked.order_by())


def _own(rows: QuerySet[Request], *, limit: int) -> Sequence[Own]:
    found = rows.order_by("-id").annotate(asked=_asked()).values_list(*Own._fields)[:limit]
    return tuple(map(Own._make, found))


@dataclass(frozen=True)
class Filter:
    """Which items a list shows; empty fields do not narrow.

    Of one business day, or with `first` of all from that day until `on`; then reasons are those of
    every decision of an item, not only the last. `met` is one of MET.
    """

    on: date
    state: str = ""
    outlet_id: int | None = None
    before_id: int | None = None
    reason: str = ""
    decider: str = ""
    teller: str = ""
    first: date | None = None
    code: str = ""
    met: str = ""


def items(*, chosen: Filter) -> QuerySet[Request]:
    """Return the items that a list shows, newest first, unbounded: the page cuts."""
    rows: QuerySet[Request] = Request.objects.filter(business_date=chosen.on)
    if chosen.first:
        rows = Request.objects.filter(business_date__range=(chosen.first, chosen.on))
    return _narrowed(rows, chosen).select_related("institution").order_by("-id")


def _narrowed(rows: QuerySet[Request], chosen: Filter) -> QuerySet[Request]:
    if chosen.met:
        rows = rows.filter(MET[chosen.met], *([_consulted()] if chosen.met == CONSULTED else []))
    if chosen.code:
        rows = rows.filter(trade_code=chosen.code)
    if chosen.state:
        wanted = {*chosen.state.split("+")}
        rows = rows.filter(
            state__in=wanted | ({rules.SETTLING} if rules.VIEWING in wanted else set())
        )
    if chosen.reason:
        rows = rows.filter(_for_reason(chosen))
    if chosen.before_id:
        rows = rows.filter(id__lt=chosen.before_id)
    return _of_whom(rows, chosen)


def _of_whom(rows: QuerySet[Request], chosen: Filter) -> QuerySet[Request]:
    if chosen.outlet_id:
        rows = rows.filter(institution_id=chosen.outlet_id)
    if chosen.teller:
        rows = rows.filter(teller__number=chosen.teller)
    if chosen.decider:
        rows = rows.filter(decider_label__startswith=f"{chosen.decider} ")
    return rows


def _consulted() -> Exists:
    asked = Inquiry.objects.filter(
        request=OuterRef("pk"), kind=rules.CONSULT, ended_at__isnull=False
    )
    return Exists(asked.order_by())


def _for_reason(chosen: Filter) -> Q | Exists:
    if chosen.first is None:
        return Q(reasons__contains=[chosen.reason])
    refused = Decision.objects.filter(
        request=OuterRef("pk"),
        step__in=("reject", "return"),
        reasons__contains=[chosen.reason],
        business_date__gte=chosen.first,
    )
    return Exists(refused)


class Listed(NamedTuple):
    """An item as the list shows it, and no more of it."""

    pk: int
    number: str
    place: str
    state: str
    trade_code: str
    payer_name: str
    amount_fen: int
    created_at: datetime
    decided_at: datetime | None
    teller_label: str
    decider_label: str
    reasons: Sequence[str]


_LISTED = ["institution__name" if name == "place" else name for name in Listed._fields]
RowT = TypeVar("RowT", Request, Listed)


@dataclass(frozen=True)
class ListPage(Generic[RowT]):
    """One page of a list: its rows, and the id before which the next page begins."""

    rows: Sequence[RowT]
    next_before: int | None
    counts: Mapping[str, int]
    total: int


def page(*, chosen: Filter) -> ListPage[Request]:
    """Return one page of whole items with the day's counts by state."""
    return _list_page(tuple(items(chosen=chosen)[: PAGE + 1]), chosen)


def listed(*, chosen: Filter) -> ListPage[Listed]:
    """Return the same page with what the list shows of each item."""
    rows = items(chosen=chosen).values_list(*_LISTED)[: PAGE + 1]
    return _list_page(tuple(map(Listed._make, rows)), chosen)


def in_file(*, chosen: Filter) -> tuple[Sequence[Listed], int]:
    """Return what a file of the list holds, and how many items the list has in all."""
    rows = items(chosen=replace(chosen, before_id=None))
    found = tuple(map(Listed._make, rows.values_list(*_LISTED)[:FILE_MOST]))
    return found, len(found) if len(found) < FILE_MOST else rows.order_by().count()


def _list_page(rows: Sequence[RowT], chosen: Filter) -> ListPage[RowT]:
    by_state = {} if chosen.first else counts(on=chosen.on)
    return ListPage(
        rows=rows[:PAGE],
        next_before=rows[PAGE - 1].pk if len(rows) > PAGE else None,
        counts=by_state,
        total=sum(by_state.values()),
    )


def counts(*, on: date) -> Mapping[str, int]:
    """Return how many items of the day are in each state as it is told, every such state named."""
    found = dict(
        Request.objects.filter(business_date=on)
        .values_list("state")
        .annotate(n=Count("*"))
        .order_by("state")
    )
    found[rules.VIEWING] = found.get(rules.VIEWING, 0) + found.pop(rules.SETTLING, 0)
    return {
        state: int(found.get(state, 0)) for state in rules.FLOW.states if rules.told(state) == state
    }
