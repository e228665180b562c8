"""Typed text is made plain, and what identifies a customer is shown only in part."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.kernel import text
from foundation.kernel.text import HiddenText, TextTooLong


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("张三", "张三"),
        ("  张\t三\r\n ", "张 三"),
        ("张\u3000三", "张 三"),
        ("张\u200b三", "张三"),
        ("张 \u200b 三", "张 三"),
        ("a\x07b\x1fc", "ab c"),
        ("e\u0301", "é"),
        ("\ufeffABC\u00ad", "ABC"),
        ("𠮷野", "𠮷野"),
        ("（中国）有限公司", "（中国）有限公司"),
        ("", ""),
        ("\u200e\n", ""),
    ],
)
def test_a_text_is_kept_plain(typed, kept):
    assert text.clean_text(typed, 20) == kept


def test_line_ends_stay_where_they_are_wanted():
    assert text.clean_text("a \r\n\n b\x00"[:-1], 20, lines=True) == "a\n\nb"
    assert text.clean_text("\n\na\nb\n", 20, lines=True) == "a\nb"


@pytest.mark.parametrize("char", ["\u202a", "\u202e", "\u2066", "\u2069", "\x00", "\ud800"])
def test_a_text_that_reorders_or_cannot_be_stored_is_refused(char):
    with pytest.raises(HiddenText) as refusal:
        text.clean_text(f"张{char}三", 20, field="payee")
    assert refusal.value.field == "payee"


@pytest.mark.parametrize(
    ("typed", "number"),
    [("0", 0), ("007", 7), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("9" * 5000, None),
     ("", None), ("-1", None), ("+1", None), (" 1", None), ("1_0", None), ("1.0", None),
     ("²", None), ("٣", None), ("２", None), ("1\n", None), ("\x00", None)],
)  # fmt: skip
def test_a_number_is_read_from_plain_digits_only(typed, number):
    assert text.whole(typed) == number


def test_a_number_of_more_digits_than_are_wanted_is_none():
    assert text.whole("2026", digits=4) == 2026
    assert text.whole("20261", digits=4) is None


@pytest.mark.parametrize(
    ("typed", "can"),
    [
        ("", True),
        ("张三 😀 \n\u202e", True),
        ("a\x00", False),
        ("\ud800", False),
    ],
)
def test_what_a_row_can_hold(typed, can):
    assert text.storable(typed) is can


def test_a_text_is_refused_rather_than_cut():
    assert text.clean_text("甲" * 20 + " ", 20) == "甲" * 20
    with pytest.raises(TextTooLong) as refusal:
        text.clean_text("甲" * 21, 20)
    assert refusal.value.params == {"length": 21, "limit": 20}


@given(st.text())
def test_cleaning_twice_changes_nothing_more(typed):
    try:
        once = text.clean_text(typed, 10**6, lines=True)
    except HiddenText:
        return
    assert text.clean_text(once, 10**6, lines=True) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not any(unicodedata.category(c) in {"Cc", "Cf"} for c in once if c != "\n")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ABC（北京）公司", "abc(北京) 公司"),
        ("张 三", "张三"),
        ("ＡＢＣ", "abc"),
        ("阿卜杜拉·买买提", "阿卜杜拉·买买提"),
    ],
)
def test_two_spellings_of_one_name_have_one_key(one, other):
    assert text.name_key(one) == text.name_key(other)


def test_two_names_have_two_keys():
    assert text.name_key("张三") != text.name_key("张三丰")


@pytest.mark.parametrize(
    ("mask", "full", "shown"),
    [
        (text.mask_account, "6222021234567890128", "622202*********0128"),
        (text.mask_account, "6222 0212 3456 7890 128", "622202*********0128"),
        (text.mask_account, "62220212345", "622202*2345"),
        (text.mask_account, "6222021234", "********34"),
        (text.mask_account, "123", "***"),
        (text.mask_account, "", ""),
        (text.mask_id, "11010519491231002X", "110***********002X"),
        (text.mask_id, "G1234567", "G12*4567"),
        (text.mask_id, "1234567", "******7"),
        (text.mask_mobile, "13800001234", "138****1234"),
        (text.mask_name, "张三", "张*"),
        (text.mask_name, "欧阳娜娜", "欧*"),
        (text.mask_name, "张", "张*"),
        (text.mask_name, "阿不都热西提", "阿*"),
        (text.mask_name, "北京远方商贸有限公司", "北京***公司"),
        (text.mask_name, "某公司", "某*"),
        (text.mask_name, " ", ""),
    ],
)
def test_what_identifies_a_customer_is_masked(mask, full, shown):
    assert mask(full) == shown


@given(st.text(alphabet="0123456789X", min_size=1))
def test_a_mask_keeps_the_length_and_never_shows_all(number):
    for mask in (text.mask_account, text.mask_id, text.mask_mobile):
        assert len(mask(number)) == len(number)
        assert "*" in mask(number)


def test_an_account_number_is_shown_in_groups_of_four():
    assert text.group_by_four("6222021234567890128") == "6222 0212 3456 7890 128"
    assert text.group_by_four("6222 0212") == "6222 0212"
    assert not text.group_by_four("")
