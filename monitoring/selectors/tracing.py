"""What stands alone around an outlet's day, as people set it side by side (人工查账)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from foundation.imaging import selectors as imaging
from foundation.imaging.models import Page
from foundation.imaging.selectors import batches
from foundation.people.models import Institution, Staff
from monitoring import rules
from monitoring.models import Match
from monitoring.rules import matching, tracing
from monitoring.selectors import settling
from monitoring.selectors._comparing import compare
from monitoring.selectors._sheets import sheet

SideT = TypeVar("SideT", "Stray", "Lonely")

# So many of each side that are wanted are weighed, and so many of the best are shown.
LOOKED_AT, SHOWN = 400, 30
# Of so many vouchers at most it is looked whether they are wanted.
GONE_THROUGH = 10 * LOOKED_AT


@dataclass(frozen=True)
class Wanted:
    """What is traced: the day, those beside it or not, what narrows it, and what is chosen."""

    on: date
    beside: bool = False
    fen: int | None = None
    account: str = ""
    teller: str = ""
    stray: int | None = None
    line: int | None = None


@dataclass(frozen=True)
class Stray:
    """A voucher without a line, what was read on it, and how well it fits the chosen line."""

    match: Match
    sheet: matching.SheetRow
    read: bool
    page: Page | None = None
    fit: tracing.Fit | None = None


@dataclass(frozen=True)
class Lonely:
    """A line without a voucher, and how well it fits the chosen voucher."""

    match: Match
    fit: tracing.Fit | None = None


@dataclass(frozen=True)
class Traced:
    """Both sides, the best first, how many were weighed, and the chosen two compared.

    `more` tells whether there are more of a side than were gone through.
    """

    strays: Sequence[Stray]
    lines: Sequence[Lonely]
    stray_count: int
    line_count: int
    more: bool
    stray: Stray | None
    line: Lonely | None
    fields: Sequence[rules.Field]
    pages: Sequence[Page]
    closed: bool


def traced(*, outlet: Institution, wanted: Wanted, by: Staff) -> Traced:
    """Return what stands alone at an outlet and the person had no hand in, as far as is wanted."""
    alone = _alone(outlet, wanted, by)
    lonely = _lines(alone, wanted)
    strays, more = _strays(alone, wanted)
    stray = next((one for one in strays if one.match.pk == wanted.stray), None)
    line = next((one for one in lonely if one.match.pk == wanted.line), None)
    pages = imaging.pages(document_id=stray.sheet.key) if stray else ()
    return Traced(
        strays=_with_pages(_best([replace(one, fit=_fit(line, one)) for one in strays])),
        lines=_best([replace(one, fit=_fit(one, stray)) for one in lonely[:LOOKED_AT]]),
        stray_count=len(strays),
        line_count=len(lonely[:LOOKED_AT]),
        more=more or len(lonely) > LOOKED_AT,
        stray=stray,
        line=line,
        fields=_compared(line.match, stray.match) if line and stray else (),
        pages=pages,
        closed=settling.is_closed(institution_id=outlet.pk, days=[wanted.on]),
    )


def _alone(outlet: Institution, wanted: Wanted, by: Staff) -> QuerySet[Match]:
    beside = tracing.BESIDE if wanted.beside else tracing.BESIDE * 0
    rows: QuerySet[Match] = Match.objects.filter(
        institution=outlet,
        business_date__range=(wanted.on - beside, wanted.on + beside),
        state=rules.OPEN,
    ).exclude(touched__contains=[by.person])
    chosen = Q(pk__in=[wanted.stray or 0, wanted.line or 0])
    first = ExpressionWrapper(chosen, output_field=BooleanField()).desc()
    return rows.select_related("work_item").order_by(first, "business_date", "id")


def _lines(alone: QuerySet[Match], wanted: Wanted) -> Sequence[Lonely]:
    rows = alone.filter(result=rules.IMAGE_MISSING, document=None)
    narrowed, ends = Q(), wanted.account
    if wanted.fen is not None:
        narrowed &= Q(amount_fen=wanted.fen)
    if ends:
        narrowed &= Q(account_number__endswith=ends) | Q(counter_account__endswith=ends)
    if wanted.teller:
        narrowed &= Q(teller=wanted.teller)
    if narrowed:
        rows = rows.filter(narrowed | Q(pk=wanted.line or 0))
    return [Lonely(row) for row in rows[: LOOKED_AT + 1]]


def _strays(alone: QuerySet[Match], wanted: Wanted) -> tuple[Sequence[Stray], bool]:
    """Return the vouchers that say what is wanted or do not say it, and whether there are more.

    They are gone through in parts: only what was read on one tells whether it is wanted.
    """
    rows = alone.filter(result=rules.JOURNAL_MISSING, journal_no="")
    kept: list[Stray] = []
    more = True
    for begin in range(0, GONE_THROUGH, LOOKED_AT):
        part = tuple(rows[begin : begin + LOOKED_AT + 1])
        more = len(part) > LOOKED_AT
        kept += [
            one
            for one in _read(part[:LOOKED_AT])
            if _may_be(one.sheet, wanted) or one.match.pk == wanted.stray
        ]
        if not more or len(kept) >= LOOKED_AT:
            break
    return kept[:LOOKED_AT], more or len(kept) > LOOKED_AT


def _read(matches: Sequence[Match]) -> Sequence[Stray]:
    documents = [row.document_id or 0 for row in matches]
    read = batches.read_briefly(document_ids=documents)
    return [
        Stray(
            match=row,
            sheet=sheet(
                key=key, place=row.pk, pages=read.get(key, ()), on=row.business_date, least=None
            ),
            read=key in read,
        )
        for row, key in zip(matches, documents, strict=True)
    ]


def _with_pages(strays: Sequence[Stray]) -> Sequence[Stray]:
    first = imaging.first_pages(document_ids=[one.sheet.key for one in strays])
    return [replace(one, page=first.get(one.sheet.key)) for one in strays]


def _may_be(sheet: matching.SheetRow, wanted: Wanted) -> bool:
    return (
        (wanted.fen is None or sheet.fen in {None, wanted.fen})
        and (not wanted.account or not sheet.account or sheet.account.endswith(wanted.account))
        and (not wanted.teller or sheet.teller in {"", wanted.teller})
    )


def _fit(line: Lonely | None, stray: Stray | None) -> tracing.Fit | None:
    if line is None or stray is None or line.match.journal_at is None:
        return None
    row = line.match
    return tracing.fit(
        matching.LineRow(
            key=row.journal_no,
            place=row.pk,
            account=row.account_number,
            fen=row.amount_fen or 0,
            voucher_no=row.voucher_no,
            teller=row.teller,
            at=line.match.journal_at,
        ),
        stray.sheet,
    )


def _best(found: Sequence[SideT]) -> Sequence[SideT]:
    """Return the best of a side first where the other is chosen, else as they came."""
    return sorted(found, key=lambda one: one.fit.order if one.fit else _NO_ORDER)[:SHOWN]


_NO_ORDER = tracing.Fit(points=0, contradicted=False, apart=tracing.BESIDE).order


def _compared(line: Match, stray: Match) -> Sequence[rules.Field]:
    """Return how the two would compare, without joining them."""
    line.document_id = stray.document_id
    try:
        return compare(match=line)
    finally:
        line.document_id = None
