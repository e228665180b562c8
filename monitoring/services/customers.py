"""Rate customers by two people, and freeze and free accounts by two, without a word of why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from foundation.kernel.errors import Refused
from foundation.ledger import services as ledger
from foundation.ledger.models import Hold
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.trail import services as trail
from monitoring.models import CustomerRating, FreezeInflow, FreezeRequest
from monitoring.rules import aml
from monitoring.rules import customers as rules
from monitoring.selectors import aml as desk
from monitoring.selectors import customers as selected

log = structlog.get_logger(__name__)
# So many freezes are followed in one go; the next one comes some seconds later.
FOLLOWED_MOST = 500
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
    """Place or decline what another human asked for; the ledger holds what is there of it.

    What comes in later is held as well (`hold_inflows`), so that an empty account can be frozen.
    """
    row = selected.freeze(freeze_id=freeze_id, lock=True)
    state = rules.FREEZE_FLOW.after(row.state, step)
    aml.check_second(by.person, row.proposed_person)
    if state == rules.PLACED:
        row.hold = _hold_more(row, held_fen=0, at=at)
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
    for hold in selected.holds(row=row):
        _ask_release(hold, by, at)
    _tell(row, "ask_lifting", by.label, at)
    return row


@transaction.atomic
def decide_lifting(*, freeze_id: int, step: str, by: Staff, at: datetime) -> FreezeRequest:
    """Free the account as another human asked, or keep it frozen.

    What came in since it was asked for is let go with the rest, as asked for by the same human.
    """
    row = selected.freeze(freeze_id=freeze_id, lock=True)
    state = rules.FREEZE_FLOW.after(row.state, step)
    aml.check_second(by.person, row.lift_person)
    _decide_holds(row, approve=state == rules.LIFTED, by=by, at=at)
    row.state = state
    if state == rules.LIFTED:
        row.lifted_by, row.lifted_person, row.lifted_at = by, by.person, at
    else:
        row.lift_by, row.lift_person, row.lift_at = None, None, None
    row.save(update_fields=["state", *_LIFT, *_LIFTED])
    _tell(row, f"{step}_freeze", by.label, at)
    return row


@transaction.atomic
def hold_inflows(*, at: datetime, limit: int = FOLLOWED_MOST) -> int:
    """Hold what came into frozen accounts, up to the amount of each freeze; return how many.

    What the ledger refuses of one, because it was paid out that moment, holds back no other.
    """
    held = 0
    for freeze_id in selected.to_follow(limit=limit):
        try:
            with transaction.atomic():
                held += _follow(freeze_id, at)
        except Refused as refusal:
            log.warning("freeze not followed", freeze=freeze_id, code=refusal.code)
    return held


def _follow(freeze_id: int, at: datetime) -> bool:
    row = selected.freeze(freeze_id=freeze_id, lock=True)
    if row.state not in rules.FREEZE_HOLDS:
        return False
    held = sum(hold.amount_fen for hold in selected.holds(row=row))
    hold = _hold_more(row, held_fen=held, at=at)
    if hold is None:
        return False
    FreezeInflow.objects.create(
        institution_id=row.institution_id, freeze=row, hold=hold, held_at=at
    )
    _tell(row, "hold_inflow", rules.HOLD_BY, at, fen=hold.amount_fen)
    return True


def _hold_more(row: FreezeRequest, *, held_fen: int, at: datetime) -> Hold | None:
    """Hold what is there of a freeze, or nothing where nothing is.

    The hold is of a competent authority's kind, so that nobody lets it go alone; its reason and
    who placed it tell the outlet nothing.
    """
    there = selected.account(number=row.account).available_fen
    fen = rules.to_hold(limit_fen=row.amount_fen, held_fen=held_fen, available_fen=there)
    if not fen:
        return None
    return ledger.place_hold(
        number=row.account,
        fen=fen,
        reason=rules.HOLD_REASON,
        at=at,
        by=rules.HOLD_BY,
        judicial=True,
        document_no=row.document_no,
    )


def _decide_holds(row: FreezeRequest, *, approve: bool, by: Staff, at: datetime) -> None:
    for hold in selected.holds(row=row):
        asked = hold.requests.filter(approved=None).exists()
        if approve and not asked:
            assert row.lift_by is not None, "somebody asked for it"
            _ask_release(hold, row.lift_by, at)
        if approve or asked:
            ledger.decide_about_hold(hold_id=hold.pk, approve=approve, at=at, by=by)


def _ask_release(hold: Hold, by: Staff, at: datetime) -> None:
    ledger.ask_about_hold(hold_id=hold.pk, step="release", reason=rules.HOLD_REASON, at=at, by=by)


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
