"""When the automatic tier may decide, and when what it passed wrongly ends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from authorization.rules import publishing as rules
from foundation.kernel import chance
from foundation.kernel.errors import Refused
from tests.factories.people import DAY

BOUNDS = rules.Bounds(most_fen=10_000_000, days=90, sample_percent=5)
TERMS = rules.Terms(most_fen=10_000_000, until=DAY + timedelta(days=90), sample_percent=5)
PLAIN = rules.Waits(
    state="queued",
    trade_code="1002",
    amount_fen=6_000_000,
    levels_needed=1,
    call_needed=False,
    in_emergency=False,
    screened_clear=True,
)


@pytest.mark.parametrize(
    ("chosen", "codes"), [("CASH", ("1001", "1002")), ("XFER", ("1101",)), ("1002", ("1002",))]
)
def test_a_group_stands_for_its_transactions_that_have_a_form(chosen, codes):
    assert rules.codes_of(chosen) == codes


@pytest.mark.parametrize("chosen", ["1202", "1003", "ACCT", "nothing"])
def test_openings_and_what_no_form_takes_are_never_published(chosen):
    with pytest.raises(Refused) as refused:
        rules.codes_of(chosen)

    assert refused.value.code == "E2097"


def test_terms_at_the_bounds_are_taken():
    rules.check_terms(TERMS, BOUNDS, on=DAY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"most_fen": 10_000_001},
        {"most_fen": 0},
        {"until": DAY - timedelta(days=1)},
        {"until": DAY + timedelta(days=91)},
        {"sample_percent": 4},
        {"sample_percent": 101},
    ],
)
def test_terms_beyond_them_are_refused(wrong):
    with pytest.raises(Refused) as refused:
        rules.check_terms(replace(TERMS, **wrong), BOUNDS, on=DAY)

    assert refused.value.code == "E2096"


@pytest.mark.parametrize(
    ("part", "whole", "allowed"),
    [(98, 100, True), (97, 100, False), (99, 99, False), (0, 0, False)],
)
def test_a_set_has_agreed_often_enough_or_is_told_how_often(part, whole, allowed):
    agreement = chance.share(part=part, whole=whole)
    if allowed:
        rules.check_compared("1002", agreement, least=100, percent=98)
        return
    with pytest.raises(Refused) as refused:
        rules.check_compared("1002", agreement, least=100, percent=98)

    assert refused.value.code == "E2090"
    assert refused.value.params["said"] == whole


@pytest.mark.parametrize(
    ("part", "whole", "ends"),
    [
        (0, 0, False),
        (0, 10, False),  # the upper bound alone is 28 %, of nothing found
        (1, 10, False),  # the lower bound is 1.8 %
        (1, 3, True),  # the lower bound is 6 %
        (0, 200, False),  # the upper bound is 1.9 %
        (1, 200, True),  # and with one 2.8 %
    ],
)
def test_of_few_the_lower_bound_ends_it_of_many_the_upper(part, whole, ends):
    wrong = chance.share(part=part, whole=whole)

    assert rules.is_too_wrong(wrong, least=200, per_mille=20) is ends


@pytest.mark.parametrize(
    ("change", "alone"),
    [
        ({}, True),
        ({"amount_fen": 10_000_000}, True),
        ({"amount_fen": 10_000_001}, False),
        ({"trade_code": "1101"}, False),
        ({"trade_code": "1202"}, False),
        ({"levels_needed": 2}, False),
        ({"call_needed": True}, False),
        ({"in_emergency": True}, False),
        ({"state": "viewing"}, False),
        ({"state": "on_hold"}, False),
        ({"state": "escalated"}, False),
    ],
)
def test_only_what_is_plain_small_and_waits_is_decided_alone(change, alone):
    item = replace(PLAIN, **change)

    found = rules.decides_alone(item, codes=["1002", "1202"], most_fen=10_000_000)

    assert found is alone
