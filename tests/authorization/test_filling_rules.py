"""What the reading of a voucher fills in, and what a teller keys in any case."""

from __future__ import annotations

import pytest

from authorization import rules


def filled(code, *read):
    values = [rules.Read(*one) for one in read]
    return rules.filled(rules.CATALOGUE[code], values, least=85)


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("1001", {"voucher_no": "voucher_no", "payee_name": "payer_name"}),
        ("1002", {"voucher_no": "voucher_no"}),
        (
            "1101",
            {
                "voucher_no": "voucher_no",
                "payee_name": "payee_name",
                "payee_account": "payee_account",
            },
        ),
        ("1202", {"voucher_no": "voucher_no"}),
    ],
)
def test_the_account_and_the_amount_are_always_keyed(code, fields):
    assert rules.fillable(rules.CATALOGUE[code]) == fields


@pytest.mark.parametrize(
    ("read", "fields"),
    [
        ([("voucher_no", "10240001", 85)], {"voucher_no": "10240001"}),
        ([("voucher_no", "10240001", 84)], {}),
        ([("voucher_no", "10240001", 90), ("voucher_no", "10240007", 90)], {}),
        (
            [("voucher_no", "10240001", 90), ("voucher_no", "10240007", 60)],
            {"voucher_no": "10240001"},
        ),
        ([("amount", "¥1.00", 99), ("account", "6228", 99)], {}),
    ],
)
def test_only_what_is_read_surely_and_in_one_way_fills(read, fields):
    assert filled("1002", *read) == fields


def test_what_is_named_unconfirmed_is_of_the_form():
    named = "voucher_no, purpose,nothing"

    assert rules.unconfirmed(named, ["key", "voucher_no", "purpose"]) == ("voucher_no", "purpose")
    assert rules.unconfirmed("", ["voucher_no"]) == ()
