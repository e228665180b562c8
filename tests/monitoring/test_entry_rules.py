"""What may be keyed, who keys, and what two answers come to: decided without a database."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.rules import Field, entry


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("amount", "1,234.5", "123450"),
        ("amount", "￥１２３４．５０", "123450"),
        ("amount_words", "10000", "1000000"),
        ("account", "6222 0000-1", "622200001"),
        ("voucher_no", "ab12", "AB12"),
        ("amount", " ？ ", "?"),
    ],
)
def test_what_is_keyed_is_kept_in_one_form(field, typed, kept):
    assert entry.clean_value(field, typed) == kept


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("amount", ""), ("amount", "-1"), ("amount", "1.234"), ("amount", "1e9"), ("amount", "x"),
        ("account", "六二"), ("account", "1" * 33), ("voucher_no", "=1+1"), ("account", "؏"),
    ],
)  # fmt: skip
def test_what_cannot_stand_in_the_field_is_refused(field, typed):
    with pytest.raises(entry.NotAValue):
        entry.clean_value(field, typed)


@given(st.integers(0, 10**13))
def test_an_amount_is_shown_as_it_would_be_keyed(fen):
    assert entry.clean_value("amount", entry.shown("amount", str(fen))) == str(fen)


def test_two_key_from_the_amount_on():
    assert entry.keyers_needed(fen=4_999_999, two_from_fen=5_000_000) == 1
    assert entry.keyers_needed(fen=5_000_000, two_from_fen=5_000_000) == 2


@pytest.mark.parametrize(
    ("values", "needed", "step"),
    [
        (["1"], 1, "agree"),
        (["1"], 2, "key"),
        (["1", "1"], 2, "agree"),
        (["1", "2"], 2, "dispute"),
    ],
)
def test_what_the_answers_come_to(values, needed, step):
    assert entry.after_keying(values, needed=needed) == step


def test_nobody_keys_twice():
    person = uuid4()
    entry.check_keyer(person=uuid4(), before=[person])
    with pytest.raises(entry.KeyedByYou):
        entry.check_keyer(person=person, before=[person])


def test_controls_come_every_so_often_or_never():
    assert [n for n in range(1, 9) if entry.is_control(n, every=4)] == [4, 8]
    assert not any(entry.is_control(n, every=0) for n in range(9))


def test_what_people_read_stands_as_certain():
    read = Field("amount", "1000.00", "1O00.00", 40, "differs")
    account = Field("account", "6222 0000", "", 0, "not_found")

    answers = {"amount": "100000", "account": "?"}
    amount, left = entry.with_answers([read, account], answers, fen=100_000)

    assert (amount.verdict, amount.confidence) == ("same", 100)
    assert left == account
    (other,) = entry.with_answers([read], {"amount": "1"}, fen=100_000)
    assert other.verdict == "differs"


def test_figures_of_a_keyer():
    work = entry.Work(10, 300, 60_000, 8, 6, 2, 1)

    assert (work.per_hour, str(work.accuracy), str(work.control_accuracy)) == (
        18_000, "75.0", "50.0",
    )  # fmt: skip
    nothing = entry.Work(0, 0, 0, 0, 0, 0, 0)
    assert (nothing.per_hour, nothing.accuracy) == (None, None)


def test_the_life_of_a_slice():
    assert set(entry.SLICE_FLOW.terminal) == set(entry.ENDED)
    assert set(entry.SLICE_OPEN) | set(entry.ENDED) == set(entry.SLICE_FLOW.states)
