"""What the hours of a shift are, and when somebody in it sits at the desk."""

from datetime import date, time

import pytest

from foundation.people import rules
from foundation.people.rules import Hours

EARLY = Hours(time(8, 30), time(17), time(11, 30), time(12, 15))


@pytest.mark.parametrize(
    ("at", "seated"),
    [
        (time(8, 15), False), (time(8, 30), True), (time(11, 15), True), (time(11, 30), False),
        (time(12), False), (time(12, 15), True), (time(16, 45), True), (time(17), False),
    ],
)  # fmt: skip
def test_seated_is_inside_the_shift_and_not_in_the_break(at, seated):
    assert EARLY.seated(at) is seated


def test_a_shift_without_a_break_is_seated_throughout():
    assert Hours(time(9), time(12)).seated(time(10))


@pytest.mark.parametrize(
    "hours",
    [
        Hours(time(17), time(8, 30)),
        Hours(time(9), time(9)),
        Hours(time(9, 10), time(17)),
        Hours(time(9), time(17), time(12), None),
        Hours(time(9), time(17), time(12), time(12)),
        Hours(time(9), time(17), time(8), time(12)),
        Hours(time(9), time(17), time(16), time(17, 15)),
        Hours(time(9), time(17), time(13), time(12)),
    ],
)
def test_hours_out_of_order_are_refused(hours):
    with pytest.raises(rules.ShiftUnclear):
        rules.check_hours(hours)


def test_hours_in_order_are_taken():
    rules.check_hours(EARLY)


@pytest.mark.parametrize(("day", "known"), [(22, False), (22, True), (23, True)])
def test_a_shift_does_not_begin_in_the_past(day, known):
    with pytest.raises(rules.ShiftTooSoon):
        rules.check_shift_day(date(2026, 11, day), known=known, today=date(2026, 11, 23))


def test_a_new_shift_may_begin_today():
    rules.check_shift_day(date(2026, 11, 23), known=False, today=date(2026, 11, 23))
