"""One item: where it stands, what was keyed beside what was read, what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from authorization import rules
from authorization.models import (
    Decision,
    Inquiry,
    OnSite,
    Opening,
    ReceiptPrint,
    Request,
    SignUp,
)
from authorization.selectors._checks import of_customer
from authorization.selectors._identity import opening, sign_ups
from authorization.selectors._on_site import said_on_site
from authorization.selectors._waiting import inquiries
from foundation.imaging import selectors as imaging
from foundation.imaging.models import Page
from foundation.imaging.rules import Comparison, ReadPage, verify
from foundation.kernel import text
from foundation.trail import selectors as trail
from foundation.worklist import selectors as queues
from foundation.worklist.models import WorkItem


def draft_subject(*, key: UUID | str) -> str:
    """Return the name under which imaging keeps the images of the form with this key."""
    return f"authorization.draft:{key}"


def locked(*, number: str) -> Request:
    """Return an item, locked until the transaction ends; refuse one out of sight.

    Its work item is locked first: whoever claims knows that one alone and comes to the item by it.
    So there is one order, and nobody waits for somebody who waits for them (decision 0205).
    """
    rows = Request.objects.filter(number=number)
    queues.lock(ids=rows.values("work_item"))
    request = next(iter(rows.select_for_update(of=("self",))), None)
    if request is None:
        raise rules.NoSuchItem(number=number)
    found: Request = request
    return found


def claimed(*, item: WorkItem) -> Request:
    """Return what a work item that was claimed just now is about, locked, as the desk shows it.

    Its work item is locked by the claim.
    """
    rows = Request.objects.select_related("institution", "id_check")
    number = item.subject.partition(":")[2]
    request = next(iter(rows.filter(number=number).select_for_update(of=("self",))), None)
    if request is None:
        raise rules.NoSuchItem(number=number)
    found: Request = request
    if found.work_item_id == item.pk:
        found.work_item = item
    return found


def item(*, number: str) -> Request | None:
    """Return an item among those that the person may see, or None."""
    found: Request | None = (
        Request.objects.select_related("institution", "entry", "work_item", "id_check")
        .filter(number=number)
        .first()
    )
    return found


def numbers_in_sight(*, numbers: Sequence[str]) -> frozenset[str]:
    """Return which of the numbers are items that the person may see."""
    rows = Request.objects.filter(number__in=numbers)
    return frozenset(rows.values_list("number", flat=True))


def numbers_by_key(*, keys: Sequence[UUID]) -> Mapping[UUID, str]:
    """Return the numbers of items that the person may see, by the keys of their forms."""
    return dict(Request.objects.filter(key__in=keys).values_list("key", "number"))


def decisions(*, request: Request) -> Sequence[Decision]:
    """Return every decision on an item, the latest first."""
    return tuple(Decision.objects.filter(request=request).order_by("-seq", "-level"))


def prints(*, request: Request) -> Sequence[ReceiptPrint]:
    """Return every time that the receipt of an item was printed, the latest first."""
    return tuple(ReceiptPrint.objects.filter(request=request).order_by("-seq"))


def approvers(*, request: Request) -> Sequence[str]:
    """Return who said yes to the round in which an item stands, on site and then by level."""
    of, yes = Q(request=request, seq=request.attempt, step="approve"), "decider_label"
    here = OnSite.objects.filter(of).order_by("level").values_list(yes, flat=True)
    rows = Decision.objects.filter(of).order_by("level").values_list(yes, flat=True)
    return (*(here if request.outlet_needed else ()), *rows)


# The humans who entered, confirmed or decided an item, no machine, for a question of another room:
# its number is asked for twice.
TOUCHED_SQL = """ARRAY(SELECT one.teller_person FROM authorization_request one
    WHERE one.number = %s)
