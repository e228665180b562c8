"""What looks like laundering over days and accounts: structured cash, money passed through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from monitoring.rules import currencies
from monitoring.rules._spec import Spec
from monitoring.rules._vocabulary import RING
from monitoring.rules.aml import CASH, NUMBERS, Move

CASH_FEN, CASH_CENTS = NUMBERS[CASH]
DAYS, ITEMS, PERCENT = "aml.structure_days", "aml.structure_items", "aml.structure_percent"
PASS_FEN, PASS_PERCENT = "aml.pass_fen", "aml.pass_percent"


@dataclass(frozen=True)
class Structure:
    """Cash kept just below the threshold: within how many days, how often, from what percent."""

    least: currencies.Threshold
    days: int
    items: int
    percent: int

    def first(self, on: date) -> date:
        """Return the first day of the window that ends on a day."""
        return on - timedelta(days=self.days - 1)


def band(currency: str, *, of: Structure, rates: Mapping[str, int]) -> tuple[int, int] | None:
    """Return from what on and below what an amount is just under the threshold of its currency.

    Hundredths of the currency's unit; None of a currency without a rate.
    """
    if currency == currencies.CNY:
        most = of.least.fen
    elif currency in rates and currencies.USD in rates:
        most = -(-of.least.cents * rates[currencies.USD] // rates[currency])
    else:
        return None
    return most * of.percent // 100, most


def is_structured(parts: Sequence[tuple[date, Move]], *, on: date, of: Structure) -> bool:
    """Tell whether cash came in parts just under the threshold on several days, the last on `on`.

    Parts of one day alone are another rule's (`aml.is_split`).
    """
    days = {day for day, _move in parts}
    return len(parts) >= of.items and len(days) > 1 and on in days


def passed_through(moves: Sequence[tuple[bool, Move]], *, least: int, percent: int) -> bool:
    """Tell whether nearly all that came in went out again after it, on the day.

    Each movement is told with whether it came in. Both sides are worth at least `least` fen, and
    what went out after the first came in differs from what came in by no more than what `percent`
    leaves of a hundred.
    """
    ordered = sorted(moves, key=lambda one: one[1].entry_id)
    came = sum(move.worth_fen for inward, move in ordered if inward)
    first = next((move.entry_id for inward, move in ordered if inward), None)
    went = sum(
        move.worth_fen for inward, move in ordered if not inward and move.entry_id > (first or 0)
    )
    if first is None or min(came, went) < least:
        return False
    return came * percent <= went * 100 <= came * (200 - percent)


def is_graph(spec: Spec) -> bool:
    """Tell whether a rule looks for rings of transfers, or for one paid by many or paying many."""
    return spec.kind == RING or any(test.what == "partners" for test in spec.tests)
