"""What can be asked of an outlet's day: what stands alone, what was read, how the day stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from authorization import selectors as authorization
from foundation.imaging import selectors as imaging
from foundation.imaging.models import Document
from foundation.imaging.selectors import batches
from foundation.ledger import rules as ledger_rules
from foundation.ledger import selectors as ledger
from foundation.ledger.models import JournalLine
from foundation.people import selectors as people
from foundation.people.models import Institution
from foundation.policy import selectors as policy
from foundation.worklist import rules as worklist
from foundation.worklist import selectors as jobs
from monitoring import rules
from monitoring.models import Alignment, DayEnd, Explanation, Look, Match
from monitoring.rules import looks, matching, settling
from monitoring.selectors._sheets import sheet

BREAKS_SHOWN = 200
OPEN_SHOWN = 100
_HELD = Q(work_item__state=worklist.HELD)
# Whether a voucher is an open break by itself, held or not: `stray` looks again and locks it.
ANY_STRAY_SQL = """EXISTS (SELECT FROM monitoring_match alone WHERE alone.document_id = %s
    AND alone.journal_no = '' AND alone.state = 'open')"""


@dataclass(frozen=True)
class Alone:
    """What of a day has no partner: journal lines and vouchers, as the matcher takes them.

    `taken` are the lines that have their voucher, `documents` which; of them only what else prints
    their number is looked for.
    """

    lines: Mapping[str, JournalLine]
    rows: Sequence[matching.LineRow]
    taken: Sequence[matching.LineRow]
    documents: Mapping[str, int]
    sheets: Sequence[matching.SheetRow]


@dataclass(frozen=True)
class Break:
    """A break with the explanation that holds or waits, if there is one."""

    match: Match
    explanation: Explanation | None


@dataclass(frozen=True)
class Day:
    """An outlet's day as the page of its closing shows it."""

    institution: Institution
    on: date
    standing: settling.Standing
    breaks: Sequence[Break]
    open_pairs: Sequence[Match]
    hows: Mapping[str, int]
    end: DayEnd | None

    @property
    def closable(self) -> bool:
        """Tell whether nothing of the pairs keeps the day open."""
        now = self.standing
        return not (
            now.books_open or now.uncompared or now.unsettled or now.unexplained or now.key_looks
        )


def outlet(*, number: str) -> Institution | None:
    """Return an institution within the scope by its number, or None."""
    found: Institution | None = people.institutions_in_scope().filter(number=number).first()
    return found


def outlet_by_id(*, institution_id: int) -> Institution | None:
    """Return an institution within the scope, or None."""
    found: Institution | None = people.institutions_in_scope().filter(id=institution_id).first()
    return found


def alone(*, institution_id: int, on: date) -> Alone:
    """Return what has no partner and is in nobody's hands, with what was read of the vouchers."""
    pairs = Match.objects.filter(institution_id=institution_id, business_date=on)
    lonely = Q(state=rules.OPEN, result=rules.IMAGE_MISSING, document=None) & ~_HELD
    taken = dict(pairs.exclude(lonely).values_list("journal_no", "document_id"))
    rows = ledger.journal_lines(institution_id=institution_id, on=on)
    lines = {row.journal_no: row for row in rows}
    ordered = sorted(lines.values(), key=lambda row: (row.at, row.journal_no))
    alone = [line for line in ordered if line.journal_no not in taken]
    done = [line for line in ordered if taken.get(line.journal_no)]
    return Alone(
        lines=lines,
        rows=[_row(line, place) for place, line in enumerate(alone)],
        taken=[_row(line, place) for place, line in enumerate(done)],
        documents={line.journal_no: taken[line.journal_no] for line in done},
        sheets=_sheets(institution_id, on),
    )


def is_matching(*, institution_id: int) -> bool:
    """Tell whether a day of an institution waits to be matched by a worker, or is being matched."""
    ids = [institution_id]
    return bool(jobs.with_open_job(kind=settling.MATCH_JOB, name="institution_id", ids=ids))


