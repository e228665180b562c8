"""One item: where it stands, what was keyed beside what was read, what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from authorization import rules
from authorization.models import Decision, Inquiry, Opening, Request, SignUp
from authorization.selectors._checks import Check, checks, of_customer
from authorization.selectors._identity import opening, sign_ups
from authorization.selectors._waiting import inquiries
from foundation.imaging import selectors as imaging
from foundation.imaging.models import Page
from foundation.imaging.rules import Comparison
from foundation.kernel import text
from foundation.policy import selectors as policy
from foundation.trail import selectors as trail
from foundation.worklist import selectors as queues


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
    request = rows.select_for_update(of=("self",)).first()
    if request is None:
        raise rules.NoSuchItem(number=number)
    found: Request = request
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


def decisions_of(*, on: date) -> QuerySet[Decision]:
    """Return every decision of people on the items of a business day, for figures."""
    rows: QuerySet[Decision] = Decision.objects.filter(business_date=on, decider__isnull=False)
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
    inquiries: Sequence[Inquiry]
    timeline: Sequence[object]
    open_steps: frozenset[str]


def record(*, request: Request) -> Record:
    """Return an item with its images, comparison, decisions and timeline."""
    return Record(
        request=request,
        opening=opening(request=request),
        sign_ups=sign_ups(request=request) if request.trade.opens else (),
        fields=comparison(request=request),
        pages=imaging.pages(document_id=request.document_id),
        decisions=decisions(request=request),
        inquiries=inquiries(request=request),
        timeline=trail.timeline(subject=request.subject),
        open_steps=frozenset(rules.FLOW.steps_from(request.state)),
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


@dataclass(frozen=True)
class Shown:
    """Everything the workbench shows of one item."""

    request: Request
    opening: Opening | None
    fields: Sequence[Field]
    pages: Sequence[Page]
    read: bool
    checks: Sequence[Check]
    history: Sequence[Request]
    inquiries: Sequence[Inquiry]
    target_seconds: int
    opened_at: datetime

    @property
    def call_missing(self) -> bool:
        """Return whether the rule wants a call-back that no customer has confirmed yet."""
        return self.request.call_needed and not any(
            one.outcome == rules.CONFIRMED and one.attempt == self.request.attempt
            for one in self.inquiries
        )

    @property
    def differing(self) -> int:
        """Return how many fields were read and differ."""
        return sum(field.verdict == "differs" for field in self.fields)


def shown(*, request: Request) -> Shown:
    """Return an item as its authorizer sees it."""
    assert request.opened_at is not None
    return Shown(
        request=request,
        opening=opening(request=request),
        fields=comparison(request=request),
        pages=imaging.pages(document_id=request.document_id),
        read=imaging.is_read(document_id=request.document_id),
        checks=checks(request=request),
        history=history(request=request),
        inquiries=inquiries(request=request),
        target_seconds=policy.whole(code="authorization.target_seconds", on=request.business_date),
        opened_at=request.opened_at,
    )


def comparison(*, request: Request) -> Sequence[Field]:
    """Return what was keyed beside what the images say; of an identity number both ends."""
    found = imaging.comparison(document_id=request.document_id, expected=_expected(request))
    return tuple(_field(request, row) for row in found)


def _expected(request: Request) -> dict[str, object]:
    expected: dict[str, object] = {
        "voucher_no": request.voucher_no,
        "payer_name": request.payer_name,
        "account": "" if request.trade.opens else request.customer_account,
        "amount": request.amount_fen,
        "amount_words": request.amount_fen,
    }
    if request.trade.has_payer and request.payee_account:
        expected |= {"payee_name": request.payee_name, "payee_account": request.payee_account}
    asked = opening(request=request)
    if asked is not None:
        expected |= {"id_number": asked.id_number, "mobile": asked.mobile}
    return expected


def _field(request: Request, row: Comparison) -> Field:
    hidden = row.name == "id_number"
    return Field(
        label=rules.field_name(row.name, request.trade),
        name=row.name,
        expected=text.mask_id(row.expected) if hidden else row.expected,
        read=text.mask_id(row.read) if hidden else row.read,
        verdict=row.verdict,
        confidence=row.confidence,
        page_id=row.page_id,
        box=row.box,
    )


def history(*, request: Request, limit: int = 5) -> Sequence[Request]:
    """Return the customer's latest other items on the same side."""
    return tuple(of_customer(request=request).exclude(id=request.pk).order_by("-id")[:limit])
