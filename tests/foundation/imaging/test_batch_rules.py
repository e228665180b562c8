"""Cover sheets, the order of pictures, counts and quality: decided without a database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.imaging.rules import batches as rules
from foundation.imaging.rules.batches import ATTACHMENT, BACK, COVER, MAIN, Quality, Seen

DAY = date(2026, 11, 23)
ONE, OTHER = (rules.batch_number(day=DAY, serial=serial) for serial in (17, 18))
LIMITS = {"skew": 20, "dark": 110, "blank": 3, "resolution": 1000, "torn": 350}
FINE = Quality(0, 240, 60, 0, 1654)


def parts(*codes, duplex=False, batch=ONE, begun=False):
    frames = [Seen(number, found) for number, found in enumerate(codes)]
    placed = rules.placed(frames, duplex=duplex, batch=batch, begun=begun)
    return [(one.part, one.document) for one in placed]


@given(serial=st.integers(1, 999_999), place=st.integers(0, 16), digit=st.integers(0, 9))
def test_a_wrong_digit_is_no_cover_sheet(serial, place, digit):
    number = rules.batch_number(day=DAY, serial=serial)
    wrong = number[:place] + str(digit) + number[place + 1 :]

    assert rules.covered([rules.cover_text(number)]) == number
    assert rules.covered([rules.cover_text(wrong)]) == (number if wrong == number else "")


def test_the_number_of_an_item_of_another_centre_is_no_batch():
    assert rules.covered(["OPB" + "02202611230000178", "OPB", "x", ""]) == ""


def test_each_sheet_is_a_voucher_and_attachments_belong_to_the_one_before():
    assert parts((rules.cover_text(ONE),), (), ("OPATT",), (), ("123",)) == [
        (COVER, -1),
        (MAIN, 0),
        (ATTACHMENT, 0),
        (MAIN, 1),
        (MAIN, 2),
    ]


def test_duplex_every_second_picture_is_a_back_also_that_of_the_cover():
    found = parts((rules.cover_text(ONE),), (), (), (), ("OPATT",), (), duplex=True)

    assert [part for part, _document in found] == [COVER, COVER, MAIN, BACK, ATTACHMENT, BACK]


def test_a_second_file_goes_on_with_the_batch():
    assert parts(("OPATT",), (), begun=True) == [(ATTACHMENT, -1), (MAIN, 0)]


def test_an_attachment_to_nothing_is_refused():
    with pytest.raises(rules.AttachmentFirst):
        parts(("OPATT",))


def test_the_cover_of_another_batch_is_refused_at_an_upload():
    with pytest.raises(rules.OtherBatch) as refusal:
        parts((rules.cover_text(OTHER),), ())

    assert refusal.value.params["number"] == OTHER


def test_pictures_without_any_batch_are_refused():
    with pytest.raises(rules.NoCover):
        parts((), (), batch="")


@given(st.lists(st.sampled_from([(), ("OPATT",), ("77",)]), max_size=30), st.booleans())
def test_no_picture_is_lost_and_none_has_two_places(codes, duplex):
    frames = [Seen(number, found) for number, found in enumerate(codes)]

    placed = rules.placed(frames, duplex=duplex, batch=ONE, begun=True)

    assert [one.number for one in placed] == list(range(len(codes)))
    mains = [one.document for one in placed if one.part == MAIN]
    assert mains == list(range(len(mains)))


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (Quality(-21, 240, 60, 0, 1654), "skew"),
        (Quality(0, 109, 60, 0, 1654), "dark"),
        (Quality(0, 240, 2, 0, 1654), "blank"),
        (Quality(0, 240, 60, 0, 999), "resolution"),
        (Quality(0, 240, 60, 351, 1654), "torn"),
    ],
)
def test_what_is_worse_than_the_numbers_is_named(bad, fault):
    assert rules.faults(FINE, limits=LIMITS, back=False) == ()
    assert rules.faults(bad, limits=LIMITS, back=False) == (fault,)


def test_a_back_may_be_blank():
    assert rules.faults(Quality(0, 240, 0, 0, 1654), limits=LIMITS, back=True) == ()


def test_a_difference_needs_a_note_and_an_equal_count_keeps_none():
    assert rules.check_count(expected=3, scanned=3, note="x") == ""
    assert rules.check_count(expected=3, scanned=2, note=" 缺一张 ") == "缺一张"
    with pytest.raises(rules.CountDiffers):
        rules.check_count(expected=3, scanned=2, note="  ")


@pytest.mark.parametrize("sheets", [0, -1, 5001])
def test_a_list_of_none_or_too_many_is_refused(sheets):
    with pytest.raises(rules.WrongSheets):
        rules.check_sheets(sheets)


def test_a_file_of_nothing_or_too_much_is_refused():
    with pytest.raises(rules.NothingSent):
        rules.check_file(size=0)
    with pytest.raises(rules.FileTooLarge):
        rules.check_file(size=rules.FILE_BYTES_MAX + 1)
    with pytest.raises(rules.TooManyFrames):
        rules.check_frames(rules.FRAMES_MAX + 1)


def test_an_upload_is_bounded_by_each_file_and_by_all_together():
    rules.check_files(sizes=[rules.FILE_BYTES_MAX] * 4)
    with pytest.raises(rules.FileTooLarge):
        rules.check_files(sizes=[1, rules.FILE_BYTES_MAX + 1])
    with pytest.raises(rules.TooMuchAtOnce):
        rules.check_files(sizes=[rules.FILE_BYTES_MAX] * 4 + [1])


def test_the_line_of_a_batch():
    assert rules.BATCH_FLOW.states == (
        "handed_over", "receiving", "scanned", "reading", "matched", "closed",
    )  # fmt: skip
    assert rules.BATCH_FLOW.terminal == ("closed",)
    assert set(rules.FILE_FLOW.terminal) == {"taken", "turned_away"}
