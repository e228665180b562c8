"""The nearest wrong records, and the curve of what a limit of doubt lets pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.imaging.rules import nearest, proving, scoring
from foundation.imaging.rules._fields import luhn_holds
from foundation.imaging.rules.nearest import Known
from foundation.imaging.rules.scoring import Strip

LINES = proving.Lines(same=200, large=50, differs=800, large_fen=10**12)


def strip(zone, *columns):
    frames = scoring.packed(columns)
    text = "".join(min(column, key=column.get) for column in columns)
    return Strip(zone, "number", text, 90, (0, 0, 9, 9), frames)


def number(text, **nats):
    return [column for sign in text for column in ({sign: 0.0, **nats}, {"": 0.0})]


@given(st.integers(1, 10**11), st.integers(0, 10**18 - 1), st.text(max_size=5))
def test_each_differs_in_one_field_and_none_is_the_record(fen, stem, seed):
    account = f"{stem:018}" + nearest.check_digit(f"{stem:018}")
    record = {"account": account, "amount": fen, "journal_no": "112300001742"}

    found = list(nearest.nearest(record, seed=seed))

    assert all(record[name] != value for name, value in found)
    assert {name for name, _ in found} == {*record}
    assert any(name == "account" and luhn_holds(value) for name, value in found)


def test_the_same_seed_gives_the_same_records():
    record = {"account": "6228480402564890018", "amount": 5}

    assert [*nearest.nearest(record, seed="1")] == [*nearest.nearest(record, seed="1")]


@pytest.mark.parametrize("record", [{}, {"account": "A1"}, {"amount": 0}, {"account": "1"}])
def test_what_has_no_digits_has_no_nearest(record):
    assert not [*nearest.nearest(record, seed="1")]


def known(read, expected, *, agrees, wrong=()):
    strips = {1: [strip("voucher_no", *read)]}
    own = proving.proofs(expected=expected, strips=strips)
    weighed = tuple(
        (expected | {name: value},
         nearest.weighed_wrong(own, name, proving.proofs(expected={name: value}, strips=strips)))
        for name, value in wrong
    )  # fmt: skip
    return Known(expected, agrees, own, weighed)


def test_the_curve_sets_what_people_look_at_against_what_is_missed():
    expected = {"voucher_no": "12"}
    clear = known(number("12"), expected, agrees=True, wrong=[("voucher_no", "72")])
    worn = known([{"7": 0.0, "1": 1.5}, {"": 0.0}, {"2": 0.0}, {"": 0.0}], expected, agrees=True)
    missed = known([{"7": 0.0, "1": 2.8}, {"": 0.0}, {"2": 0.0}, {"": 0.0}], expected, agrees=False)

    points = {point.doubt: point for point in nearest.curve([clear, worn, missed], lines=LINES)}

    assert (points[100].manual, points[100].missed) == (2, 0)
    assert (points[150].manual, points[150].missed) == (1, 0)
    assert (points[300].manual, points[300].missed) == (0, 1)
    assert all(point.wrong_passed == 0 and point.wrong == 1 for point in points.values())
