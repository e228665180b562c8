"""Money of several currencies beside thresholds in yuan and US dollars; cash just under them."""

from datetime import date, timedelta

import pytest

from monitoring.rules import currencies, patterns
from monitoring.rules.aml import Move
from monitoring.rules.currencies import Threshold, weigh

CASH = Threshold(fen=5_000_000, cents=1_000_000)
COMPANY = Threshold(fen=200_000_000, cents=20_000_000)
RATES = {"USD": 7_100_000, "HKD": 910_000, "JPY": 46_500}
ON = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("sums", "least", "basis"),
    [
        ({"CNY": 5_000_000}, CASH, "own"),
        ({"CNY": 4_999_999}, CASH, None),
        ({"USD": 1_000_000}, CASH, "foreign"),
        ({"USD": 999_999}, CASH, None),
        # 1,420,000 yuan are less than the two millions of yuan, and as much as the dollars.
        ({"USD": 20_000_000}, COMPANY, "foreign"),
        ({"HKD": 156_043_957}, COMPANY, "foreign"),
        ({"HKD": 156_043_956}, COMPANY, None),
        ({"CNY": 200_000_000, "USD": 20_000_000}, COMPANY, "each"),
        ({"CNY": 200_000_000, "USD": 1}, COMPANY, "own"),
        # Neither alone: 100,000 dollars and 71 million fen are 200,000 dollars together.
        ({"CNY": 71_000_000, "USD": 10_000_000}, COMPANY, "together"),
        ({"CNY": 70_999_999, "USD": 10_000_000}, COMPANY, None),
        ({"CNY": 2_500_000, "USD": 352_113}, CASH, "together"),
        ({"THB": 1}, CASH, "unrated"),
        ({}, CASH, None),
    ],
)
def test_each_is_weighed_alone_and_then_both_together(sums, least, basis):
    found = weigh(sums, rates=RATES, least=least)

    assert (found.basis if found else None) == basis


def test_worth_is_of_the_currencies_that_are_told_of():
    own = weigh({"CNY": 200_000_000, "USD": 100}, rates=RATES, least=COMPANY)
    both = weigh({"CNY": 71_000_000, "USD": 10_000_000}, rates=RATES, least=COMPANY)

    assert (own.currencies, own.fen) == (("CNY",), 200_000_000)
    assert (both.currencies, both.fen, both.cents) == (
        ("CNY", "USD"), 142_000_000, 20_000_000,
    )  # fmt: skip


def test_without_the_dollar_nothing_foreign_can_be_weighed():
    found = weigh({"HKD": 100}, rates={"HKD": 910_000}, least=CASH)

    assert (found.basis, found.fen, found.cents) == ("unrated", 91, 0)
    assert currencies.fen_of(100, currency="THB", rates=RATES) == 0
    assert currencies.shown(123_456_789, "USD") == "USD 1,234,567.89"


def move(entry_id, fen, currency="CNY"):
    return Move(entry_id, "J", "P", "A", "", "1002", fen, currency, fen)


STRUCTURE = patterns.Structure(CASH, days=5, items=3, percent=80)


def test_the_band_lies_just_under_the_threshold_of_its_currency():
    assert patterns.band("CNY", of=STRUCTURE, rates=RATES) == (4_000_000, 5_000_000)
    assert patterns.band("USD", of=STRUCTURE, rates=RATES) == (800_000, 1_000_000)
    low, most = patterns.band("HKD", of=STRUCTURE, rates=RATES)
    assert weigh({"HKD": most}, rates=RATES, least=CASH).basis == "foreign"
    assert weigh({"HKD": most - 1}, rates=RATES, least=CASH) is None
    assert low == most * 80 // 100
    assert patterns.band("THB", of=STRUCTURE, rates=RATES) is None
    assert STRUCTURE.first(ON) == ON - timedelta(days=4)


@pytest.mark.parametrize(
    ("days", "found"),
    [([0, 1, 2], True), ([0, 0, 1], True), ([0, 0, 0], False), ([1, 2, 3], False), ([0, 1], False)],
)
def test_parts_lie_on_several_days_the_last_of_them_this_one(days, found):
    parts = [(ON - timedelta(days=back), move(9 - back, 4_500_000)) for back in days]

    assert patterns.is_structured(parts, on=ON, of=STRUCTURE) is found


@pytest.mark.parametrize(
    ("moves", "found"),
    [
        ([(True, move(1, 100)), (False, move(2, 95))], True),
        ([(True, move(1, 100)), (False, move(2, 110))], True),
        ([(True, move(1, 100)), (False, move(2, 111))], False),
        ([(True, move(1, 100)), (False, move(2, 89))], False),
        ([(False, move(1, 95)), (True, move(2, 100))], False),
        ([(True, move(1, 9)), (False, move(2, 9))], False),
        ([(False, move(1, 95))], False),
    ],
)
def test_what_came_in_goes_out_after_it_nearly_whole(moves, found):
    assert patterns.passed_through(moves, least=50, percent=90) is found
