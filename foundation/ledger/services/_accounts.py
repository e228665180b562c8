"""Opening accounts, changing their state, holding amounts."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from foundation.kernel import numbering
from foundation.ledger import rules
from foundation.ledger.models import Account, ChartAccount
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
    record(account=account, action="ledger.open_account", by=by, at=at, subject_code=subject_code)
    return account


@transaction.atomic
def change_state(
    *, number: str, step: str, reason: str, on: date, at: datetime, by: str
) -> Account:
    """Take a step of the account's flow; refuse one out of turn, and closing with money left."""
    account = locked(number=number)
    state = rules.ACCOUNT_FLOW.after(account.state, step)
    if state == rules.CLOSED:
        rules.check_closable(
            account=number, balance_fen=account.balance_fen, held_fen=account.held_fen
        )
        account.closed_on = on
    account.state = state
    account.save(update_fields=["state", "closed_on"])
    record(account=account, action=f"ledger.{step}", by=by, at=at, reason=reason)
    return account


@transaction.atomic
def follow_person(*, former: UUID, person: UUID) -> int:
    """Let a human's own accounts be another's, as they are one; return how many there were.

    Looks at every account, because hardly any has a holder of the bank: it is rare, and a job's.
    """
    return Account.objects.filter(holder_person=former).update(holder_person=person)


def locked(*, number: str) -> Account:
    """Return the account with its exact balance, locked; refuse an unknown one.

    An internal account is held still with all its shards, so that nobody posts to it meanwhile.
    """
    account: Account | None = (
        Account.objects.select_for_update(of=("self",), no_key=True).filter(number=number).first()
    )
    if account is None:
        raise rules.NoSuchAccount(account=number)
    account.balance_fen = account.own_fen
    if account.kind == rules.INTERNAL:
        with connection.cursor() as cursor:
            cursor.execute("SELECT ledger_held_still(%s)", [account.pk])
            account.balance_fen = cursor.fetchone()[0]
    return account


def reserve_number() -> str:
    """Return an account number that nobody else will be given, for an account to be opened later.

    A number of which nothing comes is left out; the numbers of accounts need not be without gaps.
    """
    return _next_number()


def _next_number() -> str:
    """Return the next number that is not taken: a given one may have come before the sequence."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT nextval('ledger_account_serial')")
            number = rules.account_number(serial=int(cursor.fetchone()[0]))
            cursor.execute("SELECT 1 FROM ledger_payee(%s)", [number])
            if cursor.fetchone() is None:
                return number


def record(*, account: Account, action: str, by: str, at: datetime, **detail: object) -> None:
    """Put on the trail what was done with an account."""
    trail.record(
        institution_id=account.institution_id,
        actor=by,
        action=action,
        subject=account.subject,
        at=at,
        detail=detail,
    )
