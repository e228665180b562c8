"""What chance alone explains: exact tails of the binomial, and intervals of shares."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

# Of a normal distribution 95 of 100 lie within so many deviations of the middle.
_NINETY_FIVE = 1.959964
_PLACE = Decimal("0.01")


_HALVINGS = 60
_TERMS = 300


@dataclass(frozen=True)
class Bounds:
    """Between which shares, from 0 to 1, the true one lies; none where nothing was looked at."""

    lower: float | None
    upper: float | None


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


def exact(*, part: int, whole: int) -> Bounds:
    """Return the exact interval of 95 % of a share (Clopper and Pearson 1934).

    Of 50 looked at and 0 wrong, up to 7.11 % may be wrong.
    """
    if not whole:
        return Bounds(None, None)
    lower = _solved(0.025, part, whole - part + 1) if part else 0.0
    upper = _solved(0.975, part + 1, whole - part) if part < whole else 1.0
    return Bounds(lower, upper)


def _solved(wanted: float, first: float, second: float) -> float:
    """Return the share up to which so much of the beta distribution lies, by halving."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _beta(middle, first, second) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _beta(share: float, first: float, second: float) -> float:
    """Return how much of the beta distribution lies below a share."""
    if not 0 < share < 1:
        return share
    if share > (first + 1) / (first + second + 2):
        return 1 - _beta(1 - share, second, first)
    front = math.exp(
        math.lgamma(first + second) - math.lgamma(first) - math.lgamma(second)
        + first * math.log(share) + second * math.log1p(-share)
    )  # fmt: skip
    return front * _fraction(share, first, second) / first


def _fraction(share: float, first: float, second: float) -> float:
    """Return the continued fraction of the incomplete beta function, after Lentz."""
    both = first + second
    above, below = 1.0, 1 / (1 - both * share / (first + 1))
    found = below
    for step in range(1, _TERMS):
        at = first + 2 * step
        even = step * (second - step) * share / ((at - 1) * at)
        odd = -(first + step) * (both + step) * share / (at * (at + 1))
        for term in (even, odd):
            below, above = 1 / (1 + term * below), 1 + term / above
            found *= below * above
        if abs(below * above - 1) < 1e-12:
            break
    return found


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
