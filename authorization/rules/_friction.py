"""What authorization costs those who wait for it, and how surely it could be done without."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

_TENTH, _HUNDREDTH = Decimal("0.1"), Decimal("0.01")
# Left for chance: the bound below lies too low in five of a hundred cases. The level is part of the
# method's name, "one-sided 95 %", not a number of the bank.
CHANCE = Decimal("0.05")


@dataclass(frozen=True)
class Month:
    """A month of the calendar, by its first day."""

    first: date

    @property
    def last(self) -> date:
        """Return its last day."""
        return self.plus(1).first - timedelta(days=1)

    def plus(self, months: int) -> Month:
        """Return the month so many later, earlier where negative."""
        count = self.first.year * 12 + self.first.month - 1 + months
        return Month(date(count // 12, count % 12 + 1, 1))

    def until(self, today: date) -> date:
        """Return its last day that is over; the day before it begins where none is."""
        return max(min(self.last, today - timedelta(days=1)), self.first - timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True)
class Friction:
    """What became of the items of one transaction, or of all, in a month.

    Items count: `held` came to the centre, `decided` had a decision at least, `returned` went back
    to the teller at least once, `first` were approved when first looked at. Seconds are whole.
    `parts` are the transactions of a sum.
    `consulted` were asked a colleague about, `consults` times, for `consult_seconds` together.
    `back_seconds` is from the first send to the end of the `back_ended` items that went back and
    ended, `straight_seconds` that of the `straight` ones that ended without.
    """

    trade_code: str = ""
    submitted: int = 0
    held: int = 0
    decided: int = 0
    returned: int = 0
    rejected: int = 0
    first: int = 0
    looks: int = 0
    view_ms: int = 0
    back_ended: int = 0
    back_seconds: int = 0
    straight: int = 0
    straight_seconds: int = 0
    consulted: int = 0
    consults: int = 0
    consult_seconds: int = 0
    parts: tuple[Friction, ...] = field(default=(), kw_only=True)

    @property
    def returns_per_100(self) -> Decimal | None:
        """Return how many of 100 decided items went back, to one place."""
        return per_100(self.returned, self.decided)

    @property
    def rejects_per_100(self) -> Decimal | None:
        """Return how many of 100 decided items were rejected, to one place."""
        return per_100(self.rejected, self.decided)

    @property
    def first_pass(self) -> Decimal | None:
        """Return the share approved on first submission in percent of the held (DOMAIN 4)."""
        return per_100(self.first, self.held)

    @property
    def consults_per_100(self) -> Decimal | None:
        """Return how many times a colleague was asked in 100 decided items, to one place."""
        return per_100(self.consults, self.decided)

    @property
    def consult_seconds_per_100(self) -> Decimal | None:
        """Return the seconds that asking colleagues took in 100 decided items, to one place."""
        return per_100(self.consult_seconds, self.decided)

    @property
    def view_seconds(self) -> Decimal | None:
        """Return how long a look took in the mean, to one place."""
        return _tenths(Decimal(self.view_ms) / self.looks / 1000) if self.looks else None

    @property
    def extra_seconds(self) -> int | None:
        """Return the seconds that going back cost beyond the usual; None without a usual.

        The usual is the mean of the same transaction's items that ended without going back; of
        several transactions together it is the sum of what is known.
        """
        if self.parts:
            return sum(part.extra_seconds or 0 for part in self.parts)
        if not self.back_ended:
            return 0
        if not self.straight:
            return None
        usual = Decimal(self.straight_seconds) / self.straight
        return int((self.back_seconds - self.back_ended * usual).to_integral_value(ROUND_HALF_UP))


def per_100(part: int, whole: int) -> Decimal | None:
    """Return a part of a hundred to one place, None of nothing."""
    return _tenths(Decimal(100 * part) / whole) if whole else None


def refusal_rate_most(items: int) -> Decimal:
    """Return the one-sided 95 % upper bound of a refusal rate, in percent, when none was refused.

    Exact after Clopper and Pearson (Biometrika 26, 1934): 1 - 0.05^(1/n); the rule of three, 3/n
    (Hanley and Lippman-Hand, JAMA 249, 1983), is its approximation. Rounded up to two places.
    """
    if items < 1:
        return Decimal(100)
    bound = 1 - (CHANCE.ln() / items).exp()
    return (100 * bound).quantize(_HUNDREDTH, ROUND_CEILING)


def _tenths(exact: Decimal) -> Decimal:
    return exact.quantize(_TENTH, ROUND_HALF_UP)
