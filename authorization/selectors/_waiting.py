"""What is asked about items on hold, and which items are due for the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from authorization import rules
from authorization.models import Decision, Inquiry, Request, Verdict
from authorization.selectors import admission
from authorization.selectors._together import ask
from foundation.ledger import selectors as ledger
from foundation.people.models import Staff
from foundation.worklist import rules as worklist

AT_ONCE = 500
PAGE = 50


def open_inquiry(*, request: Request) -> Inquiry | None:
    """Return what is asked about an item and not answered yet, or None."""
    found: Inquiry | None = (
        Inquiry.objects.select_related("asked_by").filter(request=request, ended_at=None).first()
    )
    return found


def inquiries(*, request: Request) -> Sequence[Inquiry]:
    """Return everything that was asked about an item, in order."""
    return tuple(Inquiry.objects.filter(request=request).order_by("id"))


@dataclass(frozen=True)
class OnHold:
    """A page of open questions, how many there are, and the id after which the next one begins."""

    rows: Sequence[Inquiry]
    total: int
    next_after: int | None


def on_hold(*, staff: Staff, after: int = 0, own: bool = False) -> OnHold:
    """Return the open questions that concern an authorizer: the own, and all consultations.

    The own ones alone are those that the desk counts.
    """
    whose = Q(asked_by=staff) if own else Q(kind=rules.CONSULT) | Q(asked_by=staff)
    rows = Inquiry.objects.filter(whose, ended_at=None)
    shown = rows.filter(id__gt=after).select_related("request__institution").order_by("id")
    found = tuple(shown[: PAGE + 1])
    more = found[PAGE - 1].pk if len(found) > PAGE else None
    return OnHold(found[:PAGE], rows.count(), more)


def asked_of(*, teller: Staff, limit: int) -> Sequence[Inquiry]:
    """Return the open questions to a teller: images that are asked for, the oldest first."""
    rows = Inquiry.objects.filter(request__teller=teller, kind=rules.RESCAN, ended_at=None)
    return tuple(rows.select_related("request").order_by("id")[:limit])


def consultations(*, staff: Staff, limit: int) -> Sequence[Inquiry]:
    """Return the open consultations that others wait for, the oldest first."""
    rows = Inquiry.objects.filter(kind=rules.CONSULT, ended_at=None).exclude(
        asked_by__person=staff.person
    )
    return tuple(rows.select_related("request").order_by("id")[:limit])


_WEIGHED = f"""
{admission.ALLOWED_GRADE_SQL} AS grade,
ARRAY(SELECT made.decider_person FROM authorization_decision made
    WHERE made.request_id = %(item)s AND made.seq = %(attempt)s AND made.step = 'approve'
      AND made.decider_person IS NOT NULL) AS yes,
ARRAY(SELECT seen.decider_person FROM authorization_onsite seen
    WHERE seen.request_id = %(item)s AND seen.seq = %(attempt)s AND seen.step <> '') AS on_site,
EXISTS (SELECT FROM authorization_inquiry asked WHERE asked.request_id = %(item)s
    AND asked.attempt = %(attempt)s AND asked.kind = 'call' AND asked.outcome = 'confirmed')
    AS called,
