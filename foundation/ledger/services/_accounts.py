"""Opening accounts, changing their state, holding amounts."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from foundation.kernel import numbering
from foundation.ledger import rules
from foundation.ledger.models import Account, ChartAccount, Hold
from foundation.trail import services as trail


def define_subject(
    *, code: str, name: str, normal_side: str, kind: str, must_clear: bool = False
) -> ChartAccount:
    """Add a subject to the chart of accounts; the same again changes nothing."""
    facts = {"name": name, "normal_side": normal_side, "kind": kind, "must_clear": must_clear}
    subject, _new = ChartAccount.objects.get_or_create(code=code, defaults=facts)
    return subject


@transaction.atomic
def open_account(
    *,
    institution_id: int,
    subject_code: str,
    name: str,
    on: date,
    at: datetime,
    by: str,
    currency: str = rules.CNY,
    number: str = "",
    overdraft_allowed: bool = False,
    holder_person: UUID | None = None,
    customer_number: str = "",
) -> Account:
    """Open an account under a subject, with the next number or the given one; refuse others."""
    chart = ChartAccount.objects.filter(code=subject_code).first()
    if chart is None:
        raise rules.NoSuchSubject(subject=subject_code)
    account: Account = Account.objects.create(
        institution_id=institution_id,
        number=numbering.parse_account_number(number) if number else _next_number(),
        name=name,
        chart=chart,
        normal_side=chart.normal_side,
        kind=chart.kind,
        currency=currency,
        overdraft_allowed=overdraft_allowed,
        holder_person=holder_person,
        customer_number=customer_number,
        opened_on=on,
    )
    _record(account, "ledger.open_account", by=by, at=at, subject_code=subject_code)
    return account


@transaction.atomic
def change_state(
    *, number: str, step: str, reason: str, on: date, at: datetime, by: str
) -> Account:
    """Take a step of the account's flow; refuse one out of turn, and closing with money left."""
    account = _locked(number)
    state = rules.ACCOUNT_FLOW.after(account.state, step)
    if state == rules.CLOSED:
        rules.check_closable(
            account=number, balance_fen=account.balance_fen, held_fen=account.held_fen
        )
        account.closed_on = on
    account.state = state
    account.save(update_fields=["state", "closed_on"])
    _record(account, f"ledger.{step}", by=by, at=at, reason=reason)
    return account


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
) -> Hold:
    """Hold an amount back from payment; refuse more than is available."""
    if fen <= 0:
        raise rules.NotPositive(field="amount")
    account = _locked(number)
    if account.state == rules.CLOSED:
        raise rules.AccountClosed(account=number)
    if account.available_fen < fen and not account.overdraft_allowed:
        raise rules.NotEnough(account=number)
    hold: Hold = Hold.objects.create(
        institution_id=account.institution_id,
        account=account,
        amount_fen=fen,
        reason=reason,
        subject=subject,
        placed_at=at,
        placed_by=by,
        expires_on=expires_on,
    )
    account.held_fen += fen
    account.save(update_fields=["held_fen"])
    _record(account, "ledger.place_hold", by=by, at=at, hold=hold.pk, fen=fen, reason=reason)
    return hold


@transaction.atomic
def release_hold(*, hold_id: int, at: datetime, by: str) -> Hold:
    """Make a held amount available again; refuse a hold that is unknown or released."""
    found = Hold.objects.filter(id=hold_id).values_list("account__number", flat=True).first()
    if found is None:
        raise rules.NoSuchHold
    account = _locked(found)
    hold: Hold = Hold.objects.select_for_update(of=("self",)).get(id=hold_id)
    if hold.released_at is not None:
        raise rules.NoSuchHold
    hold.released_at, hold.released_by = at, by
    hold.save(update_fields=["released_at", "released_by"])
    account.held_fen -= hold.amount_fen
    account.save(update_fields=["held_fen"])
    _record(account, "ledger.release_hold", by=by, at=at, hold=hold_id, fen=hold.amount_fen)
    return hold


def _locked(number: str) -> Account:
    account: Account | None = (
        Account.objects.select_for_update(of=("self",), no_key=True).filter(number=number).first()
    )
    if account is None:
        raise rules.NoSuchAccount(account=number)
    return account


def _next_number() -> str:
    """Return the next number that is not taken: a given one may have come before the sequence."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT nextval('ledger_account_serial')")
            number = rules.account_number(serial=int(cursor.fetchone()[0]))
            cursor.execute("SELECT 1 FROM ledger_payee(%s)", [number])
            if cursor.fetchone() is None:
                return number


def _record(account: Account, action: str, *, by: str, at: datetime, **detail: object) -> None:
    trail.record(
        institution_id=account.institution_id,
        actor=by,
        action=action,
        subject=account.subject,
        at=at,
        detail=detail,
    )
