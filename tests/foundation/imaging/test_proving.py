"""What a form proves of expected values: cross-checks decide more than signs."""

import datetime as dt
from dataclasses import replace

import pytest

from foundation.imaging import rules
from foundation.imaging.rules import proving, scoring
from foundation.imaging.rules._fields import luhn_holds
from foundation.imaging.rules.scoring import Strip
from foundation.kernel.money import Money

LINES = proving.Lines(same=200, large=50, differs=800, large_fen=100_000_000)
FEN = 12_345_600


def strip(zone, text, *, kind="number", confidence=98, worn=()):
    """Return a strip that reads a text; `worn` are signs whose look-alike was nearly as good."""
    columns = []
    for place, sign in enumerate(text):
        columns += [{sign: 0.0, **dict(worn).get(place, {})}, {"": 0.0}]
    return Strip(zone, kind, text, confidence, (10, 20, 300, 30), scoring.packed(columns))


def judged(strips, **expected):
    weighed = proving.proofs(expected=expected, strips={7: strips})
    rows = proving.verified(expected=expected, proofs=weighed, lines=LINES)
    return {row.name: row for row in rows}


def luhn(stem):
    return next(f"{stem}{digit}" for digit in "0123456789" if luhn_holds(f"{stem}{digit}"))


def test_what_is_read_is_proved_with_where_it_stands():
    account = luhn("110037200026000014"[:18])
    row = judged([strip("account", account)], account=account)["account"]

    assert (row.verdict, row.proved, row.doubt) == (rules.SAME, True, 0)
    assert (row.source, row.page_id, row.box) == (proving.FORM, 7, (10, 20, 300, 30))


def test_a_worn_sign_is_still_proved_and_a_wrong_one_is_not():
    account = luhn("110037200026000014")
    worn = strip("account", account.replace("3", "8", 1), worn={account.index("3"): {"3": 1.2}})

    assert judged([worn], account=account)["account"].proved
    other = luhn("110037200026000015")
    row = judged([strip("account", other)], account=account)["account"]
    assert (row.verdict, row.proved) == (rules.DIFFERS, False)
    assert row.sure == 98


def test_a_number_that_the_bank_never_gave_out_is_believed_of_no_paper():
    account = luhn("110037200026000014")
    wrong = account[:-1] + ("0" if account[-1] != "0" else "1")

    assert not judged([strip("account", wrong)], account=wrong)["account"].proved


def test_a_bad_reading_disproves_nothing():
    row = judged([strip("account", "11OO37", confidence=40)], account=luhn("110037200026000014"))

    assert row["account"].sure == 50


@pytest.mark.parametrize(
    ("figures", "capitals", "proved"),
    [
        (FEN, FEN, True),
        (FEN, FEN + 1_000_00, False),
        (FEN * 10, FEN, False),
        (FEN, None, True),
        (None, FEN, True),
    ],
)
def test_figures_and_capitals_must_not_contradict_each_other(figures, capitals, proved):
    strips = []
    if figures:
        strips.append(strip("amount", f"¥{Money(figures).format()}", kind="amount"))
    if capitals:
        strips.append(strip("amount_words", Money(capitals).capitals(), kind="words"))
    rows = judged(strips, amount=FEN)

    assert all(row.proved for row in rows.values()) == proved


def test_a_large_amount_needs_both():
    large = 200_000_000
    figures = strip("amount", Money(large).format(), kind="amount")
    capitals = strip("amount_words", Money(large).capitals(), kind="words")

    assert not judged([figures], amount=large)["amount"].proved
    assert judged([figures, capitals], amount=large)["amount"].proved


def test_digits_a_box_are_weighed_as_fen():
    rows = judged([strip("amount", "¥ 12345600", kind="grid")], amount=FEN)

    assert rows["amount"].proved


def test_the_print_counts_only_where_the_form_has_no_zone():
    account = luhn("110037200026000014")
    printed = strip("journal", f"账号:{account} 流水 112300001742", kind="journal")
    other = strip("account", luhn("110037200026000015"))

    rows = judged([printed, other], account=account, journal_no="112300001742")
    assert rows["journal_no"].proved
    assert rows["journal_no"].source == proving.PRINT
    assert not rows["account"].proved


@pytest.mark.parametrize(
    ("text", "kind"),
    [("2026年11月03日", "date"), ("20261103", "date"), ("2026-11-03", "date"),
     ("2026年11月3日", "date"), ("贰零贰陆年壹拾壹月零叁日", "words")],
)  # fmt: skip
def test_a_day_is_written_in_several_ways(text, kind):
    assert judged([strip("date", text, kind=kind)], date=dt.date(2026, 11, 3))["date"].proved


def test_what_the_form_does_not_bear_is_not_found():
    row = judged([strip("account", "1")], voucher_no="11230001")["voucher_no"]

    assert (row.verdict, row.proved, row.page_id) == (rules.NOT_FOUND, False, None)


def test_all_is_proved_only_where_every_needed_value_is():
    account = luhn("110037200026000014")
    rows = tuple(judged([strip("account", account)], account=account, voucher_no="1").values())

    assert proving.all_proved(rows, needed=("account",))
    assert not proving.all_proved(rows, needed=("account", "voucher_no"))


def test_numbers_of_other_lengths_have_no_check_digit():
    assert proving.may_be("account", "6222021234567890")
    assert proving.may_be("voucher_no", "1" * 19)


def by_record(text, digits, *, zone="voucher_no", kind="number", worn=(), confidence=98):
    """Return a strip of which Tesseract is of record, and what it reads."""
    seen = strip(zone, text, kind=kind, worn=worn, confidence=confidence)
    return replace(seen, digits=digits, engine="tesseract")


@pytest.mark.parametrize(
    ("text", "digits", "confidence", "verdict", "sure"),
    [
        ("07447195", "07447195", 98, rules.SAME, 99),
        # The recogniser doubts, the reader of record does not.
        ("0744719", "07447195", 60, rules.SAME, 95),
        # The recogniser surely reads another number of as many digits.
        ("07447999", "07447195", 98, rules.SAME, 50),
        ("07447999", "07447999", 98, rules.DIFFERS, 98),
        # One of the two alone disproves nothing, and what is not read is for a person.
        ("07447195", "07447199", 98, rules.DIFFERS, 50),
        ("07447195", "", 98, rules.DIFFERS, 50),
    ],
)
def test_the_reader_of_record_decides(text, digits, confidence, verdict, sure):
    read = by_record(text, digits, confidence=confidence)

    row = judged([read], voucher_no="07447195")["voucher_no"]

    assert (row.verdict, row.sure, row.engine, row.second) == (verdict, sure, "tesseract", digits)


def test_capitals_do_not_stand_in_for_the_reader_of_record():
    words = strip("amount_words", Money(FEN).capitals(), kind="words")
    figures = by_record(f"¥{Money(FEN).format()}", "999", zone="amount", kind="amount")

    row = judged([figures, words], amount=Money(FEN))["amount"]
    assert not row.proved
    agreeing = replace(figures, digits=str(FEN))
    assert judged([agreeing, words], amount=Money(FEN))["amount"].proved