def lines_without_pair(*, institution_id: int, on: date) -> Sequence[JournalLine]:
    """Return the journal lines of an institution's day that no document stands beside."""
    paired = Match.objects.filter(institution_id=institution_id, business_date=on)
    numbers = set(paired.exclude(journal_no="").values_list("journal_no", flat=True))
    lines = ledger.journal_lines(institution_id=institution_id, on=on)
    return tuple(row for row in lines if row.journal_no not in numbers)


def documents_without_line(*, institution_id: int, on: date) -> Sequence[Document]:
    """Return the vouchers scanned on the day that no journal line and no open item explains.

    A form that is not sent stands alone only when its day is no longer open: until then its teller
    may be about to send it. The vouchers are read before what explains them, which is written with
    or after them, so that nothing sent between the two looks stands alone.
    """
    open_day = ledger.day_state(institution_id=institution_id, on=on) == ledger_rules.DAY_OPEN
    found = imaging.opened_on(institution_id=institution_id, on=on, kind="voucher")
    paired = Match.objects.filter(institution_id=institution_id, document__isnull=False)
    known = set(paired.values_list("document_id", flat=True))
    chosen = authorization.Filter(on=on, outlet_id=institution_id)
    known |= set(authorization.items(chosen=chosen).values_list("document_id", flat=True))
    known |= authorization.documents_missing(documents=[one.pk for one in found])
    unsent = authorization.draft_subject(key="")
    return tuple(
        document
        for document in found
        if document.pk not in known and not (open_day and document.subject.startswith(unsent))
    )


def differing(*, institution_id: int, on: date) -> Mapping[str, int]:
    """Return of how many pairs of a day each compared value differs, by the name of the value."""
    pairs = Match.objects.filter(institution_id=institution_id, business_date=on)
    rows = pairs.exclude(state__in=(rules.WAITING, rules.MATCHED)).values_list("fields", flat=True)
    return Counter(
        field["name"]
        for fields in rows.order_by("id")
        for field in fields
        if field["verdict"] == rules.DIFFERS
    )


def stray(*, document_id: int) -> Match | None:
    """Return the open break that a voucher without a line is and nobody looks at, and lock it."""
    rows = Match.objects.select_for_update(of=("self",)).filter(
        document_id=document_id, journal_no="", state=rules.OPEN
    )
    found: Match | None = rows.exclude(_HELD).first()
    return found


def strays(*, institution_id: int, documents: Iterable[int]) -> Mapping[int, Match]:
    """Return the breaks that vouchers without a line are, by document, and lock them."""
    rows = Match.objects.select_for_update(of=("self",)).filter(
        institution_id=institution_id,
        journal_no="",
        document__in=tuple(documents),
        state=rules.OPEN,
    )
    return {row.document_id or 0: row for row in rows.order_by("id")}


def standing(*, institution_id: int, on: date) -> settling.Standing:
    """Return how an outlet's day stands."""
    pairs = Match.objects.filter(institution_id=institution_id, business_date=on)
    alone = pairs.filter(_is_break())
    return settling.Standing(
        unsettled=pairs.filter(
            Q(state=rules.WAITING) | Q(state=rules.OPEN) & ~Q(result__in=rules.BREAKS)
        ).count(),
        image_missing=alone.filter(result=rules.IMAGE_MISSING).count(),
        journal_missing=alone.filter(result=rules.JOURNAL_MISSING).count(),
        explained=alone.filter(_accepted()).count(),
        batches=batches.standing(institution_id=institution_id, on=on),
        books_open=ledger.day_state(institution_id=institution_id, on=on) == ledger_rules.DAY_OPEN,
        uncompared=len(lines_without_pair(institution_id=institution_id, on=on)),
        key_looks=Look.objects.filter(match__in=pairs, kind=looks.KEY, state=looks.WAITING).count(),
    )


