"""Slips: lists, one with all that happened, what waits for whom, and what is overdue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from foundation.imaging import selectors as imaging
from foundation.imaging.models import Page
from foundation.kernel.calendar import Calendar
from foundation.kernel.text import whole
from foundation.people import selectors as people
from foundation.people.models import Institution
from foundation.policy import selectors as policy
from foundation.trail import selectors as trail
from foundation.trail.models import Event
from monitoring import selectors
from monitoring.models import Match, Slip, SlipAppeal, SlipPoint, SlipReply
from monitoring.rules import bulletin
from monitoring.rules import slips as rules

PAGE = 50
EXPORT_MOST = 5_000
DUE_AT_ONCE = 500
OUTLET, CENTRE, ENDED, OVERDUE = "outlet", "centre", "ended", "overdue"
STANDS = (OUTLET, CENTRE, OVERDUE, ENDED)
# What a figure of a month counts; what an appeal has ended counts nowhere.
STANDING = Q(kind=rules.ERROR) & ~Q(state=rules.REVOKED)
_CLOCKED = Q(due_at__isnull=False) & ~Q(state=rules.REVOKED)
FIGURES: Mapping[str, Q] = {
    "errors": STANDING,
    "clocked": _CLOCKED & (Q(answered_at__isnull=False) | Q(late=True)),
    "late": _CLOCKED & Q(late=True),
    "repeated": STANDING & Q(repeated=True),
    "rungs": _CLOCKED & Q(rung__gt=0),
}


@dataclass(frozen=True)
class Filter:
    """Which slips a list shows; empty fields do not narrow. `under` is an institution's subtree.

    `stands` is one of STANDS, `figure` one of FIGURES; `sealed` lets transfers of suspected crimes
    be among them.
    """

    at: datetime
    kind: str = ""
    stands: str = ""
    state: str = ""
    code: str = ""
    error_class: int | None = None
    month: date | None = None
    under: int | None = None
    number: str = ""
    teller: str = ""
    figure: str = ""
    before_id: int | None = None
    sealed: bool = False


@dataclass(frozen=True)
class SlipPage:
    """One page of slips, how many there are in all, and where the next page begins."""

    rows: Sequence[Slip]
    total: int
    next_before: int | None


@dataclass(frozen=True)
class Reply:
    """One answer or question with its pictures."""

    row: SlipReply
    pages: Sequence[Page]


@dataclass(frozen=True)
class Record:
    """Everything that is kept about one slip; `match` is the pair that it is about, if one."""

    slip: Slip
    match: Match | None
    pages: Sequence[Page]
    replies: Sequence[Reply]
    appeal: SlipAppeal | None
    points: Sequence[SlipPoint]
    timeline: Sequence[Event]


def slips(*, chosen: Filter) -> QuerySet[Slip]:
    """Return the slips that a list shows, newest first, unbounded: the page cuts."""
    rows: QuerySet[Slip] = Slip.objects.filter(_standing(chosen))
    if not chosen.sealed:
        rows = rows.exclude(kind=rules.CASE)
    for asked, wanted in (
        (chosen.kind, Q(kind=chosen.kind)),
        (chosen.state, Q(state=chosen.state)),
        (chosen.code, Q(code=chosen.code)),
        (chosen.error_class, Q(error_class=chosen.error_class)),
        (chosen.under, Q(institution__path__contains=f"/{chosen.under}/")),
        (chosen.number, Q(number=chosen.number)),
        (chosen.teller, Q(at_fault_label__startswith=f"{chosen.teller} ")),
        (chosen.figure, FIGURES.get(chosen.figure, Q())),
    ):
        if asked:
            rows = rows.filter(wanted)
    if chosen.month:
        month = bulletin.month_of(chosen.month)
        rows = rows.filter(issued_on__range=(month.first, month.last))
    return rows.select_related("institution").order_by("-id")


def page(*, chosen: Filter, most: int = PAGE) -> SlipPage:
    """Return one page of slips, and how many the filter finds on all pages."""
    found = slips(chosen=chosen)
    cut = tuple((found.filter(id__lt=chosen.before_id) if chosen.before_id else found)[: most + 1])
    more = cut[most - 1].pk if len(cut) > most else None
    return SlipPage(rows=cut[:most], total=found.count(), next_before=more)


def inbox(*, institution_id: int) -> Sequence[Slip]:
    """Return what waits for an institution's answer, what is due first; a page at most."""
    rows: QuerySet[Slip] = Slip.objects.filter(
        institution_id=institution_id, state__in=rules.WITH_OUTLET
    )
    return tuple(rows.select_related("institution").order_by("due_at", "id")[:PAGE])


def waiting(*, institution_id: int) -> int:
    """Return how many slips wait for an institution's answer."""
    rows = Slip.objects.filter(institution_id=institution_id, state__in=rules.WITH_OUTLET)
    return int(rows.count())


def slip(*, number: str, sealed: bool = False) -> Slip | None:
    """Return a slip among those that the person may see, or None."""
    rows = Slip.objects.select_related("institution", "at_fault").filter(number=number)
    if not sealed:
        rows = rows.exclude(kind=rules.CASE)
    found: Slip | None = rows.first()
    return found


def numbers_in_sight(*, numbers: Sequence[str]) -> Sequence[str]:
    """Return those numbers of slips that the person may see; of sealed ones none."""
    rows = Slip.objects.filter(number__in=numbers).exclude(kind=rules.CASE)
    return tuple(rows.order_by("number").values_list("number", flat=True))


def about(*, origin: str, sealed: bool = False) -> Sequence[Slip]:
    """Return the slips about a thing, the latest first; sealed ones for who may see them."""
    rows = Slip.objects.filter(origin=origin)
    rows = rows if sealed else rows.exclude(kind=rules.CASE)
    return tuple(rows.select_related("institution").order_by("-id")[:PAGE])


