"""Money of several currencies beside thresholds in yuan and US dollars (Order 2016 No.3).

Amounts are hundredths of a unit of their currency, as the ledger keeps them. Rates are what 100
units are worth in ten-thousandths of a yuan; a hundredth of a unit times its rate is therefore so
many millionths of a fen, in which all is compared, without rounding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CNY, USD = "CNY", "USD"
# The currencies whose rates the bank keeps, by the number that holds the rate.
RATES: Mapping[str, str] = {
    "USD": "aml.rate_usd",
    "EUR": "aml.rate_eur",
    "HKD": "aml.rate_hkd",
    "JPY": "aml.rate_jpy",
    "GBP": "aml.rate_gbp",
}
_MILLION = 1_000_000

OWN, FOREIGN, EACH, TOGETHER, UNRATED = "own", "foreign", "each", "together", "unrated"
BASES: Mapping[str, str] = {
    OWN: "Renminbi alone",
    FOREIGN: "Foreign money alone",
    EACH: "Renminbi and foreign money, each",
    TOGETHER: "Renminbi and foreign money together",
    UNRATED: "A currency without a rate",
}


@dataclass(frozen=True)
class Threshold:
    """From which amount of a day on it is large: whole fen, and whole US cents."""

    fen: int
    cents: int


@dataclass(frozen=True)
class Weighed:
    """Why a day's amounts are large, of which currencies, and their worth in fen and US cents."""

    basis: str
    currencies: Sequence[str]
    fen: int
    cents: int


def fen_of(amount: int, *, currency: str, rates: Mapping[str, int]) -> int:
    """Return what an amount is worth in fen, rounded half up; 0 of a currency without a rate."""
    return _rounded(amount * _rate(currency, rates), _MILLION)


def weigh(sums: Mapping[str, int], *, rates: Mapping[str, int], least: Threshold) -> Weighed | None:
    """Return why one-sided sums of a day by currency are large, or None where they are not.

    Renminbi and foreign money are weighed each against its own threshold; where neither reaches
    it, both together in whichever currency they reach it. What has no rate cannot be weighed and
    is put before people.
    """
    foreign = sorted(one for one, amount in sums.items() if one != CNY and amount)
    if any(one not in rates for one in foreign) or (foreign and USD not in rates):
        return _weighed(UNRATED, sorted(sums), sums, rates)
    own = sums.get(CNY, 0) * _MILLION
    abroad = sum(sums[one] * rates[one] for one in foreign)
    dollar = rates.get(USD, 0)
    is_own = own >= least.fen * _MILLION
    is_foreign = bool(foreign) and abroad >= least.cents * dollar
    if is_own or is_foreign:
        basis = EACH if is_own and is_foreign else OWN if is_own else FOREIGN
        named = [*([CNY] if is_own else []), *(foreign if is_foreign else [])]
        return _weighed(basis, named, sums, rates)
    both = own + abroad
    if foreign and own and (both >= least.fen * _MILLION or both >= least.cents * dollar):
        return _weighed(TOGETHER, [CNY, *foreign], sums, rates)
    return None


def _weighed(
    basis: str, currencies: Sequence[str], sums: Mapping[str, int], rates: Mapping[str, int]
) -> Weighed:
    worth = sum(sums[one] * _rate(one, rates) for one in currencies)
    cents = _rounded(worth, rates[USD]) if rates.get(USD) else 0
    return Weighed(basis, tuple(currencies), _rounded(worth, _MILLION), cents)


def _rate(currency: str, rates: Mapping[str, int]) -> int:
    return _MILLION if currency == CNY else rates.get(currency, 0)


def _rounded(amount: int, by: int) -> int:
    return (2 * amount + by) // (2 * by)


def shown(amount: int, currency: str) -> str:
    """Return an amount as people write it, with its currency."""
    return f"{currency} {amount // 100:,}.{amount % 100:02}"