def day(*, institution: Institution, on: date) -> Day:
    """Return an outlet's day; the lists are cut, the figures are whole.

    What is not explained comes first, so that no break waits behind those that are.
    """
    pairs = Match.objects.filter(institution=institution, business_date=on)
    alone = pairs.filter(_is_break()).annotate(said=_accepted())
    found = tuple(alone.order_by("said", "id")[:BREAKS_SHOWN])
    rows = Explanation.objects.filter(match__in=found).exclude(state=settling.DECLINED)
    said = {row.match_id: row for row in rows.select_related("author", "decided_by")}
    others = pairs.filter(state__in=(rules.WAITING, rules.OPEN)).exclude(_is_break())
    hows = Alignment.objects.filter(match__in=pairs).values_list("how", flat=True)
    listed = list(hows.order_by("id"))
    return Day(
        institution=institution,
        on=on,
        standing=standing(institution_id=institution.pk, on=on),
        breaks=[Break(match, said.get(match.pk)) for match in found],
        open_pairs=tuple(others.order_by("id")[:OPEN_SHOWN]),
        hows={how: listed.count(how) for how in matching.HOWS if how in listed},
        end=DayEnd.objects.filter(institution=institution, business_date=on)
        .select_related("closed_by")
        .first(),
    )


def is_closed(*, institution_id: int, days: Iterable[date]) -> bool:
    """Tell whether the vouchers of one of some days of an outlet are closed."""
    rows = DayEnd.objects.filter(institution_id=institution_id, business_date__in=tuple(days))
    return bool(rows.exists())


def explanation(*, explanation_id: int) -> Explanation | None:
    """Return an explanation within the scope, or None."""
    rows = Explanation.objects.select_related("match", "author")
    found: Explanation | None = rows.filter(id=explanation_id).first()
    return found


def aligned_documents(*, institution_id: int, on: date) -> set[int]:
    """Return the documents of a day that a line has, as its voucher or as a further one."""
    pairs = Match.objects.filter(institution_id=institution_id, business_date=on)
    rows = Alignment.objects.filter(match__in=pairs).values_list("document_id", flat=True)
    firsts = pairs.exclude(journal_no="").exclude(document=None)
    return {*rows, *firsts.values_list("document_id", flat=True)}


def _sheets(institution_id: int, on: date) -> Sequence[matching.SheetRow]:
    known = aligned_documents(institution_id=institution_id, on=on)
    held = Match.objects.filter(_HELD, institution_id=institution_id, journal_no="")
    known |= set(held.values_list("document_id", flat=True))
    listed = batches.sheets_of(institution_id=institution_id, on=on)
    known |= _joined_elsewhere([one.document_id for one in listed])
    rows = [one for one in listed if one.document_id not in known]
    read = batches.read_pages(document_ids=[one.document_id for one in rows])
    least = policy.whole(code="monitoring.same_confidence_min", on=on)
    return [
        sheet(key=one.document_id, place=one.place, pages=pages, on=on, least=least)
        for one in rows
        if (pages := read.get(one.document_id)) is not None
    ]


def _joined_elsewhere(documents: Sequence[int]) -> set[int]:
    """Return which vouchers a person joined with a line, which may be of another day."""
    rows = Alignment.objects.filter(document__in=documents, how=matching.HAND)
    return set(rows.values_list("document_id", flat=True))


def _row(line: JournalLine, place: int) -> matching.LineRow:
    return matching.LineRow(
        key=line.journal_no,
        place=place,
        account=line.account_number,
        fen=line.amount_fen,
        voucher_no=line.voucher_no,
        teller=line.teller,
        at=line.at,
    )


def _is_break() -> Q:
    return Q(result__in=rules.BREAKS, state__in=(rules.OPEN, rules.CONFIRMED))


def _accepted() -> Exists:
    rows: QuerySet[Explanation] = Explanation.objects.filter(
        match=OuterRef("pk"), state=settling.ACCEPTED
    )
    return Exists(rows)
