"""How the centres watch themselves: what of the work of their own people is out of the usual.

Who meets or matches by hand more often than chance explains is told by an exact tail, so that no
limit is chosen by hand (DOMAIN §5.7).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from foundation.kernel import chance

# Somebody is marked when chance alone would bring it about less than once in so many.
FALSE_ALERT_OF = 100_000
DAYS_MOST = 92
# What a dispatcher does with the items of others, as the trail calls it.
STEPS = ("worklist.assign", "worklist.take_back", "worklist.suspend", "worklist.mark_urgent")


@dataclass(frozen=True)
class Forced:
    """What one auditor ended, matched by hand, was found wrong in, and let pass of colleagues."""

    staff_id: int
    label: str
    ended: int
    by_hand: int
    seen: int = 0
    wrong: int = 0
    decided: int = 0
    accepted: int = 0
    odd: bool = False

    @property
    def share(self) -> Decimal | None:
        """Return the share matched by hand, in percent."""
        return percent(self.by_hand, self.ended)


@dataclass(frozen=True)
class Met:
    """How often two keyers keyed the same slice, and how often alike; wrong alike is rare."""

    one: str
    other: str
    met: int
    alike: int
    wrong_alike: int


@dataclass(frozen=True)
class Pair:
    """Two keyers, how often chance would let them meet, and whether they met far more often."""

    met: Met
    expected: Decimal
    odd: bool


def percent(part: int, whole: int) -> Decimal | None:
    """Return a share in percent to one place; None of nothing."""
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1")) if whole else None


def usual(means: Sequence[Decimal]) -> Decimal | None:
    """Return what is usual among people: the middle one."""
    return median(means) if means else None


def is_odd(*, part: int, whole: int, share: float) -> bool:
    """Tell whether so many of a whole are far more than a share by chance explains."""
    if part <= whole * share:
        return False
    tail = chance.upper_tail(part=part, whole=whole, chance=share)
    return tail * FALSE_ALERT_OF < 1


def more_by_hand(one: Forced, *, ended: int, by_hand: int) -> bool:
    """Tell whether an auditor matches by hand far more often than all the others together."""
    others = ended - one.ended
    # One that nobody matched so far may still be the next: no share of others is ever nothing.
    share = (by_hand - one.by_hand + 1) / (others + 2)
    return is_odd(part=one.by_hand, whole=one.ended, share=share)


def pairs(found: Sequence[Met]) -> Sequence[Pair]:
    """Return the pairs of keyers: what is odd first, then those that were wrong alike, by number.

    Slices come to keyers by the queue alone; somebody meets each other one as often as that one's
    share of all that others keyed.
    """
    keyed: Counter[str] = Counter()
    for row in found:
        keyed[row.one] += row.met
        keyed[row.other] += row.met
    both = sum(keyed.values())
    drawn = [_pair(row, keyed, both) for row in found]
    return sorted(
        drawn, key=lambda one: (not one.odd, -one.met.wrong_alike, one.met.one, one.met.other)
    )


def _pair(row: Met, keyed: Counter[str], both: int) -> Pair:
    share = keyed[row.other] / (both - keyed[row.one])
    expected = Decimal(keyed[row.one] * keyed[row.other]) / (both - keyed[row.one])
    odd = is_odd(part=row.met, whole=keyed[row.one], share=share)
    return Pair(row, expected.quantize(Decimal("0.1")), odd)
