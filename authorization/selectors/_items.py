"""One item: where it stands, what was keyed beside what was read, what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext_noop as _

from authorization import rules
from authorization.models import Decision, Inquiry, Request
from authorization.selectors._waiting import inquiries
from foundation.imaging import selectors as imaging
from foundation.imaging.models import Page
from foundation.kernel.money import Money
from foundation.policy import selectors as policy
from foundation.trail import selectors as trail

SENT_BACK_MANY = 3


def draft_subject(*, key: UUID | str) -> str:
    """Return the name under which imaging keeps the images of the form with this key."""
    return f"authorization.draft:{key}"


def locked(*, number: str) -> Request:
    """Return an item, locked until the transaction ends; refuse one out of sight."""
    request = Request.objects.select_for_update(of=("self",)).filter(number=number).first()
    if request is None:
        raise rules.NoSuchItem(number=number)
    found: Request = request
    return found


def item(*, number: str) -> Request | None:
    """Return an item among those that the person may see, or None."""
    found: Request | None = (
        Request.objects.select_related("institution", "entry", "work_item")
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
    """Return every decision on the items of a business day, for figures."""
    rows: QuerySet[Decision] = Decision.objects.filter(business_date=on)
    return rows.order_by("id")


@dataclass(frozen=True)
class Record:
    """Everything that is kept about one item."""

    request: Request
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
class Check:
    """One check of the system, with what it found."""

    text: str
    found: str
    good: bool = True


@dataclass(frozen=True)
class Shown:
    """Everything the workbench shows of one item."""

    request: Request
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
    """Return what was keyed beside what the images say."""
    expected: dict[str, object] = {
        "voucher_no": request.voucher_no,
        "payer_name": request.payer_name,
        "account": request.payer_account,
        "amount": request.amount_fen,
        "amount_words": request.amount_fen,
    }
    if request.payee_account:
        expected |= {"payee_name": request.payee_name, "payee_account": request.payee_account}
    found = imaging.comparison(document_id=request.document_id, expected=expected)
    return tuple(
        Field(
            label=rules.FIELDS[row.name],
            name=row.name,
            expected=row.expected,
            read=row.read,
            verdict=row.verdict,
            confidence=row.confidence,
            page_id=row.page_id,
            box=row.box,
        )
        for row in found
    )


def checks(*, request: Request) -> Sequence[Check]:
    """Return what the system itself knows about an item before a person looks."""
    day = Request.objects.filter(
        payer_account=request.payer_account, business_date=request.business_date
    ).exclude(id=request.pk)
    posted = day.filter(state=rules.POSTED).aggregate(n=Count("id"), fen=Sum("amount_fen"))
    same = day.filter(amount_fen=request.amount_fen).exclude(state=rules.WITHDRAWN).count()
    voucher = (
        Request.objects.filter(voucher_no=request.voucher_no)
        .exclude(id=request.pk)
        .exclude(state__in=(rules.WITHDRAWN, rules.REJECTED))
        .count()
    )
    sent_back = Request.objects.filter(
        teller=request.teller,
        business_date=request.business_date,
        state__in=(rules.RETURNED, rules.REJECTED),
    ).count()
    return (
        Check(_("Paid out of the account today"), found=str(Money(posted["fen"] or 0))),
        Check(_("Same amount from the account today"), found=str(same), good=same == 0),
        Check(_("Voucher number used before"), found=str(voucher), good=voucher == 0),
        Check(
            "The teller's items sent back today",
            found=str(sent_back),
            good=sent_back < SENT_BACK_MANY,
        ),
    )


def history(*, request: Request, limit: int = 5) -> Sequence[Request]:
    """Return the payer's latest other items."""
    rows = Request.objects.filter(payer_account=request.payer_account)
    return tuple(rows.exclude(id=request.pk).order_by("-id")[:limit])
