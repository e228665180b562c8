"""How much sooner an item has its turn: cash at the counter, large amounts, valued customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from authorization.rules._catalogue import TradeCode

NO_CASH = "none"
CASH_SECONDS = "authorization.weight_cash_seconds"
AMOUNT_SECONDS, AMOUNT_FROM = "authorization.weight_amount_seconds", "authorization.weight_from_fen"
CUSTOMER_SECONDS = "authorization.weight_customer_seconds"
CUSTOMER_FROM = "authorization.customer_from_fen"
WEIGHTS = (CASH_SECONDS, AMOUNT_SECONDS, AMOUNT_FROM, CUSTOMER_SECONDS, CUSTOMER_FROM)


@dataclass(frozen=True)
class Turn:
    """What of an item its place in the queue depends on; the balance is None where unknown."""

    trade: TradeCode
    amount_fen: int
    balance_fen: int | None


def seconds_ahead(turn: Turn, numbers: Mapping[str, int]) -> int:
    """Return by how many seconds of waiting an item goes before one that came with it (DOMAIN §4).

    Each weight that is in force and applies adds its seconds, none takes any away. So what waited
    longer than all of them together goes before whatever comes: nothing waits for ever.
    """
    ahead = numbers.get(CASH_SECONDS, 0) if turn.trade.cash != NO_CASH else 0
    if _reaches(turn.amount_fen, numbers.get(AMOUNT_FROM)):
        ahead += numbers.get(AMOUNT_SECONDS, 0)
    if _reaches(turn.balance_fen, numbers.get(CUSTOMER_FROM)):
        ahead += numbers.get(CUSTOMER_SECONDS, 0)
    return ahead


def _reaches(fen: int | None, least: int | None) -> bool:
    return fen is not None and least is not None and fen >= least
