"""Seats by quarter of an hour: Erlang's formula for one queue and for split ones, and the gap."""

from datetime import date
from decimal import Decimal

import pytest

from authorization import rules
from authorization.rules import Arrived, Service

ON = date(2026, 11, 23)
LEVEL = Service(within_seconds=10, share_percent=90, target_seconds=25)
TEN = 40  # the quarter that begins at ten


def came(rounds, *, quarter=TEN, skill="CASH", seconds=25, measured=None, on=ON):
    count = rounds if measured is None else measured
    return Arrived(on, quarter, skill, rounds, count, count * seconds * 1000)


def seated(count, *, quarter=TEN):
    return [count if n == quarter else 0 for n in range(rules.QUARTERS)]


def quarter(*rows, seats=0, days=1, service=LEVEL):
    found = rules.quarters(arrived=rows, seated=seated(seats), days=days, service=service)
    assert len(found) == 1
    return found[0]


def test_three_thousand_an_hour_need_25_seats_and_the_old_handling_137():
    """DOMAIN 0.2: 20,000 items a day, 15 % in the peak hour; 25 s now, 150 s before."""
    assert quarter(came(750)).pooled == 25
    assert quarter(came(750, seconds=150)).pooled == 137
    assert quarter(came(750)).load == Decimal("20.83")


def test_three_pools_of_the_same_volume_need_thirty():
    split = quarter(came(250, skill="CASH"), came(250, skill="XFER"), came(250, skill="ACCT"))

    assert (split.pooled, split.split) == (25, 30)


def test_25_seats_take_up_94_of_100_in_time():
    assert int(quarter(came(750), seats=25).in_time) == 94


@pytest.mark.parametrize(("seats", "gap"), [(30, 5), (25, 0), (20, -5)])
def test_the_gap_is_who_sits_less_who_should(seats, gap):
    assert quarter(came(750), seats=seats).gap == gap


def test_too_few_seats_take_up_none_in_time():
    assert quarter(came(750), seats=20).in_time == 0


def test_handling_is_the_quarters_own_else_of_all_else_what_is_aimed_at():
    own, other = rules.quarters(
        arrived=[came(4, seconds=40), came(2, quarter=TEN + 1, measured=0)],
        seated=seated(0), days=1, service=LEVEL,
    )  # fmt: skip
    none = quarter(came(2, measured=0))

    assert (own.handling_seconds, own.measured) == (Decimal("40.0"), True)
    assert (other.handling_seconds, other.measured) == (Decimal("40.0"), False)
    assert (none.handling_seconds, none.measured) == (25, False)


def test_of_several_days_it_is_the_mean():
    found = quarter(came(3), came(1, on=date(2026, 11, 20)), days=2)

    assert found.arrivals == 2


def test_quarters_in_between_stand_there_too():
    found = rules.quarters(
        arrived=[came(1), came(1, quarter=TEN + 3)], seated=seated(0), days=1, service=LEVEL
    )

    assert [one.text for one in found] == ["10:00", "10:15", "10:30", "10:45"]
    assert [one.pooled for one in found] == [1, 0, 0, 1]


def test_who_sits_while_nothing_comes_is_shown():
    found = quarter(seats=3)

    assert (found.arrivals, found.pooled, found.gap, found.in_time) == (0, 0, 3, None)


def test_without_a_number_no_seats_are_said():
    found = quarter(came(4), service=Service(None, 90, 25))

    assert (found.pooled, found.split, found.gap, found.in_time) == (None, None, None, None)
    assert found.load is not None


def test_without_any_handling_time_not_even_the_load():
    assert quarter(came(4, measured=0), service=Service(10, 90, None)).load is None


def test_nothing_at_all_is_no_quarter():
    assert rules.quarters(arrived=[], seated=seated(0), days=0, service=LEVEL) == ()


def test_one_seat_is_the_share_that_erlang_says():
    """With one seat, 1 - load * exp(-(1 - load) * t / s): the M/M/1 queue by hand."""
    share = rules.share_in_time(
        arrivals=Decimal(72), handling_seconds=Decimal(25), within_seconds=10, count=1
    )

    assert share == pytest.approx(Decimal("0.590635"), abs=Decimal("0.00001"))