def query_about(*, origin: str) -> Slip | None:
    """Return the query about a thing that was answered and not yet accepted, or None."""
    rows = Slip.objects.filter(origin=origin, kind=rules.QUERY, state=rules.REPLIED)
    return rows.order_by("-id").first()


def last_said(*, slip: Slip) -> SlipReply:
    """Return what was said last on a slip that was answered."""
    found: SlipReply = SlipReply.objects.filter(slip=slip).order_by("-id")[0]
    return found


def record(*, slip: Slip) -> Record:
    """Return a slip with the pair it is about, images, replies, appeal, points and timeline."""
    match = origin_match(origin=slip.origin)
    rows = tuple(SlipReply.objects.filter(slip=slip).order_by("id"))
    return Record(
        slip=slip,
        match=match,
        pages=imaging.pages(document_id=match.document_id) if match and match.document_id else (),
        replies=[
            Reply(row, imaging.pages(document_id=row.document_id) if row.document_id else ())
            for row in rows
        ],
        appeal=SlipAppeal.objects.filter(slip=slip).first(),
        points=tuple(SlipPoint.objects.filter(slip=slip).order_by("id")),
        timeline=trail.timeline(subject=slip.trail_subject),
    )


def origin_match(*, origin: str) -> Match | None:
    """Return the pair that an origin names, among those that the person may see, or None."""
    kind, _colon, key = origin.partition(":")
    number = whole(key)
    return selectors.match(match_id=number) if kind == "monitoring.match" and number else None


def locked(*, number: str, sealed: bool = False) -> Slip:
    """Return a slip, locked until the transaction ends; refuse one that is not there."""
    rows = Slip.objects.select_related("institution").filter(number=number)
    if not sealed:
        rows = rows.exclude(kind=rules.CASE)
    found: Slip | None = rows.select_for_update(of=("self",)).first()
    if found is None:
        raise rules.NoSuchSlip
    return found


def answered_by(*, slip: Slip) -> Sequence[UUID]:
    """Return the humans who answered a slip."""
    rows = SlipReply.objects.filter(slip=slip).exclude(step="requery")
    return tuple(rows.order_by("id").values_list("person", flat=True))


def spoke(*, slip: Slip) -> Sequence[UUID]:
    """Return the humans who answered a slip or asked again."""
    rows = SlipReply.objects.filter(slip=slip)
    return tuple(rows.order_by("id").values_list("person", flat=True))


def same_before(*, origin: str, kind: str, code: str) -> Slip | None:
    """Return the slip that says the same of a thing and stands, or None."""
    rows = Slip.objects.filter(origin=origin, kind=kind, code=code).exclude(state=rules.REVOKED)
    found: Slip | None = rows.first() if origin else None
    return found


def overdue(*, at: datetime) -> Sequence[str]:
    """Return the numbers of slips whose answer is late and that can go further up."""
    rows = Slip.objects.filter(state__in=rules.WITH_OUTLET, due_at__lt=at)
    rows = rows.filter(rung__lt=rules.BRANCH_RUNG).order_by("due_at", "id")
    return tuple(rows.values_list("number", flat=True)[:DUE_AT_ONCE])


def climbed(*, institution: Institution, most: int) -> Sequence[Slip]:
    """Return the overdue slips that have come up to where a person works, the latest first."""
    rung = rules.RUNG_OF.get(institution.kind)
    if rung is None:
        return ()
    rows: QuerySet[Slip] = Slip.objects.filter(state__in=rules.WITH_OUTLET, rung__gte=rung)
    return tuple(rows.select_related("institution").order_by("-rung_at", "-id")[:most])


def counted(*, at: datetime, sealed: bool = False) -> Mapping[str, int]:
    """Return how many slips stand with the outlets, with the centre, overdue, and sealed.

    What is sealed counts for nobody else than those who may see it, as in their lists.
    """
    rows = Slip.objects.exclude(state__in=rules.ENDS)
    rows = rows if sealed else rows.exclude(kind=rules.CASE)
    late = Q(state__in=rules.WITH_OUTLET, due_at__lt=at)
    found: Mapping[str, int] = rows.aggregate(
        outlet=Count("id", filter=Q(state__in=rules.WITH_OUTLET)),
        centre=Count("id", filter=Q(state__in=rules.WITH_CENTRE)),
        overdue=Count("id", filter=late),
        sealed=Count("id", filter=Q(kind=rules.CASE)),
    )
    return found


def number(*, name: str, on: date) -> int:
    """Return one of the numbers of slips in force on a day, by its short name."""
    return policy.whole(code=rules.NUMBERS[name], on=on)


def calendar(*, on: date) -> Calendar:
    """Return the working hours by which slips are due.

    Days of a year whose holidays are not yet published are reckoned by their weekdays: no outlet
    is spared a slip of December because of January.
    """
    return replace(policy.calendar(on=on), ends=None)


def place_for(*, number: str, kind: str) -> Institution:
    """Return the institution that a slip of a kind goes to; refuse one that takes none."""
    found = people.institution(number=number)
    wanted = "centre" if rules.KINDS[kind].to_centre else "outlet"
    if found is None or found.kind != wanted or not found.active:
        raise rules.NoSuchPlace(place=number, field="place")
    return found


def _standing(chosen: Filter) -> Q:
    return {
        OUTLET: Q(state__in=rules.WITH_OUTLET),
        CENTRE: Q(state__in=rules.WITH_CENTRE),
        ENDED: Q(state__in=rules.ENDS),
        OVERDUE: Q(state__in=rules.WITH_OUTLET, due_at__lt=chosen.at),
    }.get(chosen.stands, Q())
