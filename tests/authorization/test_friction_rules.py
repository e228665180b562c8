"""What friction is reckoned from: rates, extra seconds, months, and how sure a zero is."""

from datetime import date
from decimal import Decimal

import pytest

from authorization import rules
from authorization.rules import Friction, Month


def test_rates_are_of_a_hundred_and_unknown_of_nothing():
    line = Friction("1002", submitted=50, held=40, decided=30, returned=3, rejected=2, first=26)

    assert (line.returns_per_100, line.rejects_per_100) == (Decimal("10.0"), Decimal("6.7"))
    assert line.first_pass == Decimal("65.0")
    assert Friction("1002").returns_per_100 is None
    assert Friction("1002").view_seconds is None


def test_extra_seconds_are_what_the_usual_does_not_explain():
    line = Friction(back_ended=2, back_seconds=700, straight=4, straight_seconds=400)

    assert line.extra_seconds == 500


def test_without_a_usual_the_extra_seconds_are_not_known_and_without_returns_none():
    assert Friction(back_ended=1, back_seconds=300).extra_seconds is None
    assert Friction(straight=3, straight_seconds=90).extra_seconds == 0


@pytest.mark.parametrize(
    ("items", "most"), [(1, "95.00"), (30, "9.51"), (100, "2.96"), (300, "1.00"), (3000, "0.10")]
)
def test_the_bound_of_a_rate_that_was_never_seen(items, most):
    """Clopper and Pearson's exact bound; 3/n is its approximation."""
    assert rules.refusal_rate_most(items) == Decimal(most)
    assert items < 30 or abs(Decimal(300) / items - rules.refusal_rate_most(items)) < 1


def test_of_nothing_seen_nothing_is_sure():
    assert rules.refusal_rate_most(0) == 100


def test_months_go_over_the_turn_of_the_year():
    assert str(Month(date(2026, 11, 1)).plus(2)) == "2027-01"
    assert Month(date(2026, 1, 1)).plus(-1).first == date(2025, 12, 1)
    assert Month(date(2028, 2, 1)).last == date(2028, 2, 29)


def test_together_the_extra_seconds_are_the_sum_of_what_is_known():
    known = Friction("1002", back_ended=1, back_seconds=500, straight=2, straight_seconds=200)
    unknown = Friction("1101", back_ended=1, back_seconds=900)

    assert Friction(parts=(known, unknown)).extra_seconds == known.extra_seconds == 400
