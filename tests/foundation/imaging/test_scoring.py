"""An expected value weighed on what a recogniser saw: small columns whose sums are known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.imaging.rules import scoring
from foundation.imaging.rules.scoring import HAN, HOPELESS, NUMBER


def line(*columns):
    """Return columns, each a sign or a mapping of signs to nats below the best; "" is blank."""
    rows = [column if isinstance(column, dict) else {column: 0.0} for column in columns]
    return scoring.unpacked(scoring.packed(rows))


def spelled(text):
    """Return columns that read a text, a blank between signs."""
    return line(*(part for sign in text for part in (sign, "")))


def test_what_is_read_without_a_doubt_has_none():
    assert scoring.doubt(spelled("6228480"), "6228480", kind=NUMBER) == 0


def test_a_second_best_sign_costs_what_it_was_below_the_best():
    seen = line("1", "", {"7": 0, "1": 1.5}, "", "3", "")

    assert scoring.doubt(seen, "173", kind=NUMBER) == 0
    assert scoring.doubt(seen, "113", kind=NUMBER) == 150


def test_a_sign_that_was_nowhere_costs_the_floor_and_no_more():
    assert scoring.doubt(spelled("173"), "183", kind=NUMBER) == 1400


def test_twice_the_same_sign_needs_a_blank_between():
    once, twice = line("1", "1", "1"), line("1", "", "1")

    assert scoring.doubt(twice, "11", kind=NUMBER) == 0
    assert scoring.doubt(once, "11", kind=NUMBER) > 0


def test_signs_that_nobody_tells_apart_are_one():
    assert scoring.doubt(spelled("6228O1"), "622801", kind=NUMBER) == 0
    assert scoring.doubt(spelled("壹仟圆正"), "壹仟元整", kind=HAN) == 0


def test_a_blank_may_be_a_space_as_grids_set_digits_wide():
    seen = line("1", " ", "2", "\u3000", "3")

    assert scoring.doubt(seen, "123", kind=NUMBER) == 0


@pytest.mark.parametrize(
    ("read", "expected", "kind"),
    [("11,000.00", "1,000.00", NUMBER), ("1,000.001", "1,000.00", NUMBER),
     ("贰拾壹元整", "壹元整", HAN)],
)  # fmt: skip
def test_a_part_of_something_longer_is_no_agreement(read, expected, kind):
    assert scoring.doubt(spelled(read), expected, kind=kind) >= 1200


@pytest.mark.parametrize(
    ("read", "expected", "kind"),
    [("¥1,000.00元", "1,000.00", NUMBER), ("人民币壹元整", "壹元整", HAN),
     ("户名李静", "李静", HAN)],
)  # fmt: skip
def test_a_label_or_a_unit_beside_it_makes_no_part_of_it(read, expected, kind):
    assert scoring.doubt(spelled(read), expected, kind=kind) == 0


def test_what_stands_far_away_is_another_thing():
    seen = line("9", *[""] * 12, "1", "", "2", "", "3")

    assert scoring.doubt(seen, "123", kind=NUMBER) == 0


def test_there_is_no_room_for_more_signs_than_columns():
    assert scoring.doubt(line("1", "2"), "123", kind=NUMBER) == HOPELESS
    assert scoring.doubt(line("1"), "", kind=NUMBER) == HOPELESS
    assert scoring.doubt(line("1"), "  ", kind=NUMBER) == HOPELESS


@given(st.text(alphabet="0123456789", min_size=1, max_size=19))
def test_every_number_agrees_with_itself_and_with_no_other_of_one_digit_less(number):
    seen = spelled(number)

    assert scoring.doubt(seen, number, kind=NUMBER) == 0
    if len(number) > 1:
        assert scoring.doubt(seen, number[1:], kind=NUMBER) > 200


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["", "0", "1", "元", " "]),
            st.integers(0, 224).map(lambda sixteenths: sixteenths / 16),
            min_size=1,
        ),
        min_size=1,
        max_size=12,
    ),
    st.text(alphabet="01元", min_size=1, max_size=4),
)
def test_no_doubt_is_negative_or_beyond_hope(columns, text):
    seen = scoring.unpacked(scoring.packed(columns))

    assert 0 <= scoring.doubt(seen, text, kind=NUMBER) <= HOPELESS


def test_what_is_no_columns_is_refused():
    with pytest.raises(ValueError, match="no columns"):
        scoring.unpacked(b"what")


def test_a_strip_is_kept_as_it_was_told():
    frames = scoring.packed([{"1": 0}])
    strip = scoring.Strip("account", "number", "1", 99, (1, 2, 3, 4), frames, "1")

    assert scoring.Strip.told(strip.kept) == strip
