"""Shares, changes, quarters, heat, ages, and links that say what they open."""

from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import parse_qs

import pytest

from dashboards import rules

CUT = rules.Cut(on=date(2026, 11, 23), until=datetime(2026, 11, 23, 10, 42, tzinfo=UTC), under=7)


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(0, 0, None), (0, 4, "0.0"), (1, 3, "33.3"), (3, 3, "100.0")]
)
def test_a_share_of_nothing_is_not_zero(part, whole, shown):
    assert rules.percent(part, whole) == (None if shown is None else Decimal(shown))


@pytest.mark.parametrize(("now", "before", "grew"), [(5, 0, None), (6, 4, "50.0"), (3, 4, "-25.0")])
def test_growth_needs_something_to_grow_from(now, before, grew):
    assert rules.change(now, before) == (None if grew is None else Decimal(grew))


def test_quarters_leave_no_gap():
    assert list(rules.quarters(34, 37)) == [34, 35, 36, 37]
    assert list(rules.quarters()) == []
    assert [rules.quarter_text(number) for number in (0, 34, 95)] == ["00:00", "08:30", "23:45"]


@pytest.mark.parametrize(
    ("share", "most", "level"),
    [(None, "9", 0), ("0", "9", 0), ("0.1", "9", 1), ("9", "9", 9), ("4.5", "9", 4), ("1", "0", 0)],
)
def test_heat_is_measured_by_the_hottest(share, most, level):
    given = None if share is None else Decimal(share)

    assert rules.heat(given, Decimal(most)) == level


def test_a_link_says_everything_that_was_counted():
    said = parse_qs(CUT.link("rejected", hour=0, place=12))

    assert said == {
        "figure": ["rejected"],
        "on": ["2026-11-23"],
        "until": ["2026-11-23T10:42:00+00:00"],
        "under": ["7"],
        "hour": ["0"],
        "place": ["12"],
    }


def test_the_day_before_ends_at_the_same_time():
    earlier = CUT.earlier(date(2026, 11, 20))

    assert (earlier.on, earlier.until) == (
        date(2026, 11, 20),
        datetime(2026, 11, 20, 10, 42, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [(0, 0, False), (1, 1, False), (2, 2, False), (3, 3, True), (6, 40, False), (10, 40, True)],
)
def test_a_share_stands_out_when_chance_does_not_explain_it(part, whole, told):
    assert rules.stands_out(part, whole, of=60, among=1000) is told


def test_nothing_stands_out_of_a_day_without_decisions():
    assert not rules.stands_out(0, 0, of=0, among=0)


def test_every_alert_has_a_kind_that_is_drawn():
    assert {kind for kind, _text in rules.ALERTS.values()} <= {"bad", "warn"}
