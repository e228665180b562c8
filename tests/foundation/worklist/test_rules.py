"""How long a job pauses, and what a dispatcher must say."""

from datetime import date, datetime, time, timedelta

import pytest

from foundation.kernel import calendar
from foundation.kernel.calendar import SHANGHAI, Calendar, Span
from foundation.kernel.errors import Refused
from foundation.worklist import rules


@pytest.mark.parametrize(
    ("attempts", "spread", "pause"),
    [
        (0, 0, timedelta(seconds=2)),
        (1, 0, timedelta(seconds=4)),
        (1, 50, timedelta(seconds=6)),
        (30, 0, timedelta(minutes=10)),
    ],
)
def test_a_failed_job_pauses_longer_each_time(attempts, spread, pause):
    assert rules.backoff(attempts, spread) == pause


def test_a_dispatcher_gives_a_reason():
    with pytest.raises(rules.ReasonMissing):
        rules.check_reason("  ")


def test_a_reason_is_kept_without_blanks_around_it():
    assert rules.check_reason(" 客户等待 ") == "客户等待"


NINE = datetime(2026, 11, 23, 9, 0, tzinfo=calendar.SHANGHAI)
HOURS = calendar.Calendar(
    hours={day: (calendar.Span(time(9), time(17)),) for day in range(5)}, holidays=frozenset()
)


def clocks(whole, *, holdings=(), suspensions=(), hours=None, at):
    return rules.clocks(
        whole=whole, holdings=holdings, suspensions=suspensions, calendar=hours, at=at
    )


def minutes(count):
    return timedelta(minutes=count)


def test_an_item_that_waits_still_has_only_waited():
    seen = clocks(rules.Stretch(NINE), at=NINE + minutes(5))

    assert (seen.waiting, seen.held, seen.suspended) == (minutes(5), minutes(0), minutes(0))


def test_time_in_hand_and_aside_is_not_waiting():
    seen = clocks(
        rules.Stretch(NINE, NINE + minutes(60)),
        holdings=[rules.Stretch(NINE + minutes(5), NINE + minutes(7))],
        suspensions=[rules.Stretch(NINE + minutes(10), NINE + minutes(40))],
        at=NINE + minutes(90),
    )

    assert (seen.waiting, seen.held, seen.suspended) == (minutes(28), minutes(2), minutes(30))
    assert seen.counted == minutes(30)


def test_a_night_does_not_count_as_waiting():
    evening = NINE.replace(hour=16, minute=50)

    seen = clocks(rules.Stretch(evening), hours=HOURS, at=evening + timedelta(hours=17))

    assert seen.waiting == minutes(60)


def test_work_after_hours_counts_as_work():
    late = NINE.replace(hour=18)

    seen = clocks(
        rules.Stretch(NINE.replace(hour=16), late + minutes(10)),
        holdings=[rules.Stretch(late, late + minutes(10))],
        hours=HOURS,
        at=late + minutes(10),
    )

    assert (seen.waiting, seen.held) == (minutes(60), minutes(10))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (65, "1:05"), (3599, "59:59"), (3723, "1:02:03"), (-5, "0:00")],
)
def test_a_time_is_read_as_from_a_clock(seconds, text):
    assert rules.clock_text(timedelta(seconds=seconds)) == text


def test_what_reads_backwards_is_no_reason():
    with pytest.raises(Refused):
        rules.check_reason("ok\u202e")


class TestWorkingTime:
    """Friday 16:00 to Monday 10:00 by the week of an office that works from nine to five."""

    WEEK = Calendar(
        hours={day: (Span(time(9), time(17)),) for day in range(5)}, ends=date(2026, 12, 31)
    )
    FRIDAY = datetime(2026, 11, 27, 16, tzinfo=SHANGHAI)
    MONDAY = datetime(2026, 11, 30, 10, tzinfo=SHANGHAI)

    def test_a_weekend_is_nobodys_delay(self):
        assert rules.elapsed(self.WEEK, self.FRIDAY, self.MONDAY) == timedelta(hours=2)
        assert rules.due(self.WEEK, self.FRIDAY, timedelta(hours=2)) == self.MONDAY

    def test_at_the_counter_every_second_counts(self):
        assert rules.elapsed(None, self.FRIDAY, self.MONDAY) == self.MONDAY - self.FRIDAY
        assert rules.due(None, self.FRIDAY, timedelta(seconds=30)) == self.FRIDAY.replace(second=30)

    def test_beyond_the_calendar_work_goes_on_by_every_hour(self):
        eve = datetime(2026, 12, 31, 16, tzinfo=SHANGHAI)
        later = eve + timedelta(days=2)

        assert rules.elapsed(self.WEEK, eve, later) == timedelta(days=2)
        assert rules.due(self.WEEK, eve, timedelta(hours=2)) == eve + timedelta(hours=2)

    def test_backwards_is_nothing(self):
        assert rules.elapsed(self.WEEK, self.MONDAY, self.FRIDAY) == timedelta(0)
