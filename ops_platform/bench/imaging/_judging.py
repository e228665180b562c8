"""Reads vouchers and weighs records on them: the true one, and the nearest that are not."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from tempfile import mkdtemp

import django

from foundation.imaging import gateways
from foundation.imaging.gateways import Blank
from foundation.imaging.rules import nearest, proving
from foundation.imaging.rules.proving import Lines, Proof
from ops_platform.bench.imaging._beside import Beside, weighed
from ops_platform.bench.imaging._day import Voucher, tampers
from ops_platform.demo import layouts

Records = tuple[Proof, ...]


@dataclass(frozen=True)
class Tampered:
    """A record that differs from the paper in one field, weighed on it."""

    name: str
    value: object
    proofs: Records


@dataclass(frozen=True)
class Read:
    """A voucher with what its page proves: of its own record, and of each tampered one."""

    voucher: Voucher
    layout: str
    milliseconds: int
    proofs: Records
    tampered: tuple[Tampered, ...]
    besides: tuple[Beside, ...] = ()

    def passes(self, lines: Lines) -> bool:
        """Return whether the page proves the journal line without a person."""
        return passes(self.voucher, self.voucher.expected, self.proofs, lines)

    def passed(self, lines: Lines) -> list[Tampered]:
        """Return the tampered records that it proves as well."""
        return [
            one
            for one in self.tampered
            if passes(
                self.voucher,
                self.voucher.expected | {one.name: one.value},
                one.proofs,
                lines,
            )
        ]


def passes(voucher: Voucher, expected: dict[str, object], proofs: Records, lines: Lines) -> bool:
    """Return whether a record goes straight through: every needed value is proved."""
    rows = proving.verified(expected=expected, proofs=proofs, lines=lines)
    return proving.all_proved(rows, needed=voucher.needed)


@cache
def blanks() -> Sequence[Blank]:
    """Return the shipped forms, their pictures in a folder of this process."""
    return layouts.blanks(Path(mkdtemp(prefix="ops-forms-")))


def read(voucher: Voucher) -> Read:
    """Draw, scan and read a voucher, and weigh all records on it."""
    png = gateways.clean_png(data=voucher.draw())
    text = gateways.read_form(png=png, blanks=blanks())
    if text is None:
        return Read(voucher, "", 0, (), ())
    strips = {1: text.strips}
    beside = {"date": voucher.record["date"], **voucher.expected}
    own = proving.proofs(expected=voucher.expected, strips=strips, beside=beside)
    found = []
    if not voucher.planted:
        for name, value in tampers(voucher, seed=1):
            changed = proving.proofs(expected={name: value}, strips=strips, beside=beside)
            found.append(Tampered(name, value, nearest.weighed_wrong(own, name, changed)))
    layout = text.layout.rpartition(".")[0]
    besides = tuple(weighed(voucher, strips, beside))
    return Read(voucher, layout, text.milliseconds, own, tuple(found), besides)


def read_all(wanted: Iterable[Voucher]) -> list[Read]:
    """Read vouchers in as many processes as this one may use processors."""
    count = len(os.sched_getaffinity(0))
    if count == 1:
        return [read(voucher) for voucher in wanted]
    with ProcessPoolExecutor(count, get_context("spawn"), initializer=django.setup) as pool:
        return list(pool.map(read, wanted, chunksize=4))
