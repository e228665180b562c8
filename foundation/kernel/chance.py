"""What chance alone explains: exact tails of the binomial, and intervals of shares."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

# Of a normal distribution 95 of 100 lie within so many deviations of the middle.
_NINETY_FIVE = 1.959964
_PLACE = Decimal("0.01")


@dataclass(frozen=True)
class Share:
    """A part of a whole, in percent to two places, with the interval of 95 in 100."""

    part: int
    whole: int
    percent: Decimal | None
    lower: Decimal | None
    upper: Decimal | None


def share(*, part: int, whole: int) -> Share:
    """Return a share with its Wilson interval of 95 % (Wilson 1927); none of nothing.

    Unlike the share give or take its deviation, the interval says something of small numbers and
    of none found: of 50 looked at and 0 wrong, up to 7.13 % may be wrong.
    """
    if not whole:
        return Share(part, whole, None, None, None)
    found, square = part / whole, _NINETY_FIVE**2
    middle = found + square / (2 * whole)
    reach = _NINETY_FIVE * math.sqrt(found * (1 - found) / whole + square / (4 * whole**2))
    lower, upper = ((middle + sign * reach) / (1 + square / whole) for sign in (-1, 1))
    return Share(part, whole, _percent(found), _percent(max(lower, 0)), _percent(min(upper, 1)))


def upper_tail(*, part: int, whole: int, chance: float) -> float:
    """Return how likely at least so many of a whole are, each of them having the chance."""
    if part <= 0 or chance >= 1:
        return 1.0
    if chance <= 0 or part > whole:
        return 0.0
    term = math.exp(
        math.lgamma(whole + 1) - math.lgamma(part + 1) - math.lgamma(whole - part + 1)
        + part * math.log(chance) + (whole - part) * math.log1p(-chance)
    )  # fmt: skip
    tail = 0.0
    for number in range(part, whole + 1):
        tail += term
        term *= (whole - number) / (number + 1) * chance / (1 - chance)
    return min(tail, 1.0)


def kappa(*, both: int, first_only: int, second_only: int, neither: int) -> Decimal | None:
    """Return Cohen's kappa of two who said yes or no to the same things, to two places.

    None where nothing was judged, and where both said one thing only: then agreement is no news
    (Cohen 1960).
    """
    whole = both + first_only + second_only + neither
    if not whole:
        return None
    agreed = Decimal(both + neither) / whole
    yes = Decimal(both + first_only) * (both + second_only) / whole**2
    no = Decimal(neither + first_only) * (neither + second_only) / whole**2
    expected = yes + no
    return None if expected == 1 else ((agreed - expected) / (1 - expected)).quantize(_PLACE)


def _percent(value: float) -> Decimal:
    return Decimal(value * 100).quantize(_PLACE)
