"""Office hours: read strictly, in force from a day, and what working time counts by."""

from datetime import date, datetime, time

import pytest

from foundation.kernel.calendar import SHANGHAI, Span
from foundation.people import services as people
from foundation.policy import rules, selectors, services
from tests.foundation.people.conftest import AT

NOON = "09:00-12:00, 13:30-17:00"
MONDAY, NEXT_DAY = date(2026, 11, 23), date(2026, 11, 24)


def test_hours_are_the_stretches_of_a_day():
    assert rules.hours(NOON) == (Span(time(9), time(12)), Span(time(13, 30), time(17)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9:00-17:00",
        "09:00",
        "09:00-24:00",
        "17:00-09:00",
        "09:00-09:00",
        "09:00-12:00,11:00-17:00",
        "13:00-17:00,09:00-12:00",
        "０9:00-17:00",
        "09:00-17:00,",
        "8",
    ],
)
def test_other_texts_are_refused(text):
    with pytest.raises(rules.BadValue):
        rules.value_of(rules.OFFICE_HOURS, text)


def test_working_time_counts_by_the_hours_of_the_day(numbers, manager, risk):
    with people.acting_as_system(reason="test"):
        row = services.propose(
            code=rules.OFFICE_HOURS,
            value=NOON,
            valid_from=NEXT_DAY,
            reason="noon break",
            by=manager,
            at=AT,
        )
        services.approve(policy_id=row.pk, by=risk, at=AT)
        before, after = (selectors.calendar(on=day) for day in (MONDAY, NEXT_DAY))

    noon = [datetime.combine(NEXT_DAY, clock, SHANGHAI) for clock in (time(11, 30), time(14))]
    assert before.working_minutes(*noon) == 150
    assert after.working_minutes(*noon) == 60


def test_hours_are_not_a_number(numbers):
    with pytest.raises(TypeError, match="not a number"):
        selectors.whole(code=rules.OFFICE_HOURS, on=MONDAY)


def test_without_hours_in_force_nothing_is_guessed(db):
    with people.acting_as_system(reason="test"), pytest.raises(rules.NotSet):
        selectors.calendar(on=MONDAY)