|| ARRAY(SELECT made.decider_person FROM authorization_request one, LATERAL (
        SELECT decider_person, at FROM authorization_decision WHERE request_id = one.id
        UNION ALL SELECT decider_person, at FROM authorization_onsite
         WHERE request_id = one.id AND step <> '') made
    WHERE one.number = %s AND made.decider_person IS NOT NULL ORDER BY made.at)"""


def decisions_of(*, on: date) -> QuerySet[Decision]:
    """Return every decision of people at desks on the items of a business day, for figures."""
    rows: QuerySet[Decision] = Decision.objects.filter(
        business_date=on, decider__isnull=False, offline__isnull=True
    )
    return rows.order_by("id")


def on_paper_of(*, on: date) -> QuerySet[Decision]:
    """Return every decision of a business day that was made on a slip of paper and keyed later."""
    rows: QuerySet[Decision] = Decision.objects.filter(business_date=on, offline__isnull=False)
    return rows.order_by("id")


def automatic_of(*, on: date) -> QuerySet[Decision]:
    """Return every decision of the automatic tier on the items of a business day."""
    rows: QuerySet[Decision] = Decision.objects.filter(business_date=on, tier_verdict__isnull=False)
    return rows.order_by("id")


@dataclass(frozen=True)
class Record:
    """Everything that is kept about one item."""

    request: Request
    opening: Opening | None
    sign_ups: Sequence[SignUp]
    fields: Sequence[Field]
    pages: Sequence[Page]
    decisions: Sequence[Decision]
    on_site: Sequence[OnSite]
    inquiries: Sequence[Inquiry]
    timeline: Sequence[object]


def record(*, request: Request) -> Record:
    """Return an item with its images, comparison, decisions and timeline."""
    return Record(
        request=request,
        opening=opening(request=request),
        sign_ups=sign_ups(request=request) if request.trade.opens else (),
        fields=comparison(request=request),
        pages=imaging.pages(document_id=request.document_id),
        decisions=decisions(request=request),
        on_site=said_on_site(request=request),
        inquiries=inquiries(request=request),
        timeline=trail.timeline(subject=request.subject),
    )


@dataclass(frozen=True)
class Field:
    """One row of the comparison: what was keyed, what was read, and whether they agree."""

    label: str
    name: str
    expected: str
    read: str
    verdict: str
    confidence: int
    page_id: int | None
    box: tuple[int, int, int, int] | None


def comparison(*, request: Request) -> Sequence[Field]:
    """Return what was keyed beside what the images say; of an identity number both ends."""
    read = imaging.looked(document_id=request.document_id).read
    return compared(request=request, read=read, opened=opening(request=request))


def compared(
    *, request: Request, read: Sequence[ReadPage], opened: Opening | None
) -> Sequence[Field]:
    """Return what was keyed, of an opening too, beside what was read."""
    found = verify(expected=_expected(request, opened), pages=read)
    return tuple(_field(request, row) for row in found)


def _expected(request: Request, opened: Opening | None) -> dict[str, object]:
    # A red voucher says what that of the original said, under its own number.
    paper = request.corrects or request
    expected: dict[str, object] = {
        "voucher_no": request.voucher_no,
        "payer_name": paper.payer_name,
        "account": "" if request.trade.opens else paper.customer_account,
        "amount": request.amount_fen,
        "amount_words": request.amount_fen,
    }
    if paper.has_payer and paper.payee_account:
        expected |= {"payee_name": paper.payee_name, "payee_account": paper.payee_account}
    if opened is not None:
        expected |= {"id_number": opened.id_number, "mobile": opened.mobile}
    return expected


def _field(request: Request, row: Comparison) -> Field:
    hidden = row.name == "id_number"
    return Field(
        label=rules.field_name(row.name, has_payer=(request.corrects or request).has_payer),
        name=row.name,
        expected=text.mask_id(row.expected) if hidden else row.expected,
        read=text.mask_id(row.read) if hidden else row.read,
        verdict=row.verdict,
        confidence=row.confidence,
        page_id=row.page_id,
        box=row.box,
    )


def history(*, request: Request, limit: int = 5) -> Sequence[Request]:
    """Return the customer's latest other items on the same side, as much of them as is shown."""
    rows = of_customer(request=request).exclude(id=request.pk).order_by("-id")
    return tuple(rows.only("created_at", "trade_code", "amount_fen", "state")[:limit])
