"""Accounts, their balances, holds and statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import F, Q, QuerySet

from foundation.ledger import rules
from foundation.ledger.models import Account, Hold, HoldRequest, Posting, Shard, whole
from foundation.ledger.selectors._hot import place_of, spread_statement
from foundation.trail import selectors as trail
from foundation.trail.models import Event

PAGE_MAX = 200
# One row and one trip; what the shards of a hot account hold belongs to it.
_BALANCE = """
SELECT ledger_balance(a.id), a.held_fen, a.currency
FROM ledger_account a WHERE a.number = %s
"""
_LEG = (
    "account_id", "seq", "shard", "business_date", "entry_id", "line", "institution_id", "currency",
    "amount_fen", "balance_after", "made_at",
)  # fmt: skip
_BACK = "SELECT * FROM ledger_postings_back(%s, %s, %s, %s, %s)"


@dataclass(frozen=True)
class Balance:
    """What is in an account, and how much of it may be paid out."""

    fen: int
    held_fen: int
    currency: str

    @property
    def available_fen(self) -> int:
        """Return the balance without what is held."""
        return self.fen - self.held_fen


@dataclass(frozen=True)
class Payee:
    """As much of an account's holder as anyone with its number may be told."""

    name: str
    state: str


def account(*, number: str) -> Account:
    """Return the account, or refuse: unknown and out of sight are the same answer."""
    found: Account | None = (
        whole(Account.objects.filter(number=number)).select_related("chart", "institution").first()
    )
    if found is None:
        raise rules.NoSuchAccount(account=number)
    return found


def accounts(*, text: str = "", after: str = "", limit: int = 50) -> Sequence[Account]:
    """Return accounts by number, by the beginning of it, or by name; the next page after one."""
    rows = whole(Account.objects.filter(number__gt=after)).select_related("chart", "institution")
    bare = text.replace(" ", "")
    if bare.isascii() and bare.isdigit():
        rows = rows.filter(Q(number__startswith=bare) | Q(customer_number=bare))
    elif text:
        rows = rows.filter(name__contains=text)
    return tuple(rows.order_by("number")[: min(limit, PAGE_MAX)])


def numbers_in_sight(*, numbers: Sequence[str]) -> frozenset[str]:
    """Return which of the numbers are accounts that the person may see."""
    rows = Account.objects.filter(number__in=numbers)
    return frozenset(rows.values_list("number", flat=True))


def balance(*, number: str) -> Balance:
    """Return the balance of an account now, on its normal side; refuse an unknown one."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCE, [number])
        row = cursor.fetchone()
    if row is None:
        raise rules.NoSuchAccount(account=number)
    return Balance(*row)


def payee_name(*, number: str) -> Payee:
    """Return the masked name and the state of any account of the bank; refuse an unknown one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, state FROM ledger_payee(%s)", [number])
        row = cursor.fetchone()
    if row is None:
        raise rules.NoSuchAccount(account=number)
    return Payee(*row)


def holds(*, account_id: int) -> Sequence[Hold]:
    """Return the holds of an account, those in force first."""
    rows = Hold.objects.filter(account_id=account_id)
    return tuple(rows.order_by("released_at", "-id")[:PAGE_MAX])


def holds_in_force(*, ids: Sequence[int]) -> Sequence[Hold]:
    """Return those of some holds that still hold something, the earliest first."""
    return tuple(Hold.objects.filter(id__in=ids, state=rules.HOLD_HELD).order_by("id"))


def with_money() -> QuerySet[Account]:
    """Return the accounts in sight from which something may be paid out, for a query to narrow."""
    return Account.objects.filter(own_fen__gt=F("held_fen"))


def hold(*, hold_id: int) -> Hold:
    """Return a hold with its account; refuse one that is unknown or out of sight."""
    found: Hold | None = Hold.objects.select_related("account").filter(id=hold_id).first()
    if found is None:
        raise rules.NoSuchHold
    return found


def hold_requests(*, hold: Hold) -> Sequence[HoldRequest]:
    """Return what was asked about a judicial hold, the newest first."""
    return tuple(HoldRequest.objects.filter(hold=hold).order_by("-id")[:PAGE_MAX])


def hold_timeline(*, hold: Hold) -> Sequence[Event]:
    """Return what was done with a hold, newest first; it is told of its account."""
    return trail.timeline(subject=hold.account.subject, detail={"hold": hold.pk})


def statement(
    *,
    account_id: int,
    first: date | None = None,
    last: date | None = None,
    before: str = "",
    limit: int = 50,
) -> Sequence[Posting]:
    """Return the postings of an account, newest first; the next page is before a `place`.

    Of an account that was ever spread the order is that of business dates and, within a date, of
    its shards; `balance_after` is the whole account's in that order.
    """
    size = min(limit, PAGE_MAX)
    if Shard.objects.filter(account_id=account_id).exists():
        return spread_statement(
            account_id=account_id, first=first, last=last, before=before, limit=size
        )
    place = place_of(place=before)[2] if before else None
    with connection.cursor() as cursor:
        cursor.execute(_BACK, [account_id, first, last, place, size])
        return tuple(Posting(**dict(zip(_LEG, row, strict=True))) for row in cursor.fetchall())


def account_timeline(*, account: Account) -> Sequence[Event]:
    """Return what was done with an account besides postings, newest first."""
    return trail.timeline(subject=account.subject)
