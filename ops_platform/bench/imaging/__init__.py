"""Vouchers read and proved: an outlet's day drawn, scanned and weighed against its journal.

The doubt up to which a value counts as proved is chosen on vouchers of other seeds than those that
are tested. Straight through goes a voucher whose account, amount and journal number are all proved
(policy C), with the payee's account where the form has one. A false pass is a record that differs
from the paper in one field, as near as can be, and goes straight through nevertheless. Barcodes
and receipts that nobody here made are read from the folder that OPS_BENCH_DATA names.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from foundation.imaging.rules.proving import Lines
from foundation.kernel import chance
from ops_platform.bench.imaging import _day, _engines, _pipeline, _real
from ops_platform.bench.imaging._judging import Read, read_all
from ops_platform.bench.rows import Row, limited
from ops_platform.demo import layouts
from ops_platform.env import env

CHOSEN_ON, TESTED_ON = 7, 2026
CHOICES, VOUCHERS = 196, 560
TRIED = (0, 25, 50, 100, 150, 200, 250, 300)
FALSE_MOST = Decimal("0.2")
LARGE, DIFFERS, LARGE_FEN = 50, 800, 100_000_000
CPU_MOST = Decimal("0.7")
LEAST = {_day.PRINT: Decimal(95), _day.HAND: Decimal(85)}


def run() -> list[Row]:
    """Choose the doubt, test it on another day, then engines, the pipeline and foreign images."""
    same = chosen(read_all(_day.day(count=CHOICES, seed=CHOSEN_ON)))
    reads = read_all(_day.day(count=VOUCHERS, seed=TESTED_ON))
    rows = [*tested(reads, lines_of(same))]
    rows += _engines.run(reads)
    rows += _pipeline.run()
    rows += _real.run(Path(env.bench_data_folder) if env.bench_data_folder else None)
    return rows


def lines_of(same: int) -> Lines:
    """Return the numbers of a verification with that doubt."""
    return Lines(same=same, large=min(same, LARGE), differs=DIFFERS, large_fen=LARGE_FEN)


def chosen(reads: Sequence[Read]) -> int:
    """Return the largest doubt at which no more than half of the false passes allowed are found."""
    best = 0
    for same in TRIED:
        wrong, tried = _false_passes(reads, lines_of(same))
        if tried and Decimal(100 * wrong) / tried <= FALSE_MOST / 2:
            best = same
    return best


def tested(reads: Sequence[Read], lines: Lines) -> list[Row]:
    """Return what came of the day's vouchers by the numbers that were chosen on another."""
    rows = []
    for fill, least in LEAST.items():
        own = [read for read in reads if read.voucher.fill == fill and not read.voucher.planted]
        part = sum(read.passes(lines) for read in own)
        rows.append(_least(f"straight through, {fill}, doubt <= {lines.same}", part, own, least))
        for level in _day.LEVELS:
            some = [read for read in own if read.voucher.level == level]
            part = sum(read.passes(lines) for read in some)
            rows.append(_least(f"  {fill}, {level} scans", part, some, Decimal(0)))
    for kind in layouts.KINDS:
        some = [read for read in reads if read.voucher.kind == kind and not read.voucher.planted]
        part = sum(read.passes(lines) for read in some)
        rows.append(_least(f"  form {kind}", part, some, Decimal(0)))
    planted = [read for read in reads if read.voucher.planted]
    silent = sum(read.passes(lines) for read in planted)
    rows.append(_most("planted errors passed silently", silent, len(planted), Decimal(0)))
    wrong, tried = _false_passes(reads, lines)
    rows.append(_most("nearest records that the paper is not, passed", wrong, tried, FALSE_MOST))
    wrong, tried = _false_passes(reads, lines, only="amount")
    rows.append(_most("of these changed amounts", wrong, tried, FALSE_MOST))
    wrong, tried = _capitals(reads, lines)
    rows.append(
        _most("changed amounts that the capitals alone would prove", wrong, tried, Decimal(0))
    )
    rows += _besides(reads, lines)
    known = sum(read.layout == read.voucher.kind for read in reads)
    rows.append(_least("forms recognised", known, reads, Decimal(99)))
    spent = sum(read.milliseconds for read in reads)
    each = (Decimal(spent) / 1000 / max(len(reads), 1)).quantize(Decimal("0.001"))
    rows.append(
        limited(
            bench="imaging", case="processor time a voucher, cascade", ours=each, unit="s",
            most=CPU_MOST,
        )
    )  # fmt: skip
    return rows


def _false_passes(reads: Sequence[Read], lines: Lines, *, only: str = "") -> tuple[int, int]:
    wrong = tried = 0
    for read in reads:
        if not only:
            wrong += len(read.passed(lines))
            tried += len(read.tampered)
        else:
            wrong += sum(one.name == only for one in read.passed(lines))
            tried += sum(one.name == only for one in read.tampered)
    return wrong, tried


def _besides(reads: Sequence[Read], lines: Lines) -> list[Row]:
    """Return what came of the day and the printed number, which must be told of no right paper."""
    rows = []
    for name, shown in (("date", "days"), ("journal_no", "printed numbers")):
        own = [one for read in reads for one in read.besides if one.name == name]
        right = [one.came_to(lines) for one in own if one.right]
        wrong = [one.came_to(lines) for one in own if not one.right]
        false, missed = right.count("told"), wrong.count("proved")
        rows += [
            _most(f"right {shown} told as others", false, len(right), FALSE_MOST),
            _most(f"nearest {shown} not on the paper, proved", missed, len(wrong), FALSE_MOST),
            _least(f"  right {shown} proved", right.count("proved"), right, Decimal(0)),
            _least(f"  nearest {shown} told as others", wrong.count("told"), wrong, Decimal(0)),
        ]
    return rows


def _capitals(reads: Sequence[Read], lines: Lines) -> tuple[int, int]:
    """Return how many changed amounts the capitals of the paper prove, and how many there are."""
    proofs = [
        proof
        for read in reads
        for one in read.tampered
        if one.name == "amount"
        for proof in one.proofs
        if proof.name == "amount_words"
    ]
    return sum(proof.doubt <= lines.same for proof in proofs), len(proofs)


def _least(case: str, part: int, own: Sequence[object], least: Decimal) -> Row:
    share = chance.share(part=part, whole=len(own))
    percent = share.percent or Decimal(0)
    return Row(
        bench="imaging", case=f"{case}: {part} of {len(own)} ({share.lower}-{share.upper} %)",
        ours=percent, unit="%", peer="target", peer_value=least,
        ratio=(percent / least).quantize(Decimal("0.01")) if least else Decimal(0),
        target=f">= {least} %", met=percent >= least,
    )  # fmt: skip


def _most(case: str, part: int, whole: int, most: Decimal) -> Row:
    share = chance.share(part=part, whole=whole)
    percent = share.percent or Decimal(0)
    return Row(
        bench="imaging", case=f"{case}: {part} of {whole} ({share.lower}-{share.upper} %)",
        ours=percent, unit="%", peer="target", peer_value=most,
        ratio=(percent / most).quantize(Decimal("0.01")) if most else Decimal(0),
        target=f"<= {most} %", met=percent <= most,
    )  # fmt: skip
