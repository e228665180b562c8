"""Money is read strictly, counted whole and divided without losing a fen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.kernel.money import Money, NotMoney
from tests.foundation.kernel.vectors import vectors

AMOUNTS = vectors("amounts")
FEN = st.integers(min_value=0, max_value=10**17 - 1)


@pytest.mark.parametrize("row", AMOUNTS, ids=lambda row: ascii(row["text"]))
def test_an_amount_is_read_as_a_teller_types_it_or_refused(row):
    if row["fen"] is None:
        with pytest.raises(NotMoney):
            Money.parse(row["text"])
    else:
        assert Money.parse(row["text"]) == Money(int(row["fen"]))


@given(FEN)
def test_what_is_printed_is_read_back(fen):
    money = Money(fen)

    assert Money.parse(str(money)) == money
    assert Money.parse(money.format(commas=False)) == money
    assert Money.parse(money.format(symbol="¥")) == money


@given(st.text())
def test_any_text_is_an_amount_or_refused_by_name(text):
    try:
        money = Money.parse(text)
    except NotMoney:
        return
    assert 0 <= money.fen < 10**17


def test_a_refused_amount_is_tied_to_its_field_and_shown_without_what_would_reorder_it():
    with pytest.raises(NotMoney) as refusal:
        Money.parse("\u202e1" + "9" * 60, field="amount")

    assert refusal.value.field == "amount"
    given_back = str(refusal.value.params["given"])
    assert "\u202e" not in given_back
    assert len(given_back) == 41


def test_an_amount_below_zero_is_read_only_where_signs_are_wanted():
    assert Money.parse("-1,234.50", signed=True) == Money(-123450)
    assert Money.parse("－１", signed=True) == Money(-100)
    for zero in ("-0", "-0.00"):
        with pytest.raises(NotMoney):
            Money.parse(zero, signed=True)


@pytest.mark.parametrize("wrong", [True, 1.0, "1", None])
def test_money_of_anything_but_a_whole_number_is_refused(wrong):
    with pytest.raises(TypeError):
        Money(wrong)


@pytest.mark.parametrize("wrong", [1.5, Money(1)])
def test_money_is_multiplied_by_whole_numbers_only(wrong):
    with pytest.raises(TypeError):
        Money(100) * wrong


def test_money_is_added_compared_and_printed():
    assert Money(100) + Money(23) - Money(3) == Money(120)
    assert -Money(5) < Money(0) < Money(5)
    assert abs(Money(-5)) == Money(5)
    assert 3 * Money(5) == Money(5) * 3 == Money(15)
    assert Money.total([Money(1), Money(2)]) == Money(3)
    assert Money.total([]) == Money(0)
    assert not Money(0)
    assert Money(-1)
    assert str(Money(-123456789)) == "-1,234,567.89"
    assert str(Money(-5)) == "-0.05"
    assert f"{Money(5)}" == "0.05"


@given(
    st.integers(min_value=-(10**17), max_value=10**17),
    st.lists(st.integers(min_value=0, max_value=10**6), min_size=1).filter(any),
)
def test_a_division_loses_no_fen_and_is_fair_to_one_fen(fen, weights):
    shares = Money(fen).allocate(weights)

    assert Money.total(shares) == Money(fen)
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share.fen * sum(weights) - fen * weight) < sum(weights)


def test_a_division_gives_the_odd_fen_to_the_largest_remainder_and_then_in_order():
    assert Money(100).allocate([1, 1, 1]) == (Money(34), Money(33), Money(33))
    assert Money(5).allocate([3, 7]) == (Money(2), Money(3))
    assert Money(-100).allocate([1, 1, 1]) == (Money(-34), Money(-33), Money(-33))


@pytest.mark.parametrize("weights", [[], [0], [1, -1], [2, -1], [1.0, 1]])
def test_a_division_by_wrong_weights_is_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        Money(100).allocate(weights)
