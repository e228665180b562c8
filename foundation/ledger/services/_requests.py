"""Own accounts of institutions, and states of accounts: proposed by one, decided by another."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils.timezone import localdate

from foundation.ledger import rules, selectors
from foundation.ledger.models import Account, AccountRequest
from foundation.ledger.services._accounts import (
    change_state,
    locked,
    open_account,
    record,
    reserve_number,
)
from foundation.ledger.services._chart import decided
from foundation.people import selectors as people
from foundation.people.models import Staff
from foundation.trail import services as trail


@transaction.atomic
def propose_account(
    *,
    place: str,
    subject: str,
    reason: str,
    at: datetime,
    by: Staff,
    name: str = "",
    overdraft_allowed: bool = False,
) -> AccountRequest:
    """Propose an account of the institution itself; refuse a second one under the same subject."""
    institution = people.institution(number=place)
    if institution is None:
        raise rules.NoSuchInstitution(field="place")
    chart = selectors.subject(code=subject)
    if chart.kind != rules.INTERNAL:
        raise rules.NotOfTheBank(subject=subject, field="subject")
    _one_at_a_time(institution.pk)
    waits = AccountRequest.objects.filter(
        approved=None, step=rules.OPEN_ACCOUNT, institution=institution, chart=chart
    )
    if waits.exists() or _present(institution.pk, chart.pk):
        raise rules.AccountThere(subject=subject, field="subject")
    asked: AccountRequest = AccountRequest.objects.create(
        institution=institution,
        chart=chart,
        number=reserve_number(),
        step=rules.OPEN_ACCOUNT,
        name=name or f"{institution.name} {chart.name}"[:80],
        overdraft_allowed=overdraft_allowed,
        reason=reason,
        asked_by=by,
        asked_person=by.person,
        asked_label=by.label,
        asked_at=at,
    )
    _tell(asked, "ledger.propose_account", by=by, at=at, subject_code=subject, reason=reason)
    return asked


@transaction.atomic
def decide_account(*, request_id: int, approve: bool, at: datetime, by: Staff) -> AccountRequest:
    """Open the account that another proposed, or decline it."""
    asked = _waiting(request_id, Q(step=rules.OPEN_ACCOUNT))
    _one_at_a_time(asked.institution_id)
    decided(asked=asked, approve=approve, at=at, by=by)
    assert asked.chart is not None, "an opening names its subject"
    if not approve:
        _tell(asked, "ledger.decline_account", by=by, at=at, subject_code=asked.chart.code)
        return asked
    if _present(asked.institution_id, asked.chart.pk):
        raise rules.AccountThere(subject=asked.chart.code)
    open_account(
        institution_id=asked.institution_id,
        subject_code=asked.chart.code,
        name=asked.name,
        on=_day(asked.institution_id, at),
        at=at,
        by=by.label,
        number=asked.number,
        overdraft_allowed=asked.overdraft_allowed,
    )
    return asked


@transaction.atomic
def propose_step(*, number: str, step: str, reason: str, at: datetime, by: Staff) -> AccountRequest:
    """Propose that the state of an account change; refuse what could not be approved now."""
    account = locked(number=number)
    _check(account, step)
    if AccountRequest.objects.filter(number=number, approved=None).exists():
        raise rules.ShardsAsked(account=number)
    asked: AccountRequest = AccountRequest.objects.create(
        institution_id=account.institution_id,
        number=number,
        step=step,
        reason=reason,
        asked_by=by,
        asked_person=by.person,
        asked_label=by.label,
        asked_at=at,
    )
    record(account=account, action="ledger.propose_step", by=by.label, at=at, step=step,
           reason=reason)  # fmt: skip
    return asked


@transaction.atomic
def decide_step(
    *, number: str, request_id: int, approve: bool, at: datetime, by: Staff
) -> AccountRequest:
    """Take the step that another proposed for an account, or decline it."""
    account = locked(number=number)
    asked = _waiting(request_id, Q(number=number, step__in=rules.ACCOUNT_STEPS))
    decided(asked=asked, approve=approve, at=at, by=by)
    if approve:
        on = _day(account.institution_id, at)
        change_state(number=number, step=asked.step, reason=asked.reason, on=on, at=at, by=by.label)
    else:
        record(account=account, action="ledger.decline_step", by=by.label, at=at, step=asked.step)
    return asked


def _waiting(request_id: int, which: Q) -> AccountRequest:
    rows = AccountRequest.objects.select_for_update(of=("self",)).filter(which)
    asked: AccountRequest | None = rows.filter(id=request_id, approved=None).first()
    if asked is None:
        raise rules.NoSuchProposal
    return asked


def _present(institution_id: int, chart_id: int) -> bool:
    rows = Account.objects.filter(
        institution_id=institution_id, chart_id=chart_id, currency=rules.CNY
    )
    return rows.exclude(state=rules.CLOSED).exists()


def _check(account: Account, step: str) -> None:
    if rules.ACCOUNT_FLOW.after(account.state, step) == rules.CLOSED:
        rules.check_closable(
            account=account.number, balance_fen=account.balance_fen, held_fen=account.held_fen
        )


def _day(institution_id: int, at: datetime) -> date:
    """Return the institution's open business day, or the calendar's where it has none."""
    try:
        return selectors.business_date(institution_id=institution_id)
    except rules.NoDayOpen:
        return localdate(at)


def _one_at_a_time(institution_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('ledger.own_accounts', %s))",
            [institution_id],
        )


def _tell(asked: AccountRequest, action: str, *, by: Staff, at: datetime, **detail: object) -> None:
    trail.record(
        institution_id=asked.institution_id,
        actor=by.label,
        action=action,
        subject=f"ledger.account:{asked.number}",
        at=at,
        detail={"name": asked.name, **detail},
    )
