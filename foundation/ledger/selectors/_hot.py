"""Hot accounts: their shards, what was proposed about them, and their statement.

Everything that shows one account's parts beside their sum reads both by one statement, so that the
two are of one moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from foundation.kernel.dates import FIRST, LAST
from foundation.ledger import rules
from foundation.ledger.models import Account, Posting, ShardRequest, whole

HOT_MAX = 200
_PARTS = """
SELECT p.shard, p.used, p.balance_fen, p.seq FROM (
  SELECT 0 AS shard, NOT a.spread AS used, a.balance_fen, a.seq FROM ledger_account a
  WHERE a.id = %(account)s
  UNION ALL
  SELECT s.shard, s.used, s.balance_fen, s.seq FROM ledger_shard s WHERE s.account_id = %(account)s
) p ORDER BY p.shard
"""
_BACK = """
SELECT t.business_date, t.shard, t.seq, t.entry_id, t.line, t.amount_fen, CASE n WHEN 1 THEN
  ledger_balance_after(%(account)s, t.business_date, t.shard, t.seq) END
FROM ledger_statement_back(%(account)s, %(first)s, %(last)s, %(day)s, %(shard)s::smallint, %(seq)s,
  %(limit)s) WITH ORDINALITY t(business_date, shard, seq, entry_id, line, amount_fen, n)
ORDER BY n
"""


@dataclass(frozen=True)
class Part:
    """One of an account's balances; number 0 is the account's own. `used`: postings go there."""

    shard: int
    used: bool
    balance_fen: int
    seq: int


@dataclass(frozen=True)
class Hot:
    """An account with its parts and what was proposed, the newest first."""

    account: Account
    parts: Sequence[Part]
    requests: Sequence[ShardRequest]

    @property
    def sum_fen(self) -> int:
        """Return the exact balance: the sum of all parts, used or not."""
        return sum(part.balance_fen for part in self.parts)

    @property
    def legs(self) -> int:
        """Return how many postings all parts have."""
        return sum(part.seq for part in self.parts)

    @property
    def spreadable(self) -> bool:
        """Return whether the account may have shards: internal, without a floor, not closed."""
        internal = self.account.kind == rules.INTERNAL and self.account.overdraft_allowed
        return internal and self.account.state != rules.CLOSED

    @property
    def waiting(self) -> ShardRequest | None:
        """Return the proposal that is to be decided, if there is one."""
        return next((one for one in self.requests if one.approved is None), None)


def hot(*, number: str) -> Hot:
    """Return an account with its parts; refuse one that is unknown or out of sight."""
    rows = Account.objects.filter(number=number)
    account: Account | None = rows.select_related("institution", "chart").first()
    if account is None:
        raise rules.NoSuchAccount(account=number)
    with connection.cursor() as cursor:
        cursor.execute(_PARTS, {"account": account.pk})
        parts = tuple(Part(*row) for row in cursor.fetchall())
    asked = ShardRequest.objects.filter(account=account).order_by("-id")[:HOT_MAX]
    return Hot(account, parts, tuple(asked))


def hot_accounts() -> Sequence[Account]:
    """Return the accounts in scope that were ever spread or have a proposal, by number."""
    rows = Account.objects.filter(
        Q(spread=True)
        | Exists(ShardRequest.objects.filter(account_id=OuterRef("pk"), approved=None))
    ).annotate(waits=Exists(ShardRequest.objects.filter(account_id=OuterRef("pk"), approved=None)))
    return tuple(whole(rows).select_related("institution").order_by("number")[:HOT_MAX])


def place_of(*, place: str) -> tuple[date | None, int, int]:
    """Return date, shard and seq of a place; a number alone is a seq. Refuse what is no place."""
    day, _point, rest = place.rpartition(".")[0].partition(".")
    try:
        seq = int(place.rpartition(".")[2])
        found = (date.fromisoformat(day), int(rest), seq) if day else (None, 0, seq)
    except ValueError:
        raise rules.NoSuchPlace from None
    if not (0 <= found[1] <= rules.SHARDS_MAX and 0 <= found[2] < 2**63):
        raise rules.NoSuchPlace
    return found


def spread_statement(
    *, account_id: int, first: date | None, last: date | None, before: str, limit: int
) -> Sequence[Posting]:
    """Return postings of a spread account back from a place, each with the balance after it."""
    day, shard, seq = place_of(place=before) if before else (None, 0, 0)
    if before and day is None:
        raise rules.NoSuchPlace
    account = Account.objects.get(id=account_id)
    sign = 1 if account.normal_side == rules.DEBIT else -1
    asked: dict[str, Any] = {
        "account": account_id,
        "first": first or FIRST,
        "last": last or LAST,
        "day": day,
        "shard": shard,
        "seq": seq,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BACK, asked)
        rows = cursor.fetchall()
    found: list[Posting] = []
    after = 0
    for on, part, number, entry, line, fen, known in rows:
        after = after if known is None else known
        found.append(
            Posting(
                account_id=account_id,
                institution_id=account.institution_id,
                currency=account.currency,
                business_date=on,
                shard=part,
                seq=number,
                entry_id=entry,
                line=line,
                amount_fen=fen,
                balance_after=after,
            )
        )
        after -= sign * fen
    return tuple(found)
