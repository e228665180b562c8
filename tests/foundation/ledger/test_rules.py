"""Legs, ids, fingerprints: what needs no database."""

from __future__ import annotations

from datetime import date

import pytest

from foundation.ledger import rules
from foundation.ledger.rules import Leg


@pytest.mark.parametrize("day", [date(2000, 1, 1), date(2026, 11, 23), date(2089, 12, 31)])
def test_an_id_says_its_day(day):
    first, last = rules.ids_of(day)

    assert rules.day_of(first) == rules.day_of(last) == day
    assert rules.day_of(first - 1) != day != rules.day_of(last + 1)
    assert last < 2**53, "a browser must not round it"


@pytest.mark.parametrize("number", [0, 5, 999_999_0000000000, 10**18, -1])
def test_a_number_without_a_day_says_none(number):
    assert rules.day_of(number) is None


def test_a_leg_is_a_whole_number_of_fen():
    with pytest.raises(TypeError):
        Leg("1", 1.5)


def test_the_fingerprint_depends_on_every_part_and_not_on_their_order():
    print_of = rules.fingerprint

    assert print_of({"a": 1, "b": [2]}) == print_of({"b": [2], "a": 1})
    assert print_of({"a": 1}) != print_of({"a": 2})
    assert print_of({"a": "1"}) != print_of({"a": 1})


@pytest.mark.parametrize("code", sorted(rules.BY_CODE))
def test_every_answer_of_the_database_is_a_refusal_of_that_code(code):
    _kind, names = rules.BY_CODE[code]

    assert rules.refusal(code, " ".join("x" for _ in names.split())).code == code


def test_an_odd_account_number_is_told_as_it_was_given():
    assert "a b" in str(rules.refusal("E4004", "a b"))
    assert rules.refusal("E4004", "").params["account"] == ""
