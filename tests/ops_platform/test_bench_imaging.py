"""The vouchers of `bin/bench imaging`: what is drawn, what is planted, and what counts as met."""

from collections import Counter
from decimal import Decimal

from foundation.imaging.rules import proving
from foundation.imaging.rules._fields import luhn_holds
from ops_platform.bench import imaging
from ops_platform.bench.imaging import _day
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
