"""How the centres watch themselves: what of the work of their own people is out of the usual.

Who meets or matches by hand more often than chance explains is told by an exact tail, so that no
limit is chosen by hand (DOMAIN §5.7).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median
from typing import NamedTuple

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


class Viewer(NamedTuple):
    """Who looked: the row, the own institution, and the name by which the trail knows people."""

    staff_id: int
    place_id: int
    label: str

    @property
    def number(self) -> str:
        """Return the staff number, which stays where a name changes."""
        return number_in(self.label)


@dataclass
class About:
    """What a document belongs to, who did anything with that, and who holds or held it.

    `item` is the name under which people know it; `hands` are staff numbers; `places` were sent a
    slip about it.
    """

    item: str
    subjects: set[str] = field(default_factory=set)
    hands: set[str] = field(default_factory=set)
    holders: set[int] = field(default_factory=set)
    places: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Opened:
    """How many images a person opened, how many without an item, and of these taken out."""

    staff_id: int
    label: str
    place: str
    opened: int
    stray: int
    taken: int
    odd: bool = False

    @property
    def share(self) -> Decimal | None:
        """Return the share without an item, in percent."""
        return percent(self.stray, self.opened)


def number_in(label: str) -> str:
    """Return the staff number with which a name on the trail begins."""
    return label.partition(" ")[0]


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
    return _beyond(one.by_hand, one.ended, by_hand, ended)


def more_strays(one: Opened, *, opened: int, stray: int) -> bool:
    """Tell whether a person opens far more without an item than all the others together."""
    return _beyond(one.stray, one.opened, stray, opened)


def has_reason(viewer: Viewer, about: About) -> bool:
    """Tell whether somebody did anything with what a page belongs to, or holds or held an item.

    Or works at the institution that was sent a slip about it.
    """
    return (
        viewer.number in about.hands
        or viewer.staff_id in about.holders
        or viewer.place_id in about.places
    )


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


def _beyond(part: int, whole: int, all_parts: int, all_wholes: int) -> bool:
    # What nobody else did so far may still be done next: no share of others is ever nothing.
    share = (all_parts - part + 1) / (all_wholes - whole + 2)
    return is_odd(part=part, whole=whole, share=share)


def _pair(row: Met, keyed: Counter[str], both: int) -> Pair:
    share = keyed[row.other] / (both - keyed[row.one])
    expected = Decimal(keyed[row.one] * keyed[row.other]) / (both - keyed[row.one])
    odd = is_odd(part=row.met, whole=keyed[row.one], share=share)
    return Pair(row, expected.quantize(Decimal("0.1")), odd)
