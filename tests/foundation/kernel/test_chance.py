"""What chance explains: tails, intervals and agreement, against values worked out elsewhere."""

from decimal import Decimal
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.kernel import chance


@pytest.mark.parametrize(
    ("part", "whole", "lower", "upper"),
    # Wilson's interval of 95 %, as tables of statistics give it.
    [(0, 50, "0.00", "7.13"), (1, 10, "1.79", "40.42"), (50, 50, "92.87", "100.00")],
)
def test_an_interval_is_that_of_the_tables(part, whole, lower, upper):
    found = chance.share(part=part, whole=whole)

    assert (found.lower, found.upper) == (Decimal(lower), Decimal(upper))
    assert found.percent == Decimal(part * 100) / whole


def test_a_share_of_nothing_is_none():
    assert chance.share(part=0, whole=0).percent is None


@given(st.integers(0, 60), st.integers(1, 60), st.integers(1, 99))
def test_a_tail_is_the_sum_of_what_it_is_made_of(part, whole, percent):
    share = Fraction(percent, 100)
    exact = sum(
        comb(whole, n) * share**n * (1 - share) ** (whole - n) for n in range(part, whole + 1)
    )

    found = chance.upper_tail(part=part, whole=whole, chance=percent / 100)

    assert found == pytest.approx(float(exact), rel=1e-9, abs=1e-300)


@pytest.mark.parametrize(("share", "tail"), [(0.0, 0.0), (1.0, 1.0)])
def test_what_never_or_always_happens_has_its_tail(share, tail):
    assert chance.upper_tail(part=1, whole=3, chance=share) == tail


def test_agreement_is_that_of_the_textbook():
    # Two readers of 50 applications: 20 both yes, 15 both no, 5 and 10 apart.
    assert chance.kappa(both=20, first_only=5, second_only=10, neither=15) == Decimal("0.40")


@pytest.mark.parametrize("cells", [(0, 0, 0, 0), (9, 0, 0, 0), (0, 0, 0, 4)])
def test_agreement_where_nobody_could_differ_is_no_news(cells):
    names = ("both", "first_only", "second_only", "neither")
    assert chance.kappa(**dict(zip(names, cells, strict=True))) is None


def test_agreement_worse_than_chance_is_below_nothing():
    assert chance.kappa(both=0, first_only=5, second_only=5, neither=0) == Decimal("-1.00")


@pytest.mark.parametrize(
    ("part", "whole", "lower", "upper"),
    [
        (0, 50, 0.0, 0.0711), (1, 50, 0.0005, 0.1065), (5, 100, 0.0164, 0.1128),
        (50, 50, 0.9289, 1.0), (3, 100_000, 0.0000062, 0.0000877),
    ],
)  # fmt: skip
def test_the_exact_interval_is_that_of_tables(part, whole, lower, upper):
    found = chance.exact(part=part, whole=whole)

    assert found.lower == pytest.approx(lower, abs=0.00005)
    assert found.upper == pytest.approx(upper, abs=0.00005)


def test_the_tails_beyond_the_exact_interval_are_two_and_a_half_percent():
    found = chance.exact(part=7, whole=90)

    assert chance.upper_tail(part=7, whole=90, chance=found.lower or 0) == pytest.approx(0.025)
    assert 1 - chance.upper_tail(part=8, whole=90, chance=found.upper or 0) == pytest.approx(0.025)


def test_of_nothing_there_is_no_interval():
    assert chance.exact(part=0, whole=0) == chance.Bounds(None, None)
