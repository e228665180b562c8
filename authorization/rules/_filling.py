"""What the reading of a voucher fills in, where a teller keys the account and the amount alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from authorization.rules._catalogue import TradeCode

# The account is keyed, for it says whose money moves; the amount, for it says how much.
_KEYED = frozenset({"payer_account", "amount"})
FILL_CONFIDENCE = "authorization.fill_confidence_min"


@dataclass(frozen=True)
class Read:
    """A value that was read on a page, and how sure, of 100."""

    name: str
    value: str
    confidence: int


def fillable(trade: TradeCode) -> Mapping[str, str]:
    """Return which fields of a form are filled from the voucher, and by which value on it.

    The customer's account and the amount are keyed by the teller (DOMAIN S045), and so is what an
    opening asks for.
    """
    wanted = {"voucher_no": "voucher_no"}
    if trade.needs_payee and not trade.opens:
        wanted["payee_name"] = "payee_name" if trade.has_payer else "payer_name"
        if trade.has_payer:
            wanted["payee_account"] = "payee_account"
    return {field: name for field, name in wanted.items() if field not in _KEYED}


def filled(trade: TradeCode, read: Iterable[Read], *, least: int) -> Mapping[str, str]:
    """Return the values that are read surely enough, the surest of each, by the form's fields.

    A value that was read in two ways, each surely enough, fills nothing.
    """
    sure = [one for one in read if one.confidence >= least]
    found = {}
    for field, name in fillable(trade).items():
        values = {one.value for one in sure if one.name == name}
        if len(values) == 1:
            found[field] = values.pop()
    return found


def unconfirmed(names: str, fields: Collection[str]) -> tuple[str, ...]:
    """Return which fields of a form the browser names as read and not confirmed yet."""
    named = {name.strip() for name in names.split(",")}
    return tuple(field for field in fields if field in named)
