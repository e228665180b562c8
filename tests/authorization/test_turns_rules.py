"""Which item goes first: weights in seconds of waiting, and age that wins in the end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorization import rules

NUMBERS = {
    "authorization.weight_cash_seconds": 10,
    "authorization.weight_amount_seconds": 20,
    "authorization.weight_from_fen": 50_000_000,
    "authorization.weight_customer_seconds": 40,
    "authorization.customer_from_fen": 100_000_000,
}
MOST = 10 + 20 + 40


def ahead(code="1101", fen=100, balance=None, numbers=None):
    turn = rules.Turn(rules.CATALOGUE[code], fen, balance)
    return rules.seconds_ahead(turn, NUMBERS if numbers is None else numbers)


@pytest.mark.parametrize(
    ("item", "seconds"),
    [
        ({}, 0),
        ({"code": "1002"}, 10),
        ({"fen": 49_999_999}, 0),
        ({"fen": 50_000_000}, 20),
        ({"balance": 99_999_999}, 0),
        ({"balance": 100_000_000}, 40),
        ({"code": "1001", "fen": 50_000_000, "balance": 10**12}, MOST),
    ],
)
def test_each_weight_adds_its_seconds_from_its_edge_on(item, seconds):
    assert ahead(**item) == seconds


@pytest.mark.parametrize("lacking", sorted(NUMBERS))
def test_what_is_not_in_force_weighs_nothing(lacking):
    numbers = {code: value for code, value in NUMBERS.items() if code != lacking}

    assert ahead("1002", 10**12, 10**12, numbers) < MOST


@given(
    code=st.sampled_from(sorted(rules.TRADE_CODES)),
    fen=st.integers(0, 10**13),
    balance=st.none() | st.integers(0, 10**13),
    waited=st.integers(MOST + 1, 10**6),
)
def test_what_waited_longer_than_all_weights_goes_before_whatever_comes(code, fen, balance, waited):
    """Turns are moments: the one that came `waited` seconds ago, and the one that comes now."""
    assert -waited < -ahead(code, fen, balance)
