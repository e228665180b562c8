"""Blank vouchers: what was said of numbers, what one is, what is known of that of a pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from foundation.people import selectors as people
from foundation.people.models import Institution, Staff
from monitoring.models import BlankRange, Match
from monitoring.rules import blanks as rules

PAGE = 50
WAITING_SHOWN = 50
USES_SHOWN = 20
# One thing at a time is said of the numbers of a form; the database takes the same lock.
_LOCK = 8402


@dataclass(frozen=True)
class Filter:
    """Which entries the list shows; empty fields do not narrow. `number` is one that they cover.

    `of` is one entry alone.
    """

    layout: str = ""
    fate: str = ""
    state: str = ""
    number: str = ""
    outlet: str = ""
    before_id: int | None = None
    of: int | None = None


@dataclass(frozen=True)
class BlankPage:
    """One page of entries, how many there are in all, and where the next page begins."""

    rows: Sequence[BlankRange]
    total: int
    next_before: int | None


@dataclass(frozen=True)
class Number:
    """What became of one number of a form: its state by outlet, and the lines that bear it."""

    number: str
    layout: str
    state: str
    uses: Sequence[Match]


def listed(*, chosen: Filter) -> QuerySet[BlankRange]:
    """Return what was said of numbers, the latest first, unbounded: the page cuts."""
    rows: QuerySet[BlankRange] = BlankRange.objects.all()
    for asked, wanted in (
        (chosen.layout, Q(layout=chosen.layout)),
        (chosen.fate, Q(fate=chosen.fate)),
        (chosen.state, Q(state=chosen.state)),
        (chosen.outlet, Q(institution__number=chosen.outlet)),
        (chosen.number, _covering(chosen.number)),
        (chosen.of, Q(id=chosen.of)),
    ):
        rows = rows.filter(wanted) if asked else rows
    related = rows.select_related("institution", "teller", "said_by", "decided_by")
    return related.order_by("-id")


def page(*, chosen: Filter) -> BlankPage:
    """Return one page of entries, and how many the filter finds on all pages."""
    found = listed(chosen=chosen)
    cut = tuple((found.filter(id__lt=chosen.before_id) if chosen.before_id else found)[: PAGE + 1])
    more = cut[PAGE - 1].pk if len(cut) > PAGE else None
    return BlankPage(rows=cut[:PAGE], total=found.count(), next_before=more)


def waiting(*, staff: Staff, issues: bool) -> Sequence[BlankRange]:
    """Return what waits for an answer that the person may give, the oldest first."""
    here = Q(institution_id=staff.institution_id) & ~Q(fate=rules.TELLER)
    own = here | Q(teller=staff)
    rows = listed(chosen=Filter(state=rules.PROPOSED)).exclude(said_person=staff.person)
    found = rows.filter(own | Q(fate__in=rules.ENDED) if issues else own)
    return tuple(found.order_by("id")[:WAITING_SHOWN])


def number(*, number: str, layout: str) -> Number:
    """Return what became of one number of a form, as far as the person may see."""
    rows = [row.said for row in _rows(layout).filter(_covering(number))]
    uses = Match.objects.filter(voucher_no=number).select_related("institution")
    uses = uses.filter(layout__in=("", layout)).order_by("-business_date", "-id")
    found = tuple(uses[:USES_SHOWN])
    return Number(number, layout, rules.state_of(number, rows, used=bool(found)), found)


def locked(*, range_id: int) -> BlankRange:
    """Return an entry, locked until the transaction ends; refuse one that is not there."""
    rows = BlankRange.objects.select_for_update(of=("self",)).select_related("teller")
    row: BlankRange | None = rows.filter(id=range_id).first()
    if row is None:
        raise rules.NoSuchRange
    return row


def in_sight(*, range_id: int) -> bool:
    """Return whether the person may see an entry."""
    return bool(BlankRange.objects.filter(id=range_id).exists())


def alone(*, layout: str) -> None:
    """Let nobody else say anything of numbers of the form until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, layout])


def overlapping(*, layout: str, fates: Sequence[str], first: str, last: str) -> BlankRange | None:
    """Return what was said of some of the numbers already and stands, or None."""
    rows = _rows(layout).filter(fate__in=fates, first__lte=last, last__gte=first)
    return next((row for row in rows.order_by("id") if len(row.first) == len(first)), None)


def at_outlet(*, institution_id: int, layout: str, first: str, last: str) -> bool:
    """Tell whether all of the numbers were given to an outlet by one entry that it accepted."""
    rows = _rows(layout).filter(
        institution_id=institution_id, fate=rules.OUTLET, state=rules.ACCEPTED,
        first__lte=first, last__gte=last,
    )  # fmt: skip
    return any(len(row.first) == len(first) for row in rows)


def outlet(*, number: str) -> Institution | None:
    """Return an open outlet of this number within the scope, or None."""
    found = people.institutions_of_numbers(numbers=[number])
    return next((one for one in found if one.kind == "outlet" and one.active), None)


def finding(*, match: Match, number: str, layout: str) -> rules.Finding | None:
    """Return what the register says of a number on the voucher of a pair; None if nothing."""
    if not number:
        return None
    rows = BlankRange.objects.filter(institution_id=match.institution_id)
    rows = rows.filter(layout=layout) if layout else rows
    said = [row.said for row in rows.filter(_covering(number)).select_related("teller")]
    if not said:
        given = rows.filter(fate=rules.OUTLET, state=rules.ACCEPTED).order_by("-id")
        said = [row.said for row in given[:4]]
    if not said:
        return None
    return rules.finding(
        number, said, form_known=bool(layout), teller=match.teller, on=match.business_date,
        used_by=_used_by(match, number, layout),
    )  # fmt: skip


def _used_by(match: Match, number: str, layout: str) -> set[str]:
    """Return the other journal lines of the outlet that bear a number, not by the same voucher."""
    rows = Match.objects.filter(institution_id=match.institution_id, voucher_no=number)
    rows = rows.exclude(id=match.pk).exclude(journal_no="")
    if match.document_id is not None:
        rows = rows.exclude(document_id=match.document_id)
    rows = rows.filter(layout__in=("", layout)) if layout else rows
    return set(rows.order_by("id").values_list("journal_no", flat=True)[:3])


def _rows(layout: str) -> QuerySet[BlankRange]:
    rows: QuerySet[BlankRange] = BlankRange.objects.filter(layout=layout)
    return rows.exclude(state=rules.DECLINED).select_related("teller")


def _covering(number: str) -> Q:
    return Q(first__lte=number, last__gte=number, first__regex=f"^[0-9]{{{len(number)}}}$")