authorization_listed(%(item)s, %(attempt)s) AS listed,
%(person)s = ANY (authorization_account_holders(%(payer)s, %(payee)s)) AS own_account,
({ledger.OPEN_DAY_SQL}) AS day
"""  # noqa: S608 -- put together of texts of ours


@dataclass(frozen=True)
class Weighed:
    """What a decision of an item is weighed by.

    `allowed_grade` is as of `admission.allowed_grade`, `confirmed_by` the humans who said yes in
    this round, `on_site` those who confirmed it at its outlet, `called` whether the customer
    confirmed the item by phone in it, `listed` whether it is a possible hit of a watch list,
    `own_account` whether the decider holds one of its accounts, `business_date` the day that is
    open at its outlet.
    """

    allowed_grade: int | None
    confirmed_by: frozenset[UUID]
    on_site: frozenset[UUID]
    called: bool
    listed: bool
    own_account: bool
    business_date: date | None


def weighed(*, request: Request, decider: UUID, on: date) -> Weighed:
    """Return what a decision of a locked item by a human is weighed by, by one question."""
    given = {"item": request.pk, "attempt": request.attempt, "person": decider, "on": on}
    given |= {"payer": request.payer_account, "payee": request.payee_account}
    found = ask(figures=_WEIGHED, given=given | {"institution": request.institution_id})
    return Weighed(
        allowed_grade=found["grade"],
        confirmed_by=frozenset(found["yes"]),
        on_site=frozenset(found["on_site"]),
        called=found["called"],
        listed=found["listed"],
        own_account=found["own_account"],
        business_date=found["day"],
    )


def account_holders(*, request: Request) -> Sequence[UUID]:
    """Return who of the bank's people hold an account of the item, wherever it is kept."""
    holders = "authorization_account_holders(%(payer)s, %(payee)s) AS holders"
    given = {"payer": request.payer_account, "payee": request.payee_account}
    found: Sequence[UUID] = ask(figures=holders, given=given)["holders"]
    return found


def is_confirmed(*, request: Request) -> bool:
    """Return whether the customer confirmed the item by phone in this round."""
    rows = Inquiry.objects.filter(request=request, attempt=request.attempt, kind=rules.CALL)
    return rows.filter(outcome=rules.CONFIRMED).exists()


def last_decider(*, request: Request) -> Staff | None:
    """Return who decided the item last, or None."""
    made = Decision.objects.filter(request=request).select_related("decider").order_by("-id")
    last = made.first()
    return last.decider if last else None


def lapsing(*, at: datetime) -> Sequence[str]:
    """Return the numbers of items whose question is due without an answer."""
    rows = Inquiry.objects.filter(ended_at=None, due_at__lte=at).order_by("due_at", "id")
    return tuple(rows.values_list("request__number", flat=True)[:AT_ONCE])


def open_verdict(*, request: Request) -> Verdict | None:
    """Return what was decided of an item and may still be taken back, or None."""
    found: Verdict | None = (
        Verdict.objects.select_related("decider").filter(request=request, ended_at=None).first()
    )
    return found


def settling(*, at: datetime) -> Sequence[str]:
    """Return the numbers of items whose decision is due to take effect."""
    rows = Verdict.objects.filter(ended_at=None, due_at__lte=at).order_by("due_at", "id")
    return tuple(rows.values_list("request__number", flat=True)[:AT_ONCE])


def before_them(*, staff: Staff) -> Request | None:
    """Return the item that an authorizer has before them, or None."""
    rows = Request.objects.filter(
        state=rules.VIEWING, work_item__state=worklist.HELD, work_item__holder=staff
    )
    found: Request | None = rows.first()
    return found


def undecided(*, since: datetime) -> Sequence[str]:
    """Return the numbers of items that came, or were opened, before a moment and went up never."""
    rows = Request.objects.filter(
        Q(state=rules.QUEUED, queued_at__lte=since) | Q(state=rules.VIEWING, opened_at__lte=since),
        escalated_at=None,
    )
    return tuple(rows.order_by("queued_at", "id").values_list("number", flat=True)[:AT_ONCE])


def unalarmed(*, since: datetime) -> Sequence[str]:
    """Return the numbers of waiting items that came before a moment and were not told of."""
    rows = Request.objects.filter(state__in=rules.WAITING_IN, queued_at__lte=since, alarmed_at=None)
    return tuple(rows.order_by("queued_at", "id").values_list("number", flat=True)[:AT_ONCE])


def alarmed(*, limit: int) -> Sequence[Request]:
    """Return the items of which the leads were told and that still wait, at the centre first.

    Then those on site: each part has a small index of its own.
    """
    rows = Request.objects.filter(state__in=rules.WAITING_IN).filter(
        Q(alarmed_at__isnull=False) | Q(state=rules.ESCALATED)
    )
    here = Request.objects.filter(state=rules.ON_SITE, alarmed_at__isnull=False)
    first = tuple(rows.order_by("queued_at", "id")[:limit])
    return (*first, *here.order_by("presented_at", "id")[: limit - len(first)])
