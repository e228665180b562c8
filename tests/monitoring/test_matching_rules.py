"""The matcher of an outlet's day: keys first, order for the rest, the same answer every time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.rules import matching
from monitoring.rules.matching import ACCOUNT, AGAIN, NUMBER, ORDER, PART, SUM, VOUCHER, Found

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def line(n, **changed):
    """Return the n-th line of a day; no two have a value in common."""
    row = matching.LineRow(
        key=f"J{n:04}",
        place=n,
        account=f"62220000{n * 7919:09}",
        fen=1000_00 + n * 137,
        voucher_no=f"1023{n:08}",
        teller=f"22010{n % 3}",
        at=START + timedelta(minutes=n),
    )
    return replace(row, **changed)


def sheet(n, of=None, *read, **changed):
    """Return the n-th sheet, on which these fields of a line were read."""
    fields = {}
    if of is not None:
        fields = {name: {"journal_no": of.key}.get(name) or getattr(of, name) for name in read}
    return matching.SheetRow(key=1000 + n, place=n, **fields | changed)


EVERYTHING = ("journal_no", "voucher_no", "account", "fen", "teller")


def found_of(lines, sheets):
    return [(one.line, one.sheet - 1000, one.how) for one in matching.align(lines, sheets)]


def test_the_printed_number_comes_first_in_whatever_order():
    lines = [line(n) for n in range(4)]
    sheets = [sheet(n, lines[3 - n], *EVERYTHING) for n in range(4)]

    assert found_of(lines, sheets) == [(f"J{n:04}", 3 - n, NUMBER) for n in range(4)]


def test_voucher_number_and_account_then_account_amount_and_teller():
    lines = [line(0), line(1)]
    sheets = [
        sheet(0, lines[1], "account", "fen", "teller"),
        sheet(1, lines[0], "voucher_no", "account"),
    ]

    assert found_of(lines, sheets) == [("J0000", 1, VOUCHER), ("J0001", 0, ACCOUNT)]


def test_a_print_of_another_time_is_not_the_key():
    lines = [line(0), line(1)]
    late = sheet(0, lines[0], "account", "fen", "teller", at=lines[0].at + timedelta(minutes=6))
    near = replace(late, at=lines[0].at + timedelta(minutes=5))

    assert [how for _line, _sheet, how in found_of(lines, [late])] == [ORDER]
    assert [how for _line, _sheet, how in found_of(lines, [near])] == [ACCOUNT]


def test_a_print_of_another_time_is_kept_away_from_no_other_key():
    lines = [line(0)]
    late = sheet(0, lines[0], "account", "voucher_no", at=lines[0].at + timedelta(hours=2))

    assert [how for _line, _sheet, how in found_of(lines, [late])] == [VOUCHER]


def test_what_is_booked_for_another_day_is_compared_by_the_hour():
    lines = [line(0)]
    print_ = sheet(0, lines[0], "account", "fen", "teller", at=lines[0].at - timedelta(days=1))

    assert [how for _line, _sheet, how in found_of(lines, [print_])] == [ACCOUNT]


def test_twins_are_told_apart_by_the_printed_time():
    twin = line(9, account=line(0).account, fen=line(0).fen, teller=line(0).teller)
    lines = [line(0), twin]
    sheets = [sheet(n, lines[1 - n], "account", "fen", "teller", "at") for n in range(2)]

    assert found_of(lines, sheets) == [("J0000", 1, ACCOUNT), ("J0009", 0, ACCOUNT)]


def test_twins_are_told_apart_by_their_order():
    twin = line(1, account=line(0).account, fen=line(0).fen, teller=line(0).teller)
    lines = [line(0), twin]
    sheets = [sheet(n, lines[n], "account", "fen", "teller") for n in range(2)]

    assert found_of(lines, sheets) == [("J0000", 0, ORDER), ("J0001", 1, ORDER)]


def test_further_sheets_that_print_the_number_are_parts():
    lines = [line(0)]
    sheets = [sheet(n, lines[0], "journal_no") for n in range(3)]

    assert [how for _line, _sheet, how in found_of(lines, sheets)] == [NUMBER, PART, PART]


def test_the_same_voucher_once_more_is_told_apart_from_its_attachments():
    one = line(0)
    sheets = [
        sheet(0, one, "journal_no", "teller"),
        sheet(1, one, *EVERYTHING),
        sheet(2, one, "journal_no", "account", teller="999999"),
        sheet(3, one, "journal_no", teller="999999"),
    ]

    assert found_of([one], sheets) == [
        ("J0000", 0, PART), ("J0000", 1, NUMBER), ("J0000", 2, AGAIN), ("J0000", 3, PART),
    ]  # fmt: skip


@pytest.mark.parametrize("other", [{"fen": 1}, {"account": "6217" * 4}, {"voucher_no": "77"}])
def test_a_sheet_that_prints_the_number_and_says_otherwise_is_no_part(other):
    lines = [line(0)]
    right, wrong = sheet(0, lines[0], *EVERYTHING), sheet(1, lines[0], *EVERYTHING, **other)

    assert found_of(lines, [right, wrong]) == [("J0000", 0, NUMBER)]
    assert found_of(lines, [replace(right, place=2), wrong]) == [("J0000", 0, NUMBER)]


def test_a_sheet_whose_number_is_misread_finds_the_line_that_it_is_of():
    lines = [line(0), line(1)]
    misread = sheet(1, lines[1], *EVERYTHING, journal_no=lines[0].key)

    found = found_of(lines, [sheet(0, lines[0], *EVERYTHING), misread])

    assert found == [("J0000", 0, NUMBER), ("J0001", 1, VOUCHER)]


def test_what_prints_the_number_of_a_line_that_has_its_voucher_is_beside_it():
    taken = line(0)
    sheets = [
        sheet(0, taken, *EVERYTHING), sheet(1, taken, "journal_no"),
        sheet(2, taken, "journal_no", fen=1),
    ]  # fmt: skip

    found = matching.align([], sheets, taken=[taken])

    assert [(one.sheet - 1000, one.how) for one in found] == [(0, AGAIN), (1, PART)]


def test_one_voucher_for_several_lines():
    lines = [line(n, account="6222000000000000001", voucher_no="") for n in range(3)]
    whole = sheet(0, fen=sum(one.fen for one in lines), account="6222000000000000001")

    assert found_of(lines, [whole]) == [(f"J{n:04}", 0, SUM) for n in range(3)]


def test_two_runs_of_one_sum_are_left_open():
    lines = [line(n, account="6222000000000000001", fen=100, voucher_no="") for n in range(4)]
    whole = sheet(0, fen=200, account="6222000000000000001")

    assert SUM not in [how for _line, _sheet, how in found_of(lines, [whole])]


def test_a_sheet_on_which_nothing_was_read_has_its_place_between_two_that_were():
    lines = [line(n) for n in range(3)]
    sheets = [sheet(0, lines[0], "journal_no"), sheet(1), sheet(2, lines[2], "journal_no")]

    assert found_of(lines, sheets)[1] == ("J0001", 1, ORDER)


def test_an_uneven_gap_guesses_nothing():
    lines = [line(n) for n in range(4)]
    sheets = [sheet(0, lines[0], "journal_no"), sheet(1), sheet(2, lines[3], "journal_no")]

    assert [one for one, _sheet, _how in found_of(lines, sheets)] == ["J0000", "J0003"]
    assert matching.breaks(lines, sheets, matching.align(lines, sheets)) == {
        "image_missing": 2,
        "journal_missing": 1,
    }


def test_a_digit_misread_is_still_nearer_than_anything_else():
    lines = [line(n) for n in range(3)]
    misread = lines[1].account[:-1] + ("0" if lines[1].account[-1] != "0" else "1")

    assert found_of(lines, [sheet(0, account=misread)]) == [("J0001", 0, ORDER)]


def test_what_contradicts_is_a_break_on_both_sides():
    lines = [line(0)]

    assert found_of(lines, [sheet(0, line(9), "account", "fen", "voucher_no")]) == []


def test_another_amount_on_the_same_account_is_a_pair_to_be_looked_at():
    lines = [line(0)]

    other = sheet(0, lines[0], "account", "voucher_no", "teller", fen=1)
    assert [one for one, _sheet, _how in found_of(lines, [other])] == ["J0000"]


def test_what_was_read_otherwise_is_not_guessed_from_its_place():
    lines = [line(0)]

    assert found_of(lines, [sheet(0, lines[0], "account", fen=1)]) == []


def test_an_empty_day():
    assert matching.align([], []) == ()


@st.composite
def days(draw):
    """Return a day of lines, its vouchers in order with some read, some not, some missing."""
    count = draw(st.integers(0, 14))
    lines = [line(n) for n in range(count)]
    sheets = []
    for one in lines:
        if draw(st.integers(0, 9)) == 0:
            continue
        read = draw(st.sets(st.sampled_from(EVERYTHING)))
        sheets.append(sheet(len(sheets), one, *read))
    return lines, sheets, draw(st.integers(0, 10**6))


@given(days())
def test_the_order_of_the_arguments_changes_nothing(day):
    lines, sheets, seed = day
    mixed_lines, mixed_sheets = list(lines), list(sheets)
    Random(seed).shuffle(mixed_lines)
    Random(seed).shuffle(mixed_sheets)

    assert matching.align(lines, sheets) == matching.align(mixed_lines, mixed_sheets)


@given(days())
def test_nothing_has_two_partners_but_parts_and_sums(day):
    lines, sheets, _seed = day

    found = matching.align(lines, sheets)

    of_lines = [one.line for one in found if one.how not in matching.FURTHER]
    of_sheets = [one.sheet for one in found if one.how != SUM]
    assert len(of_lines) == len(set(of_lines))
    assert len(of_sheets) == len(set(of_sheets))


@given(days())
def test_what_is_read_in_full_is_never_paired_wrongly(day):
    lines, _sheets, seed = day
    whole = [sheet(n, one, *EVERYTHING) for n, one in enumerate(lines)]
    Random(seed).shuffle(whole)
    again = [replace(one, place=n) for n, one in enumerate(whole)]

    assert {(one.line, one.sheet) for one in matching.align(lines, again)} == {
        (lines[one.key - 1000].key, one.key) for one in again
    }


@given(days())
def test_every_sheet_of_a_whole_day_in_order_finds_its_line(day):
    lines, _sheets, seed = day
    draw = Random(seed)
    sheets = [
        sheet(n, one, *draw.sample(EVERYTHING, draw.randrange(6))) for n, one in enumerate(lines)
    ]

    assert [(one.line, one.sheet - 1000) for one in matching.align(lines, sheets)] == [
        (one.key, n) for n, one in enumerate(lines)
    ]


@pytest.mark.parametrize("how", matching.HOWS)
def test_every_way_has_its_words(how):
    assert matching.HOWS[how].text
    assert Found("J", 1, how)
