"""Numbers of slips, the keys of their items, gaps in a book, and what is not for paper."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorization.rules import offline as rules
from foundation.kernel import numbering
from foundation.kernel.errors import Refused

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SERIALS = st.integers(1, numbering.SERIAL_MAX)


def code_of(step, *args, **given):
    with pytest.raises(Refused) as refused:
        step(*args, **given)
    return refused.value.code


@given(SERIALS, st.integers(0, 12), st.integers(1, 9))
def test_a_wrong_digit_is_found(serial, place, by):
    number = rules.number_of(outlet="110801", serial=serial)
    digit = str((int(number[place]) + by) % 10)

    assert rules.read_number(f" {number[:6]} {number[6:]} ") == number
    assert code_of(rules.read_number, number[:place] + digit + number[place + 1 :]) == "E2100"


@given(SERIALS, SERIALS)
def test_a_number_has_one_key(one, other):
    first, second = (rules.number_of(outlet="110801", serial=each) for each in (one, other))

    assert (rules.key_of(first) == rules.key_of(second)) is (one == other)


@pytest.mark.parametrize("outlet", ["11080", "1108011", "11080a"])
def test_an_outlet_has_six_digits(outlet):
    with pytest.raises(ValueError, match="no slip"):
        rules.number_of(outlet=outlet, serial=1)


@pytest.mark.parametrize(
    ("states", "gaps"),
    [
        ("uuu", ()), ("euu", ()), ("ueu", (0,)), ("uuk", (0, 1)), ("suue", (1, 2)), ("mue", (1,)),
        ("", ()),
    ],
)  # fmt: skip
def test_what_stands_unused_before_a_used_one_is_a_gap(states, gaps):
    words = {"u": "unused", "k": "keyed", "e": "entered", "s": "spoiled", "m": "missing"}

    assert rules.gaps([words[one] for one in states]) == gaps


@pytest.mark.parametrize(("count", "outlet"), [(0, True), (101, True), (5, False)])
def test_a_book_is_of_an_outlet_and_can_be_counted(count, outlet):
    assert code_of(rules.check_book, count, is_outlet=outlet) == "E2106"


@pytest.mark.parametrize(
    ("began", "ended"), [(NOON, NOON), (NOON, NOON - HOUR), (NOON - HOUR, NOON + HOUR)]
)
def test_a_time_is_over_when_it_is_declared(began, ended):
    assert code_of(rules.check_period, began, ended, now=NOON) == "E2108"


def test_three_parts_are_three_people():
    one, two = uuid4(), uuid4()
    rules.check_people(one, two, None)

    assert code_of(rules.check_people, one, two, one) == "E2104"


@pytest.mark.parametrize(
    ("since", "until", "fen", "fits"),
    [
        (NOON, None, 100, True), (NOON, NOON + HOUR, 100, True), (NOON + HOUR, None, 100, False),
        (NOON - HOUR, NOON, 100, False), (NOON, None, 101, False),
    ],
)  # fmt: skip
def test_who_decides_was_registered_then_for_the_amount(since, until, fen, fits):
    found = [rules.Registered(since, until, 100)]
    if fits:
        rules.check_registered(found, at=NOON, amount_fen=fen)
    else:
        assert code_of(rules.check_registered, found, at=NOON, amount_fen=fen) == "E2103"


@pytest.mark.parametrize(
    "asks",
    [
        {"levels": 2}, {"call": True}, {"listed": True}, {"own_account": True},
        {"trade_code": "1202"},
    ],
)  # fmt: skip
def test_what_is_not_for_paper_is_refused_with_one_text(asks):
    plain = {"trade_code": "1002", "levels": 1, "call": False, "listed": False}
    rules.check_asks(rules.Asks(**plain))

    assert code_of(rules.check_asks, rules.Asks(**(plain | asks))) == "E2105"
