"""Numbers with check digits: what is built is read back, and one wrong digit is refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.kernel import numbering
from foundation.kernel.errors import Refused

SEEDS = st.integers(min_value=0, max_value=10**6)
DAY = date(2026, 11, 23)


def test_an_item_number_says_its_centre_day_and_serial():
    number = numbering.item_number(centre="31", day=DAY, serial=17)

    assert number.startswith("3120261123000017")
    assert len(number) == 17
    assert numbering.parse_item_number(number) == numbering.ItemNumber("31", DAY, 17)


def test_a_centre_gives_out_numbers_up_to_the_sixth_digit():
    assert numbering.item_number(centre="31", day=DAY, serial=999_999)[:16].endswith("999999")
    with pytest.raises(numbering.SerialsExhausted):
        numbering.item_number(centre="31", day=DAY, serial=1_000_000)


@pytest.mark.parametrize(("centre", "serial"), [("3", 1), ("AU", 1), ("31", 0), ("３１", 1)])
def test_an_item_number_of_wrong_parts_is_refused(centre, serial):
    with pytest.raises(ValueError, match="no item"):
        numbering.item_number(centre=centre, day=DAY, serial=serial)


@given(st.integers(min_value=1, max_value=999_999), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_of_an_item_number_is_found(serial, place, shift):
    number = numbering.item_number(centre="31", day=DAY, serial=serial)
    wrong = f"{number[:place]}{(int(number[place]) + shift) % 10}{number[place + 1 :]}"

    with pytest.raises(numbering.NotAnItemNumber):
        numbering.parse_item_number(wrong)


@given(st.integers(min_value=1, max_value=999_999), st.integers(0, 15))
def test_two_exchanged_digits_of_an_item_number_are_found(serial, place):
    number = numbering.item_number(centre="31", day=DAY, serial=serial)
    pair = number[place : place + 2]
    wrong = number[:place] + pair[::-1] + number[place + 2 :]

    if pair[0] != pair[1]:
        with pytest.raises(numbering.NotAnItemNumber):
            numbering.parse_item_number(wrong)


def test_an_item_number_of_a_day_that_never_was_is_refused():
    from stdnum import damm

    body = "3120260230000017"
    with pytest.raises(numbering.NotAnItemNumber):
        numbering.parse_item_number(body + damm.calc_check_digit(body))


@pytest.mark.parametrize(
    ("parse", "good"),
    [
        (numbering.parse_credit_code, "91110000600037341L"),
        (numbering.parse_resident_id, "11010519491231002X"),  # the example of GB 11643
        (numbering.parse_resident_id, "440524188001010014"),  # and its other one
        (numbering.parse_bank_number, "102100099996"),  # published numbers of head offices
        (numbering.parse_bank_number, "105100000017"),
        (numbering.parse_bank_number, "103100000026"),
        (numbering.parse_bank_number, "104100000004"),
        (numbering.parse_bank_number, "308584000013"),
        (numbering.parse_bank_number, "301290000007"),
        (numbering.parse_bank_number, "403100000004"),
        (numbering.parse_account_number, "6222021234567890128"),
    ],
)
def test_a_number_in_use_is_read_and_any_wrong_digit_in_it_refused(parse, good):
    assert parse(good) == good
    for place, right in enumerate(good):
        for digit in set("0123456789") - {right}:
            with pytest.raises(Refused):
                parse(good[:place] + digit + good[place + 1 :])


@pytest.mark.parametrize(
    ("typed", "bare"),
    [
        ("6222 0212 3456 7890 128", "6222021234567890128"),
        ("６２２２０２１２３４５６７８９０１２８", "6222021234567890128"),
        (" 6222021234567890128 ", "6222021234567890128"),
    ],
)
def test_an_account_number_is_read_in_groups_and_full_width(typed, bare):
    assert numbering.parse_account_number(typed) == bare


def test_letters_are_read_as_capitals():
    assert numbering.parse_resident_id("11010519491231002x") == "11010519491231002X"
    assert numbering.parse_credit_code("91110000600037341l") == "91110000600037341L"


@pytest.mark.parametrize(
    "parse",
    [
        numbering.parse_item_number,
        numbering.parse_account_number,
        numbering.parse_credit_code,
        numbering.parse_resident_id,
        numbering.parse_bank_number,
    ],
)
@pytest.mark.parametrize(
    "text", ["", "0", "١٢٣", "6222-0212-3456-7890-128", "622202123456789012²", "\x00", "x" * 999]
)
def test_a_text_of_another_shape_is_refused_and_tied_to_its_field(parse, text):
    with pytest.raises(Refused) as refusal:
        parse(text, field="number")

    assert refusal.value.field == "number"
    assert len(str(refusal.value.params["given"])) <= 40


@pytest.mark.parametrize(
    "number",
    [
        "110105194902300021",  # 30 February
        "160105194912310021",  # no such province
    ],
)
def test_a_resident_id_with_right_check_digit_but_wrong_parts_is_refused(number):
    from stdnum.cn import ric

    with pytest.raises(numbering.NotAResidentId):
        numbering.parse_resident_id(number[:-1] + ric.calc_check_digit(number))


def test_the_birth_date_is_read_from_a_resident_id():
    assert numbering.birth_date("11010519491231002X") == date(1949, 12, 31)
    assert numbering.birth_date("110105") is None


@given(SEEDS)
def test_samples_are_valid_and_the_same_for_the_same_seed(seed):
    account = numbering.sample_account_number(seed, prefix="6200")
    enterprise, person = numbering.sample_credit_code(seed), numbering.sample_resident_id(seed)
    bank = numbering.sample_bank_number(seed)

    assert numbering.parse_account_number(account) == account
    assert numbering.parse_credit_code(enterprise) == enterprise
    assert numbering.parse_resident_id(person) == person
    assert numbering.parse_bank_number(bank) == bank
    assert numbering.sample_resident_id(seed) == person
    assert numbering.sample_credit_code(seed) == enterprise


def test_samples_of_many_seeds_differ_and_belong_to_nobody():
    people = {numbering.sample_resident_id(seed, province="31") for seed in range(2000)}

    assert len(people) > 1990
    assert {number[:6] for number in people} == {"319999"}


@pytest.mark.parametrize(
    "build",
    [
        lambda: numbering.account_number(prefix="6" * 18, serial=1),
        lambda: numbering.account_number(prefix="62", serial=10**16),
        lambda: numbering.account_number(prefix="62", serial=-1),
        lambda: numbering.credit_code(region="1100", serial=1),
        lambda: numbering.credit_code(region="110000", serial=10**8),
        lambda: numbering.resident_id(region="990000", born=DAY, serial=1),
        lambda: numbering.resident_id(region="110101", born=DAY, serial=1000),
        lambda: numbering.bank_number(bank="10", region="1000", serial=1),
    ],
)
def test_a_number_of_wrong_parts_is_not_built(build):
    with pytest.raises(ValueError, match="no "):
        build()
