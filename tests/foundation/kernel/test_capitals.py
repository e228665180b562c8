"""Amounts in capitals follow the rules for bills, in every spelling these allow and no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.kernel import capitals
from foundation.kernel.capitals import NotCapitals, NotInCapitals
from foundation.kernel.money import Money
from tests.foundation.kernel.vectors import vectors

VECTORS = vectors("capitals")


def test_there_are_vectors_enough():
    assert len({row["fen"] for row in VECTORS}) == len(VECTORS) >= 60


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["fen"])
def test_an_amount_is_written_and_read_as_the_rules_say(row):
    money = Money(int(row["fen"]))

    assert money.capitals() == row["capitals"]
    assert money.capitals(bill=True) == "人民币" + row["capitals"]
    for spelling in [row["capitals"], *row.get("also", [])]:
        assert Money.parse_capitals(spelling) == money
        assert Money.parse_capitals("人民币" + spelling) == money


@given(st.integers(min_value=0, max_value=17).flatmap(lambda n: st.integers(0, 10**n - 1)))
def test_what_is_written_is_read_back(fen):
    assert capitals.parse(capitals.write(fen)) == fen


@given(st.text(alphabet="零壹贰玖拾佰仟万亿元角分整", max_size=12))
def test_a_text_means_one_amount_or_is_refused(text):
    try:
        fen = capitals.parse(text)
    except NotCapitals:
        return
    assert sum(char in "壹贰玖" for char in text) == sum(
        char in "壹贰玖" for char in capitals.write(fen)
    )


@pytest.mark.parametrize("row", vectors("not_capitals"), ids=lambda row: ascii(row["text"]))
def test_a_text_that_the_rules_do_not_write_is_refused(row):
    with pytest.raises(NotCapitals):
        Money.parse_capitals(row["text"])


def test_a_refused_text_is_tied_to_its_field():
    with pytest.raises(NotCapitals) as refusal:
        Money.parse_capitals("壹", field="amount_words")
    assert refusal.value.field == "amount_words"


@pytest.mark.parametrize("fen", [-1, 10**17])
def test_there_are_no_capitals_below_zero_or_beyond_fifteen_digits(fen):
    with pytest.raises(NotInCapitals):
        Money(fen).capitals()


@pytest.mark.parametrize("wrong", [True, 1.0, "1", None])
def test_capitals_of_anything_but_whole_fen_are_refused(wrong):
    with pytest.raises(TypeError):
        capitals.write(wrong)
