"""Rate customers by two people, and freeze and free accounts by two, without a word of why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from foundation.ledger import services as ledger
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.trail import services as trail
from monitoring.models import CustomerRating, FreezeRequest
from monitoring.rules import aml
from monitoring.rules import customers as rules
from monitoring.selectors import aml as desk
from monitoring.selectors import customers as selected

_DECIDED = ("state", "decided_by", "decided_person", "decided_at")
_LIFT = ("lift_by", "lift_person", "lift_at")
_LIFTED = ("lifted_by", "lifted_person", "lifted_at")


@transaction.atomic
def propose_rating(
    *, customer: str, level: int, reason: str, by: Staff, at: datetime
) -> CustomerRating:
    """Propose how risky a customer is; refuse less than the factors come to, and a second one."""
    name, branch = selected.name_of(customer=customer), selected.branch_of(place=by.institution)
    found = selected.rated(customer=customer, on=localdate(at))
    rules.check_level(level, by_rules=found.level)
    if selected.waits(branch_id=branch.pk, customer=customer):
        raise rules.RatingWaits(field="customer")
    row = CustomerRating(
        institution=branch,
        customer=customer,
        customer_name=name,
        level=level,
        by_rules=found.level,
        score=found.score,
        factors=list(found.factors),
        reason=reason,
        proposed_by=by,
        proposed_person=by.person,
        proposed_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise rules.RatingWaits(field="customer") from error
    _tell(row, "propose_rating", by.label, at, points=found.score)
    return row


@transaction.atomic
def decide_rating(*, rating_id: int, step: str, by: Staff, at: datetime) -> CustomerRating:
    """Approve or decline what another human proposed; approved, it replaces the one before."""
    row = selected.rating(rating_id=rating_id, lock=True)
    state = rules.RATING_FLOW.after(row.state, step)
    aml.check_second(by.person, row.proposed_person)
    if state == rules.ACTIVE:
        former = selected.in_force(branch_id=row.institution_id, customer=row.customer)
        if former is not None:
            former.state = rules.RATING_FLOW.after(former.state, "replace")
            former.save(update_fields=["state"])
            _tell(former, "replace_rating", by.label, at)
        on = localdate(at)
        months = policy.whole(code=rules.MONTHS[row.level], on=on)
        row.review_on = rules.review_on(on, months=months)
    row.state = state
    row.decided_by, row.decided_person, row.decided_at = by, by.person, at
    row.save(update_fields=[*_DECIDED, "review_on"])
    _tell(row, f"{step}_rating", by.label, at)
    return row


@transaction.atomic
def ask_freeze(
    *,
    account: str,
    amount_fen: int | None,
    document_no: str,
    reason: str,
    by: Staff,
    at: datetime,
    case_id: int | None = None,
) -> FreezeRequest:
    """Ask that an account be frozen; refuse one that is frozen already, or asked to be."""
    found = selected.account(number=account)
    row = FreezeRequest(
        institution=selected.branch_of(place=by.institution),
        account=found.number,
        account_name=found.name,
        amount_fen=amount_fen,
        document_no=document_no,
        reason=reason,
        case=desk.case(case_id=case_id) if case_id else None,
        proposed_by=by,
        proposed_person=by.person,
        proposed_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise rules.FreezeOpen(field="account") from error
    _tell(row, "ask_freeze", by.label, at)
    return row


@transaction.atomic
def decide_freeze(*, freeze_id: int, step: str, by: Staff, at: datetime) -> FreezeRequest:
    """Place or decline what another human asked for; the ledger holds the amount.

    The hold is of a competent authority's kind, so that nobody lets it go alone; its reason and
    who placed it tell the outlet nothing.
    """
    row = selected.freeze(freeze_id=freeze_id, lock=True)
    state = rules.FREEZE_FLOW.after(row.state, step)
    aml.check_second(by.person, row.proposed_person)
    if state == rules.PLACED:
        row.hold = ledger.place_hold(
            number=row.account,
            fen=row.amount_fen or _available(row.account),
            reason=rules.HOLD_REASON,
            at=at,
            by=rules.HOLD_BY,
            judicial=True,
            document_no=row.document_no,
        )
    row.state = state
    row.decided_by, row.decided_person, row.decided_at = by, by.person, at
    row.save(update_fields=[*_DECIDED, "hold"])
    _tell(row, f"{step}_freeze", by.label, at)
    return row


@transaction.atomic
def ask_lifting(*, freeze_id: int, by: Staff, at: datetime) -> FreezeRequest:
    """Ask that an account be freed again."""
    row = selected.freeze(freeze_id=freeze_id, lock=True)
    row.state = rules.FREEZE_FLOW.after(row.state, "ask_lifting")
    row.lift_by, row.lift_person, row.lift_at = by, by.person, at
    row.save(update_fields=["state", *_LIFT])
    assert row.hold_id is not None, "what is placed has a hold"
    ledger.ask_about_hold(
        hold_id=row.hold_id, step="release", reason=rules.HOLD_REASON, at=at, by=by
    )
    _tell(row, "ask_lifting", by.label, at)
    return row


@transaction.atomic
def decide_lifting(*, freeze_id: int, step: str, by: Staff, at: datetime) -> FreezeRequest:
    """Free the account as another human asked, or keep it frozen."""
    row = selected.freeze(freeze_id=freeze_id, lock=True)
    state = rules.FREEZE_FLOW.after(row.state, step)
    aml.check_second(by.person, row.lift_person)
    row.state = state
    if state == rules.LIFTED:
        row.lifted_by, row.lifted_person, row.lifted_at = by, by.person, at
    else:
        row.lift_by, row.lift_person, row.lift_at = None, None, None
    row.save(update_fields=["state", *_LIFT, *_LIFTED])
    assert row.hold_id is not None, "what is placed has a hold"
    approve = state == rules.LIFTED
    ledger.decide_about_hold(hold_id=row.hold_id, approve=approve, at=at, by=by)
    _tell(row, f"{step}_freeze", by.label, at)
    return row


def _available(number: str) -> int:
    fen: int = selected.account(number=number).available_fen
    if fen <= 0:
        raise rules.NothingThere
    return fen


def _tell(row: Any, step: str, actor: str, at: datetime, **detail: object) -> None:
    """Write a step on the trail, where only the AML desk reads it; no customer is named."""
    trail.record(
        institution_id=row.institution_id,
        actor=actor,
        action=f"{aml.APART}.{step}",
        subject=row.subject,
        at=at,
        detail=detail,
    )
