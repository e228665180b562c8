"""The journal: one line, or the lines that fit a search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum

from foundation.ledger import rules
from foundation.ledger.models import JournalLine, JournalNumber
from foundation.ledger.selectors._history import check_kept
from foundation.people import selectors as people

PAGE_MAX = 10_001


@dataclass(frozen=True)
class JournalQuery:
    """What to look for; what is empty does not count. Days are always bounded."""

    first: date
    last: date
    institution_id: int | None = None
    journal_no: str = ""
    account_number: str = ""
    counter_account: str = ""
    teller: str = ""
    trade_code: str = ""
    voucher_no: str = ""
    amount_fen: int | None = None
    subject: str = ""


def journal(
    *, query: JournalQuery, before: int | None = None, limit: int = 50
) -> Sequence[JournalLine]:
    """Return the lines that fit, newest first; the next page is before an id.

    Days of an archived month are refused: it would look as if nothing had been posted then.
    """
    rows = _matching(query)
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = rows.select_related("institution").order_by("-id")
    return tuple(found[: min(limit, PAGE_MAX)])


def journal_count(*, query: JournalQuery) -> int:
    """Return how many lines fit."""
    return _matching(query).count()


def journal_line(*, line_id: int) -> JournalLine | None:
    """Return one line, or None where there is none in sight."""
    found: JournalLine | None = JournalLine.objects.filter(id=line_id).first()
    return found


def days_posted(*, days: Sequence[date]) -> Sequence[date]:
    """Return on which of some days anything stands in the journal."""
    lines = JournalLine.objects.all()
    return tuple(day for day in days if lines.filter(id__range=rules.ids_of(day)).exists())


def lines_posted(*, on: date) -> int:
    """Return how many lines the journal of a day has in scope, mostly without reading them.

    Own lines are numbered without a gap, so that the last number says it. Where lines of a foreign
    core stand between them they are counted.
    """
    places = people.institutions_in_scope().order_by().values("id")
    numbers = JournalNumber.objects.filter(institution_id__in=places, business_date=on)
    own = numbers.filter(imported=False).aggregate(sum=Sum("last_no"))["sum"] or 0
    mixed = list(numbers.filter(imported=True).values_list("institution_id", flat=True))
    if not mixed:
        return int(own)
    lines = JournalLine.objects.filter(institution_id__in=mixed, id__range=rules.ids_of(on))
    return int(own) + lines.count()


def journal_line_rows(*, line_id: int) -> QuerySet[JournalLine]:
    """Return one line, for a room that asks for more about it in the same question."""
    rows: QuerySet[JournalLine] = JournalLine.objects.filter(id=line_id)
    return rows


def journal_lines(*, institution_id: int, on: date) -> QuerySet[JournalLine]:
    """Return the lines of an institution's day in the order of the journal."""
    first, last = rules.ids_of(on)
    rows: QuerySet[JournalLine] = JournalLine.objects.filter(
        institution_id=institution_id, id__range=(first, last)
    )
    return rows.order_by("journal_no", "id")


def _matching(query: JournalQuery) -> QuerySet[Any]:
    check_kept(first=query.first)
    rows = JournalLine.objects.filter(id__range=rules.ids_of(query.first, query.last))
    if query.institution_id is not None:
        rows = rows.filter(institution_id=query.institution_id)
    if query.journal_no:
        rows = rows.filter(journal_no__in=(query.journal_no, query.journal_no.zfill(8)))
    # Each has an index: what is not there is found as fast as what is (docs/decisions/0144).
    asked = (
        (query.account_number, Q(account_number=query.account_number)),
        (query.counter_account, Q(counter_account=query.counter_account)),
        (query.teller, Q(teller=query.teller)),
        (query.trade_code, Q(trade_code=query.trade_code)),
        (query.voucher_no, Q(voucher_no=query.voucher_no)),
        (query.subject, Q(subject=query.subject)),
    )
    for value, condition in asked:
        if value:
            rows = rows.filter(condition)
    if query.amount_fen is not None:
        rows = rows.filter(amount_fen=query.amount_fen)
    return rows


def lines_of_ids(*, ids: Sequence[int]) -> Sequence[JournalLine]:
    """Return the lines of these ids that are in sight, in the order of their ids."""
    return tuple(JournalLine.objects.filter(id__in=ids).order_by("id"))
