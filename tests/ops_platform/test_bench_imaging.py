"""The vouchers of `bin/bench imaging`: what is drawn, what is planted, and what counts as met."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from foundation.imaging.rules import proving
from foundation.imaging.rules._fields import luhn_holds
from ops_platform.bench import imaging
from ops_platform.bench.imaging import _day
from ops_platform.bench.imaging._beside import Beside, weighed
from ops_platform.bench.imaging._judging import Read

LINES = imaging.lines_of(200)


def proof(name, value, doubt, *, source="form"):
    return proving.Proof(name, str(value), source, doubt, str(value), 97, (0, 0, 9, 9), 1)


def read(voucher, *, doubt=0):
    proofs = tuple(
        proof(name, value, doubt, source="print" if name == "journal_no" else "form")
        for name, value in voucher.expected.items()
    )
    return Read(voucher, voucher.kind, 400, proofs, ())


def test_a_day_is_the_same_every_time_and_mixes_forms_fills_and_scans():
    first, again = list(_day.day(count=280, seed=1)), list(_day.day(count=280, seed=1))

    assert first == again
    assert len({voucher.kind for voucher in first}) >= 6
    assert Counter(voucher.fill for voucher in first) == {"print": 140, "hand": 140}
    assert {voucher.level for voucher in first} == {"clean", "normal"}
    planted = [voucher for voucher in first if voucher.planted]
    assert 5 <= len(planted) <= 35
    for voucher in planted:
        paper = {name: voucher.paper.get(name) for name in ("account", "amount_fen")}
        words = voucher.paper.get("amount_words_fen")
        assert paper != {name: voucher.record[name] for name in paper} or words


def test_its_accounts_are_ones_that_the_bank_could_have_given_out():
    for voucher in _day.day(count=56, seed=2):
        assert luhn_holds(voucher.record["account"])
        assert luhn_holds(voucher.paper["account"])


def test_a_planted_error_that_passes_silently_fails_the_bench():
    day = list(_day.day(count=280, seed=1))
    planted = next(voucher for voucher in day if voucher.planted)
    honest = [read(voucher) for voucher in day if not voucher.planted]

    def silent(reads):
        rows = imaging.tested(reads, LINES)
        return next(row for row in rows if row.case.startswith("planted errors"))

    assert silent([*honest, read(planted, doubt=3000)]).met
    assert not silent([*honest, read(planted)]).met


def test_the_share_straight_through_is_of_what_agrees():
    day = [voucher for voucher in _day.day(count=280, seed=1) if not voucher.planted]
    printed = [voucher for voucher in day if voucher.fill == "print"]
    reads = [read(voucher, doubt=0 if place % 10 else 600) for place, voucher in enumerate(printed)]

    row = imaging.tested(reads, LINES)[0]

    assert Decimal(88) < row.ours < Decimal(92)
    assert not row.met


def beside(name, *, right, doubt, read=None):
    expected = "2026-03-04" if name == "date" else "000000000012"
    return Beside(name, right, expected, (proof(name, read or expected, doubt),))


def test_a_right_day_told_as_another_fails_the_bench_and_so_does_a_wrong_one_proved():
    voucher = next(iter(_day.day(count=1, seed=1)))

    def met(*besides):
        rows = imaging.tested([replace(read(voucher), besides=besides)], LINES)
        return {row.case.partition(":")[0].strip(): row.met for row in rows}

    good = met(beside("date", right=True, doubt=0), beside("date", right=False, doubt=3000))
    told = proof("date", "2026-03-04", 3000)
    other = replace(
        beside("date", right=True, doubt=0), proofs=(replace(told, read="2026年03月05日"),)
    )
    false = met(other, beside("date", right=False, doubt=0))

    assert good["right days told as others"]
    assert good["nearest days not on the paper, proved"]
    assert not false["right days told as others"]
    assert not false["nearest days not on the paper, proved"]


def test_the_days_and_numbers_that_a_paper_has_not_are_none_of_the_right_ones():
    for voucher in _day.day(count=14, seed=4):
        found = list(weighed(voucher, {}, {}))
        days = [one.expected for one in found if one.name == "date"]
        numbers = [one.expected for one in found if one.name == "journal_no"]

        assert not any({*days[0].each} & {*wrong.each} for wrong in days[1:])
        assert len({*numbers}) == 2
