"""Working days, cut-offs and working time, on both sides of every edge."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.kernel.calendar import SHANGHAI, Calendar, CalendarEnds, Span, local

MORNING, AFTERNOON = Span(time(8, 30), time(12)), Span(time(13, 30), time(17))
# The week of the national holiday of 2026: off from 1 to 7 October, Saturday 10 is made up.
OCTOBER = Calendar(
    hours=dict.fromkeys(range(5), (MORNING, AFTERNOON)),
    holidays={date(2026, 10, day) for day in range(1, 8)},
    workdays={date(2026, 10, 10)},
    ends=date(2026, 12, 31),
)
MOMENTS = st.integers(min_value=0, max_value=90 * 24 * 3600).map(
    lambda seconds: datetime(2026, 9, 1, tzinfo=SHANGHAI) + timedelta(seconds=seconds)
)


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, second, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # a Saturday made up
        (date(2026, 10, 11), False),
        (date(2026, 10, 17), False),
    ],
)
def test_a_day_is_worked_or_off(day, worked):
    assert OCTOBER.is_business_day(day) is worked


def test_business_days_are_found_across_the_holiday():
    assert OCTOBER.next_business_day(date(2026, 9, 30)) == date(2026, 10, 8)
    assert OCTOBER.previous_business_day(date(2026, 10, 8)) == date(2026, 9, 30)
    assert OCTOBER.business_day_from(date(2026, 10, 3)) == date(2026, 10, 8)
    assert OCTOBER.business_day_from(date(2026, 10, 8)) == date(2026, 10, 8)


def test_business_days_are_added_and_counted():
    assert OCTOBER.add_business_days(date(2026, 9, 30), 3) == date(2026, 10, 10)
    assert OCTOBER.add_business_days(date(2026, 10, 10), -3) == date(2026, 9, 30)
    assert OCTOBER.add_business_days(date(2026, 10, 3), 0) == date(2026, 10, 3)
    assert OCTOBER.business_days_between(date(2026, 9, 30), date(2026, 10, 10)) == 3
    assert OCTOBER.business_days_between(date(2026, 10, 10), date(2026, 9, 30)) == -3
    assert OCTOBER.business_days_between(date(2026, 10, 8), date(2026, 10, 8)) == 0


def test_a_made_up_day_takes_the_hours_of_a_weekday_unless_it_has_its_own():
    saturday = Span(time(9), time(12))
    weekend = Calendar(
        hours={0: (MORNING,), 5: (saturday,)}, workdays={date(2026, 10, 10), date(2026, 10, 11)}
    )

    assert weekend.spans(date(2026, 10, 10)) == (saturday,)
    assert weekend.spans(date(2026, 10, 11)) == (MORNING,)
    assert OCTOBER.spans(date(2026, 10, 1)) == ()


@pytest.mark.parametrize(
    ("moment", "value_date"),
    [
        (at(8, 16, 59, 59), date(2026, 10, 8)),
        (at(8, 17), date(2026, 10, 9)),
        (at(8, 0), date(2026, 10, 8)),
        (at(10, 17, 1), date(2026, 10, 12)),
        (at(3, 9), date(2026, 10, 8)),
        (datetime(2026, 10, 8, 8, 59, 59, tzinfo=UTC), date(2026, 10, 8)),
        (datetime(2026, 10, 8, 9, tzinfo=UTC), date(2026, 10, 9)),
        (datetime(2026, 10, 7, 16, tzinfo=UTC), date(2026, 10, 8)),
    ],
)
def test_work_counts_on_its_day_before_the_cut_off_and_on_the_next_from_then_on(moment, value_date):
    assert OCTOBER.value_date(moment, cut_off=time(17)) == value_date


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (at(8, 8, 29, 59), False),
        (at(8, 8, 30), True),
        (at(8, 11, 59, 59), True),
        (at(8, 12), False),
        (at(8, 13, 30), True),
        (at(8, 17), False),
        (at(1, 9), False),
    ],
)
def test_working_hours_begin_with_their_first_second_and_end_before_their_last(moment, is_open):
    assert OCTOBER.is_open(moment) is is_open


@pytest.mark.parametrize(
    ("since", "until", "minutes"),
    [
        (at(8, 9), at(8, 9), 0),
        (at(8, 9), at(8, 9, 0, 59), 0),
        (at(8, 9), at(8, 9, 1), 1),
        (at(8, 8), at(8, 8, 30), 0),
        (at(8, 8), at(8, 8, 31), 1),
        (at(8, 11, 59), at(8, 13, 31), 2),  # the midday rest does not count
        (at(8, 0), at(8, 23), 420),
        (at(8, 16, 59), at(9, 8, 31), 2),  # nor the night
        (datetime(2026, 9, 30, 16, 50, tzinfo=SHANGHAI), at(8, 8, 40), 20),  # nor the holiday
        (at(10, 8), at(12, 8), 420),  # but the Saturday made up
        (at(8, 9, 1), at(8, 9), -1),
        (at(8, 9, 1, 30), at(8, 9), -1),
        (datetime(2026, 10, 8, 1, tzinfo=UTC), at(8, 9, 30), 30),
    ],
)
def test_only_time_within_working_hours_is_counted(since, until, minutes):
    assert OCTOBER.working_minutes(since, until) == minutes


@pytest.mark.parametrize(
    ("since", "minutes", "due"),
    [
        (at(8, 9), 0, at(8, 9)),
        (at(8, 9), 30, at(8, 9, 30)),
        (at(8, 7), 30, at(8, 9)),
        (at(8, 11, 30), 30, at(8, 12)),
        (at(8, 11, 30), 31, at(8, 13, 31)),
        (at(8, 17), 1, at(9, 8, 31)),
        (at(3, 12), 421, at(9, 8, 31)),
    ],
)
def test_a_deadline_falls_within_working_hours(since, minutes, due):
    assert OCTOBER.after_working_minutes(since, minutes) == due


@pytest.mark.parametrize(
    ("until", "minutes", "since"),
    [
        (at(8, 9), 0, at(8, 9)),
        (at(8, 9, 30), 30, at(8, 9)),
        (at(8, 14), 31, at(8, 11, 59)),
        (at(9, 8, 31), 2, at(8, 16, 59)),
    ],
)
def test_looking_back_only_working_hours_are_counted(until, minutes, since):
    assert OCTOBER.before_working_minutes(until, minutes) == since


@given(MOMENTS, st.integers(min_value=0, max_value=3000))
def test_since_then_exactly_that_much_time_was_worked(until, minutes):
    since = OCTOBER.before_working_minutes(until, minutes)

    assert OCTOBER.working_time(since, until) == timedelta(minutes=minutes)


@given(MOMENTS, st.integers(min_value=0, max_value=3000))
def test_by_the_deadline_exactly_that_much_time_was_worked(since, minutes):
    due = OCTOBER.after_working_minutes(since, minutes)

    assert OCTOBER.working_time(since, due) == timedelta(minutes=minutes)


@given(MOMENTS, MOMENTS, MOMENTS)
def test_working_time_adds_up_over_any_moment_between(first, second, third):
    whole = OCTOBER.working_time(first, third)

    assert whole == OCTOBER.working_time(first, second) + OCTOBER.working_time(second, third)
    assert whole == -OCTOBER.working_time(third, first)


def test_a_moment_without_a_zone_is_refused():
    naive = datetime(2026, 10, 8, 9)  # noqa: DTZ001
    for ask in (
        lambda: local(naive),
        lambda: OCTOBER.is_open(naive),
        lambda: OCTOBER.working_minutes(naive, at(8, 9)),
        lambda: OCTOBER.working_minutes(at(8, 9), naive),
        lambda: OCTOBER.value_date(naive, cut_off=time(17)),
        lambda: OCTOBER.after_working_minutes(naive, 1),
    ):
        with pytest.raises(ValueError, match="no time zone"):
            ask()


def test_a_deadline_is_not_counted_backwards():
    with pytest.raises(ValueError, match="forwards"):
        OCTOBER.after_working_minutes(at(8, 9), -1)
    with pytest.raises(ValueError, match="backwards from the end"):
        OCTOBER.before_working_minutes(at(8, 9), -1)


def test_beyond_the_entered_holidays_the_calendar_refuses_to_guess():
    assert OCTOBER.is_business_day(date(2026, 12, 31))
    with pytest.raises(CalendarEnds) as refusal:
        OCTOBER.next_business_day(date(2026, 12, 31))
    assert refusal.value.params == {"day": date(2027, 1, 1), "end": date(2026, 12, 31)}


def test_a_calendar_without_work_or_with_a_day_both_on_and_off_is_refused():
    day = date(2026, 10, 10)
    with pytest.raises(ValueError, match="at least one"):
        Calendar(hours={})
    with pytest.raises(ValueError, match="at least one"):
        Calendar(hours={0: ()})
    with pytest.raises(ValueError, match="weekdays 0 to 6"):
        Calendar(hours={7: (MORNING,)})
    with pytest.raises(ValueError, match="both holiday and workday"):
        Calendar(hours={0: (MORNING,)}, holidays={day}, workdays={day})


def test_spans_that_overlap_or_run_backwards_are_refused():
    with pytest.raises(ValueError, match="follow one another"):
        Calendar(hours={0: (AFTERNOON, MORNING)})
    with pytest.raises(ValueError, match="no stretch"):
        Span(time(12), time(12))


def test_a_calendar_that_never_opens_again_is_found_out():
    closed = {date(2026, 1, 1) + timedelta(days=n) for n in range(800)}
    shut = Calendar(hours=dict.fromkeys(range(7), (MORNING,)), holidays=closed)

    with pytest.raises(ValueError, match="no business day"):
        shut.next_business_day(date(2026, 1, 1))
