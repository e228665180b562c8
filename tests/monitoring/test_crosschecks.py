"""Checks beside the comparison: each is evidence, and can keep a voucher from passing."""

from dataclasses import replace

import pytest

from monitoring import rules
from monitoring.rules import Field, Thresholds, crosschecks, judge

SURE = Thresholds(same=80, differs=60)
ACCOUNT = Field("account", "6228480010000000001", "6228480010000000001", 99, "same")
NUMBER = Field("voucher_no", "07447195", "07447195", 99, "same")
AMOUNT = Field("amount", "1,200.00", "1,200.00", 99, "same")
PASSING = (AMOUNT, NUMBER)


def name(read, verdict="differs", sure=95):
    return Field("payer_name", "北京（远方）商贸有限公司", read, sure, verdict)


@pytest.mark.parametrize(
    ("read", "verdict"),
    [
        ("北京(远方)商贸有限公司", "same"),
        ("北京 （远方） 商贸有限公司", "same"),
        ("北京(远方)商货有限公司", "differs"),
    ],
)
def test_a_name_is_the_same_but_for_width_brackets_and_blanks(read, verdict):
    assert crosschecks.name_check(name(read)).verdict == verdict
    assert crosschecks.name_check(name("", "not_found")).verdict == "not_found"


@pytest.mark.parametrize(
    ("ranges", "verdict"),
    [
        ([("07447001", "07447500")], "same"),
        ([("07447001", "07447100")], "differs"),
        ([("07447001", "07447100"), ("07447195", "07447195")], "same"),
        ([("7447001", "7447500")], "differs"),
    ],
)
def test_a_voucher_number_is_in_the_range_of_its_form(ranges, verdict):
    found = crosschecks.range_check(NUMBER, ranges)

    assert (found.verdict, found.confidence) == (verdict, 100)


def test_a_number_read_otherwise_is_judged_as_it_was_read():
    read = replace(NUMBER, read="07449999", verdict="differs", confidence=70)

    found = crosschecks.range_check(read, [("07447001", "07447500")])

    assert (found.read, found.verdict, found.confidence) == ("07449999", "differs", 70)
    assert crosschecks.range_check(NUMBER, []) is None
    assert (
        crosschecks.range_check(replace(NUMBER, read="", verdict="not_found"), [("1", "2")]) is None
    )


@pytest.mark.parametrize(("number", "verdict"), [("1070811036467580994", "same"),
                                                 ("1070811036467580995", "differs")])  # fmt: skip
def test_the_last_digit_stands_beside_the_one_it_must_be(number, verdict):
    found = crosschecks.digit_check(replace(ACCOUNT, expected=number, read=number))

    assert (found.expected, found.read, found.verdict) == ("4", number[-1], verdict)


def test_several_lines_are_told_with_the_sum():
    found = crosschecks.sum_check(AMOUNT, lines_fen=[100_000, 20_000])

    assert (found.name, found.expected) == ("sum_of_lines", "1,000.00 + 200.00")
    assert crosschecks.sum_check(AMOUNT, lines_fen=[120_000]) is None


def test_all_are_made_of_what_there_is():
    found = crosschecks.checks(
        (ACCOUNT, NUMBER, AMOUNT), names=[name("北京(远方)商贸有限公司")],
        ranges=[("07447001", "07447500")], lines_fen=[1, 2],
    )  # fmt: skip

    assert [field.name for field in found] == [
        "payer_name", "number_range", "check_digit", "sum_of_lines",
    ]  # fmt: skip
    assert crosschecks.checks((), names=[name("", "not_found")], ranges=[], lines_fen=[]) == []
    assert {field.name for field in found} <= rules.SUPPORTING


@pytest.mark.parametrize(
    ("check", "result"),
    [
        (Field("check_digit", "4", "5", 100, "differs"), rules.ACCOUNT_DIFF),
        (Field("payer_name", "王小明", "王小红", 95, "differs"), rules.ACCOUNT_DIFF),
        (Field("number_range", "1–2", "3", 100, "differs"), rules.VOUCHER_DIFF),
        (Field("sum_of_lines", "1 + 2", "4", 90, "differs"), rules.AMOUNT_DIFF),
        (Field("payer_name", "王小明", "王小红", 50, "differs"), rules.MATCHED),
        (Field("payer_name", "王小明", "王小明", 50, "same"), rules.MATCHED),
    ],
)
def test_one_that_surely_fails_keeps_a_voucher_from_passing(check, result):
    assert judge((*PASSING, check), thresholds=SURE) == result


def test_checks_alone_make_no_match():
    only = (Field("check_digit", "4", "4", 100, "same"),)

    assert judge(only, thresholds=SURE) == rules.UNREADABLE
