"""What sets of the automatic tier say: a table of lines, and what cannot be written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from authorization.rules import tier as rules
from authorization.rules.tier import Seen
from foundation.kernel.errors import Refused

PLAIN = Seen(
    trade_code="1002",
    amount_fen=6_000_000,
    sure=96,
    names_equal=True,
    accounts_active=True,
    voucher_unused=True,
    images_complete=True,
    day_fen=1_000_000,
    last_approved=5,
    teller_refused=1,
)
HOLDS = [
    ("code 1101 1002", {}),
    ("amount_from 60,000.00", {}),
    ("amount_below 60,000.01", {}),
    ("day_below 70,000.01", {}),
    ("read_equal 96", {}),
    ("differs 90", {"differs": 90}),
    ("amount_differs 95", {"amount_differs": 99}),
    ("names_equal", {}),
    ("accounts_active", {}),
    ("accounts_barred", {"accounts_active": False}),
    ("voucher_unused", {}),
    ("voucher_used", {"voucher_unused": False}),
    ("images_complete", {}),
    ("images_missing", {"images_complete": False}),
    ("last_approved 5", {}),
    ("refused_most 1", {}),
]
HOLDS_NOT = [
    ("code 1101", {}),
    ("amount_from 60,000.01", {}),
    ("amount_below 60,000.00", {}),
    ("day_below 70,000.00", {}),
    ("read_equal 97", {}),
    ("read_equal 0", {"sure": None}),
    ("differs 91", {"differs": 90}),
    ("differs 0", {}),
    ("amount_differs 0", {}),
    ("amount_differs 95", {"differs": 99}),
    ("names_equal", {"names_equal": False}),
    ("accounts_active", {"accounts_active": False}),
    ("accounts_barred", {}),
    ("voucher_unused", {"voucher_unused": False}),
    ("voucher_used", {}),
    ("images_complete", {"images_complete": False}),
    ("images_missing", {}),
    ("last_approved 6", {}),
    ("refused_most 0", {}),
]


def says(*lines, seen=PLAIN):
    return rules.judge(rules.read_set(lines), seen)


def test_the_tables_know_every_condition():
    for table in (HOLDS, HOLDS_NOT):
        assert {text.split()[0] for text, _seen in table} == set(rules.KINDS)


@pytest.mark.parametrize(("text", "seen"), HOLDS)
def test_a_condition_that_holds_lets_its_line_speak(text, seen):
    judged = says(f"reject A07: {text}", seen=replace(PLAIN, **seen))

    assert (judged.outcome, judged.reason, judged.line) == ("reject", "A07", 1)
    assert judged.held == (text,)


@pytest.mark.parametrize(("text", "seen"), HOLDS_NOT)
def test_one_that_does_not_leaves_it_to_people(text, seen):
    judged = says(f"reject A07: {text}", seen=replace(PLAIN, **seen))

    assert judged == rules.Judged("human", "", 0, ())


@pytest.mark.parametrize(
    ("lines", "outcome", "line"),
    [
        (["pass: read_equal 90; names_equal"], "pass", 1),
        (["pass: read_equal 90; code 1101", "pass: read_equal 90"], "pass", 2),
        (["human: amount_from 1.00", "pass: read_equal 90"], "human", 1),
        (["pass: read_equal 90", "reject A07: amount_from 1.00"], "pass", 1),
        (["reject A07: amount_from 1.00", "pass: read_equal 90"], "reject", 1),
        (["pass: read_equal 99", "pass: read_equal 90; accounts_barred"], "human", 0),
    ],
)
def test_the_first_line_speaks_whose_conditions_all_hold(lines, outcome, line):
    judged = says(*lines)

    assert (judged.outcome, judged.line) == (outcome, line)


def test_every_condition_that_held_is_kept_once_whichever_line_spoke():
    judged = says("pass: read_equal 99; names_equal", "pass: read_equal 90; names_equal")

    assert judged.held == ("names_equal", "read_equal 90")


def test_a_set_is_kept_as_it_is_read_again():
    typed = [
        "pass ： read_equal 90； amount_below 100000；code 1002  1101",
        "reject A07:voucher_used",
    ]

    kept = [str(line) for line in rules.read_set(typed)]

    assert kept == [
        "pass: read_equal 90; amount_below 100,000.00; code 1002 1101",
        "reject A07: voucher_used",
    ]
    assert rules.read_set(kept) == rules.read_set(typed)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "E2085"),
        (["human: names_equal"] * 31, "E2085"),
        (["maybe: names_equal"], "E2084"),
        (["names_equal"], "E2084"),
        (["human: nothing_known"], "E2084"),
        (["human: names_equal 5"], "E2084"),
        (["human: code 9999"], "E2084"),
        (["human: code"], "E2084"),
        (["human: amount_from much"], "E2084"),
        (["human: amount_from -1.00"], "E2084"),
        (["human: read_equal 101"], "E2084"),
        (["human: read_equal"], "E2084"),
        (["human: last_approved 21"], "E2084"),
        ([f"human: {'code 1002 ' * 40}"], "E2084"),
        (["human: ;"], "E2086"),
        (["pass: names_equal"], "E2086"),
        (["pass A07: read_equal 90"], "E2086"),
        (["human A07: names_equal"], "E2086"),
        (["reject: names_equal"], "E2086"),
        (["reject A01: names_equal"], "E2086"),
        (["reject A99: names_equal"], "E2086"),
    ],
)
def test_what_is_no_set_is_refused(lines, code):
    with pytest.raises(Refused) as refused:
        rules.read_set(lines)

    assert refused.value.code == code
