"""The plan of a day: drawn by lot, yet with everything that a demo must have."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from foundation.kernel.calendar import SHANGHAI
from ops_platform.demo import cases, days, house
from ops_platform.demo.cases import (
    AUTOMATIC_FEN,
    ENDINGS,
    LISTED,
    WITHDRAWAL,
    Hours,
    Planner,
    Size,
)

NINE = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)
HOURS = Hours(NINE, NINE + timedelta(hours=8))


def planned(seed: int, size: Size, outlet_count: int = 36) -> list[cases.Case]:
    outlets = [place.number for place in house.outlets(outlet_count)]
    customers = cases.customers(outlets, seed=seed)
    planner = Planner(customers, [one.opening_fen for one in customers], seed=f"{seed}")
    return planner.plant(planner.day(size, HOURS))


def test_one_seed_plans_one_day():
    assert planned(1, Size(60, 20, 3)) == planned(1, Size(60, 20, 3))
    assert planned(1, Size(60, 20, 3)) != planned(2, Size(60, 20, 3))


@pytest.mark.parametrize("seed", range(12))
def test_every_kind_of_wrong_is_planted_whatever_the_lot(seed):
    day = planned(seed, Size(50, 30, 5))

    assert set(cases.PLANTS) <= {case.plant for case in day}
    assert sum(case.ending == "wait" for case in day) == 5


def test_a_bag_of_endings_has_some_of_each_and_the_words_differ_where_the_reason_says_so():
    day = planned(3, Size(160, 160))
    seen = [case for case in day if case.ending != "pass" and not case.plant]

    endings = Counter((case.ending, case.reason) for case in seen)

    for ending, reason, many in ENDINGS:
        assert endings[ending, reason] >= many
    assert all(case.words_fen for case in seen if case.reason == "A07")
    assert not any(case.words_fen for case in seen if case.reason != "A07")


def test_what_only_leads_decide_needs_no_second_lead():
    days_drawn = [planned(seed, Size(60, 30, 3), outlet_count=6) for seed in range(30)]
    seen = [case for day in days_drawn for case in day if case.ending != "book"]
    listed = [case for case in seen if LISTED in (case.payer, case.payee)]

    assert len(listed) > len(days_drawn)
    assert any(case.amount_fen > cases.LEVELS_FROM_FEN for case in seen)
    assert all(case.amount_fen < cases.LEVELS_FROM_FEN for case in listed)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_left_waiting_is_for_people(seed):
    day = planned(seed, Size(60, 20, 8))
    waiting = [one for one in day if one.ending == "wait" and one.trade_code == WITHDRAWAL]

    assert all(one.amount_fen > AUTOMATIC_FEN or one.payer == LISTED for one in waiting)
    assert not any(one.words_fen or one.reason for one in waiting)


def test_customers_come_within_the_hours_most_in_the_two_peaks():
    day = planned(1, Size(400, 40))

    by_hour = Counter(case.at.hour for case in day)
    assert min(by_hour) >= 9
    assert max(by_hour) <= 17
    assert by_hour[10] > by_hour[12] < by_hour[14]


def test_nobody_spends_what_is_not_there():
    outlets = [place.number for place in house.outlets(4)]
    customers = cases.customers(outlets, seed=5)
    left = [one.opening_fen for one in customers]

    for case in planned(5, Size(80, 30, 5), outlet_count=4):
        if case.trade_code in (cases.WITHDRAWAL, cases.TRANSFER, cases.CORPORATE):
            # A missing voucher is a deposit turned withdrawal; it stays small.
            left[case.payer] -= case.amount_fen if case.plant != "voucher_without_journal" else 0

    assert min(left) >= 0


def test_the_day_is_moved_before_the_moment_when_it_is_too_early_to_show():
    early = NINE.replace(hour=5, minute=30)

    hours = days.hours_of(early.date(), until=early)

    assert hours.opens.date() == early.date()
    assert hours.closes == early
    assert timedelta(0) < hours.closes - hours.opens <= timedelta(hours=6)


def test_the_day_ends_at_five_even_when_seen_at_night():
    night = NINE.replace(hour=22)

    hours = days.hours_of(night.date(), until=night)

    assert (hours.opens.hour, hours.closes.hour) == (9, 17)


@pytest.mark.parametrize("seed", range(10))
def test_after_a_day_somebody_of_each_outlet_is_still_well_off(seed):
    outlets = [place.number for place in house.outlets(6)]
    customers = cases.customers(outlets, seed=seed)
    planner = Planner(customers, [one.opening_fen for one in customers], seed=f"{seed}")
    planner.plant(planner.day(Size(60, 16, 3), HOURS))

    for outlet in outlets:
        left = [
            fen
            for one, fen in zip(customers, planner.balances, strict=True)
            if one.outlet == outlet
        ]
        assert max(left) >= 200_000_000
