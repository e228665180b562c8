"""Holding amounts back, and letting them go: in part, whole, by expiry; judicial ones by two."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from foundation.ledger import rules
from foundation.ledger.models import Account, Hold, HoldRequest
from foundation.ledger.services._accounts import locked, record
from foundation.people.models import Staff


@transaction.atomic
def place_hold(
    *,
    number: str,
    fen: int,
    reason: str,
    at: datetime,
    by: str,
    subject: str = "",
    expires_on: date | None = None,
    judicial: bool = False,
    document_no: str = "",
) -> Hold:
    """Hold an amount back from payment; refuse more than is available, or no document to it."""
    if fen <= 0:
        raise rules.NotPositive(field="amount")
    if judicial and not document_no:
        raise rules.NoDocument(field="document_no")
    account = locked(number=number)
    if account.state == rules.CLOSED:
        raise rules.AccountClosed(account=number)
    if account.available_fen < fen and not account.overdraft_allowed:
        raise rules.NotEnough(account=number)
    hold: Hold = Hold.objects.create(
        institution_id=account.institution_id,
        account=account,
        placed_fen=fen,
        amount_fen=fen,
        judicial=judicial,
        document_no=document_no,
        reason=reason,
        subject=subject,
        placed_at=at,
        placed_by=by,
        expires_on=expires_on,
    )
    account.held_fen += fen
    account.save(update_fields=["held_fen"])
    told = {"hold": hold.pk, "fen": fen, "reason": reason}
    record(account=account, action="ledger.place_hold", by=by, at=at, **told)
    return hold


@transaction.atomic
def release_hold(*, hold_id: int, at: datetime, by: str, fen: int | None = None) -> Hold:
    """Make a held amount available again, or a part of it; a judicial hold needs two people."""
    hold, account = _held(hold_id)
    if hold.judicial:
        raise rules.TwoNeeded
    return _let_go(hold, account, fen=fen, at=at, by=by)


@transaction.atomic
def extend_hold(*, hold_id: int, until: date, at: datetime, by: str) -> Hold:
    """Hold an amount until a later day; a judicial hold needs two people."""
    hold, account = _held(hold_id)
    if hold.judicial:
        raise rules.TwoNeeded
    return _extend(hold, account, until=until, at=at, by=by)


@transaction.atomic
def ask_about_hold(
    *,
    hold_id: int,
    step: str,
    reason: str,
    at: datetime,
    by: Staff,
    fen: int | None = None,
    until: date | None = None,
) -> HoldRequest:
    """Ask for a change of a judicial hold; refuse a second request, and what cannot be done."""
    hold, account = _held(hold_id)
    rules.HOLD_FLOW.after(hold.state, step)
    if not hold.judicial or hold.requests.filter(approved=None).exists():
        raise rules.TwoNeeded
    _check(hold, step, fen, until)
    asked: HoldRequest = HoldRequest.objects.create(
        institution_id=hold.institution_id,
        hold=hold,
        step=step,
        fen=fen,
        until=until,
        reason=reason,
        asked_by=by,
        asked_person=by.person,
        asked_label=by.label,
        asked_at=at,
    )
    told = {"hold": hold_id, "step": step, "fen": fen or hold.amount_fen, "reason": reason}
    told |= {"until": until.isoformat()} if until and step == "extend" else {}
    record(account=account, action="ledger.ask_about_hold", by=by.label, at=at, **told)
    return asked


@transaction.atomic
def decide_about_hold(*, hold_id: int, approve: bool, at: datetime, by: Staff) -> Hold:
    """Do what another asked for a judicial hold, or say no."""
    hold, account = _held(hold_id)
    asked = hold.requests.select_for_update(of=("self",)).filter(approved=None).first()
    if asked is None:
        raise rules.AskedAlready
    if asked.asked_person == by.person:
        raise rules.DecidedBySame
    asked.decided_by, asked.decided_person, asked.decided_label = by, by.person, by.label
    asked.decided_at, asked.approved = at, approve
    asked.save(
        update_fields=["decided_by", "decided_person", "decided_label", "decided_at", "approved"]
    )
    if not approve:
        told = {"hold": hold_id, "step": asked.step}
        record(account=account, action="ledger.decline_about_hold", by=by.label, at=at, **told)
        return hold
    if asked.step == "extend":
        assert asked.until is not None
        return _extend(hold, account, until=asked.until, at=at, by=by.label)
    return _let_go(hold, account, fen=asked.fen, at=at, by=by.label)


@transaction.atomic
def expire_holds(*, on: date, at: datetime, institution_id: int | None = None) -> int:
    """Release what is held no more from a day on, on the trail; return how many."""
    due = Hold.objects.filter(state=rules.HOLD_HELD, expires_on__lte=on)
    if institution_id is not None:
        due = due.filter(institution_id=institution_id)
    count = 0
    # Accounts are locked one by one in the order of their ids, as posting does.
    for hold_id in due.order_by("account_id", "id").values_list("id", flat=True):
        hold, account = _held(hold_id)
        hold.state = rules.HOLD_FLOW.after(hold.state, "expire")
        _released(hold, account, at=at, by="system", action="ledger.expire_hold")
        count += 1
    return count


def _held(hold_id: int) -> tuple[Hold, Account]:
    """Return the hold and its account, both locked; refuse one that is unknown or not in force."""
    found = Hold.objects.filter(id=hold_id).values_list("account__number", flat=True).first()
    if found is None:
        raise rules.NoSuchHold
    account = locked(number=found)
    hold: Hold = Hold.objects.select_for_update(of=("self",)).get(id=hold_id)
    if hold.state != rules.HOLD_HELD:
        raise rules.NoSuchHold
    return hold, account


def _check(hold: Hold, step: str, fen: int | None, until: date | None) -> None:
    if step == "release_part" and not 0 < (fen or 0) < hold.amount_fen:
        raise rules.NotPart(field="amount")
    if step == "extend" and (until is None or hold.expires_on is None or until <= hold.expires_on):
        raise rules.NotLater(field="until")


def _let_go(hold: Hold, account: Account, *, fen: int | None, at: datetime, by: str) -> Hold:
    if fen is None:
        hold.state = rules.HOLD_FLOW.after(hold.state, "release")
        return _released(hold, account, at=at, by=by, action="ledger.release_hold")
    _check(hold, "release_part", fen, None)
    hold.amount_fen -= fen
    hold.changes += 1
    hold.save(update_fields=["amount_fen", "changes"])
    account.held_fen -= fen
    account.save(update_fields=["held_fen"])
    told = {"hold": hold.pk, "fen": fen, "left": hold.amount_fen}
    record(account=account, action="ledger.release_part", by=by, at=at, **told)
    return hold


def _released(hold: Hold, account: Account, *, at: datetime, by: str, action: str) -> Hold:
    hold.released_at, hold.released_by = at, by
    hold.changes += 1
    hold.save(update_fields=["state", "released_at", "released_by", "changes"])
    account.held_fen -= hold.amount_fen
    account.save(update_fields=["held_fen"])
    record(account=account, action=action, by=by, at=at, hold=hold.pk, fen=hold.amount_fen)
    return hold


def _extend(hold: Hold, account: Account, *, until: date, at: datetime, by: str) -> Hold:
    _check(hold, "extend", None, until)
    hold.expires_on = until
    hold.changes += 1
    hold.save(update_fields=["expires_on", "changes"])
    told = {"hold": hold.pk, "until": until.isoformat()}
    record(account=account, action="ledger.extend_hold", by=by, at=at, **told)
    return hold
