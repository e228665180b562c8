"""Dates in capitals carry the zeros and ones that keep them from being altered."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.kernel import dates
from foundation.kernel.dates import NotDateInCapitals
from tests.foundation.kernel.vectors import vectors


@pytest.mark.parametrize("row", vectors("dates"), ids=lambda row: row["date"])
def test_a_date_is_written_and_read_as_the_rules_say(row):
    day = date.fromisoformat(row["date"])

    assert dates.write(day) == row["capitals"]
    assert dates.parse(row["capitals"]) == day
    for loose in row.get("loosely", []):
        assert dates.parse(loose, lenient=True) == day
        with pytest.raises(NotDateInCapitals):
            dates.parse(loose)


@given(st.dates())
def test_what_is_written_is_read_back(day):
    assert dates.parse(dates.write(day)) == day


def test_no_two_days_of_a_year_are_written_alike():
    days = [date.fromordinal(date(2028, 1, 1).toordinal() + n) for n in range(366)]

    assert len({dates.write(day) for day in days}) == 366


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026年11月23日",
        "二零二六年壹拾壹月贰拾叁日",
        "贰零贰陆年壹拾壹月贰拾叁",
        "贰零贰柒年零贰月贰拾玖日",  # never was
        "贰零贰陆年壹拾叁月零壹日",
        "贰零贰陆年叁月叁拾贰日",
        "贰零贰陆年叁月零日",
        "贰零贰陆年叁月零零壹日",
        "贰零贰陆年叁月壹壹日",
        "贰零贰陆年叁月拾拾日",
        "零零零零年叁月零壹日",
        "贰零贰陆年叁月零壹日\n",
        "贰陆年叁月零壹日",
    ],
)
def test_a_text_that_is_no_date_is_refused_even_when_lenient(text):
    with pytest.raises(NotDateInCapitals) as refusal:
        dates.parse(text, lenient=True, field="issued_on")
    assert refusal.value.field == "issued_on"
