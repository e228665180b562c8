"""What a threshold of confidence would let pass and leave to people, from what was proved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from foundation.kernel import chance

MILLION = 1_000_000
# Vouchers of no known form, where a layout is asked for.
NO_LAYOUT = "-"
TRIED = (50, 60, 70, 75, 80, 85, 90, 93, 95, 97, 98, 99, 100)


PASSED, MANUAL, DRAWN, KEYED, PROVED, MISSED, UNPROVED = FIGURES = (
    "passed", "manual", "drawn", "keying", "proved", "missed", "unproved",
)  # fmt: skip


@dataclass(frozen=True)
class Cut:
    """Of which business dates, which institution's subtree and which form, where one is said."""

    first: date
    last: date
    under: int | None = None
    layout: str = ""


@dataclass(frozen=True)
class Counted:
    """Pairs whose least confidence is the same: all, proved by keyers, settled by people."""

    least: int
    pairs: int
    right: int = 0
    wrong: int = 0
    settled: int = 0
    confirmed: int = 0


@dataclass(frozen=True)
class Point:
    """A threshold: how many pairs pass and stay with people, and how many missed errors a million.

    `proofs` and `missed` are those of passes at the threshold; None where nothing was proved.
    """

    threshold: int
    passed: int
    manual: int
    proofs: int
    missed: int
    ppm: int | None
    lower: int | None
    upper: int | None
    in_force: bool

    @property
    def manual_percent(self) -> Decimal:
        """Return the share that people look at, in percent to one place."""
        whole = self.passed + self.manual
        return (Decimal(self.manual * 100) / (whole or 1)).quantize(Decimal("0.1"))


def curve(counts: Sequence[Counted], *, in_force: int) -> tuple[Point, ...]:
    """Return a point for each threshold, the one in force among them.

    What passes today is known by proofs: a sample, so that its rate is that of all. Below the
    threshold in force nothing passes, but all is settled by people, which is known of each pair.
    """
    return tuple(_point(counts, threshold, in_force) for threshold in sorted({*TRIED, in_force}))


def _point(counts: Sequence[Counted], threshold: int, in_force: int) -> Point:
    passed = [one for one in counts if one.least >= threshold]
    above = [one for one in passed if one.least >= in_force]
    below = [one for one in passed if one.least < in_force]
    proofs = sum(one.right + one.wrong for one in above)
    missed = sum(one.wrong for one in above)
    found = chance.exact(part=missed, whole=proofs)
    rates = (missed / proofs if proofs else None, found.lower, found.upper)
    known = sum(one.confirmed for one in below), sum(one.settled for one in below)
    sampled = sum(one.pairs for one in above)
    ppm, lower, upper = (_ppm(rate, sampled, known) for rate in rates)
    return Point(
        threshold=threshold,
        passed=sum(one.pairs for one in passed),
        manual=sum(one.pairs for one in counts) - sum(one.pairs for one in passed),
        proofs=proofs,
        missed=missed,
        ppm=ppm,
        lower=lower,
        upper=upper,
        in_force=threshold == in_force,
    )


def _ppm(rate: float | None, sampled: int, known: tuple[int, int]) -> int | None:
    confirmed, settled = known
    whole = sampled + settled
    if not whole or (sampled and rate is None):
        return None
    return round(((rate or 0) * sampled + confirmed) / whole * MILLION)
