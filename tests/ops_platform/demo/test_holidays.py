"""The demo bank's people enter the holidays that nobody has published yet."""

from datetime import date, datetime

import pytest
from chinese_calendar import constants

from foundation.kernel.calendar import SHANGHAI
from foundation.policy import selectors as policy
from foundation.policy.models import CalendarDay
from ops_platform.demo import holidays
from tests.factories import people


@pytest.fixture
def two(bank):
    return {
        "by": people.staff(bank.branch, "ops_manager"),
        "second": people.staff(bank.branch, "risk_manager"),
    }


def test_they_enter_the_years_after_the_published_ones_to_the_end_of_next_year(two):
    holidays.enter(**two, at=datetime(2027, 1, 4, 15, 0, tzinfo=SHANGHAI))

    known = policy.calendar(on=date(2027, 1, 4))
    assert known.ends == date(2028, 12, 31)
    assert known.previous_business_day(date(2027, 1, 4)) == date(2026, 12, 31)
    assert not known.is_business_day(date(2027, 2, 8)), "the third day of spring festival"
    assert not known.is_business_day(date(2028, 1, 26)), "the lunar new year"
    entered = CalendarDay.objects.filter(on__year__gte=2027)
    assert set(entered.values_list("proposed_by", "approved_by")) == {
        (two["by"].pk, two["second"].pk)
    }


def test_of_a_year_beyond_the_table_the_solar_days_are_entered(two, monkeypatch):
    monkeypatch.setattr(constants, "holidays", {date(2031, 10, 1): "National Day"})
    count = holidays.enter(**two, at=datetime(2031, 6, 2, 9, 0, tzinfo=SHANGHAI))

    assert count == 6
    assert not policy.calendar(on=date(2032, 5, 1)).is_business_day(date(2032, 10, 1))


def test_what_is_published_is_entered_by_nobody(two):
    assert holidays.enter(**two, at=datetime(2025, 6, 2, 9, 0, tzinfo=SHANGHAI)) == 0
