"""The papers of a case: which forms are drawn, with what on them.

It is loaded by fresh processes that draw, and knows no tables.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing import get_context
from typing import Any

from ops_platform.demo import cases, vouchers
from ops_platform.demo.cases import Case, Customer

FEW = 8
KINDS = {cases.WITHDRAWAL: "withdrawal", cases.TRANSFER: "transfer"}
IMAGE_CLASSES = {"id_card": "id", "id_back": "id", "photo": "photo"}


@dataclass(frozen=True)
class Sheet:
    """One sheet to be drawn."""

    kind: str
    fields: Mapping[str, Any]
    seed: int
    level: str

    @property
    def image_class(self) -> str:
        """Return the class under which imaging keeps it."""
        return IMAGE_CLASSES.get(self.kind, "voucher")

    @property
    def side(self) -> str:
        """Return which side of its sheet it is."""
        return "back" if self.kind == "id_back" else "front"


@dataclass(frozen=True)
class Paper:
    """A drawn sheet."""

    sheet: Sheet
    data: bytes
    truth: Mapping[str, Any]


@dataclass(frozen=True)
class Registry:
    """Who the customers are, and the names of the outlets."""

    customers: Sequence[Customer]
    accounts: Sequence[str]
    outlets: Mapping[str, str]


def voucher_no(case: Case, on: date) -> str:
    """Return the number printed on the case's voucher."""
    return f"{on:%m%d}{case.serial:04}"


def sheets(case: Case, *, registry: Registry, on: date, seed: int) -> list[Sheet]:
    """Return the sheets that belong to a case: the voucher, and the identity card for much cash."""
    if case.ending in ("book", "attempt"):
        return []
    who = registry.customers[case.payer]
    shown = case.shown_payer if case.shown_payer >= 0 else case.payer
    fen = case.shown_fen or case.amount_fen
    fields: dict[str, Any] = {
        "date": on - timedelta(days=case.shown_days),
        "amount_fen": fen,
        "amount_words_fen": case.words_fen or fen,
        "name": who.name,
        "account": registry.accounts[shown],
        "outlet": registry.outlets[who.outlet],
        "voucher_no": voucher_no(case, on),
        "id_number": who.document_number,
        "signature": "" if case.reason == "A10" else who.name,
    }
    if case.payee >= 0:
        payee = registry.customers[case.payee]
        fields |= {
            "payee_name": payee.name,
            "payee_account": registry.accounts[case.payee],
            "payee_bank": registry.outlets[payee.outlet],
            "purpose": case.purpose,
        }
    kind = KINDS[case.trade_code]
    number = seed * 1_000_000 + on.toordinal() % 1_000 * 10_000 + case.serial * 10
    # What the customer left open and fills in when it comes back.
    first = fields | {"account": ""} if case.ending == "mend" else fields
    found = [Sheet(kind, first, number, case.level)]
    if case.ending in ("mend", "rescan"):
        found.append(Sheet(kind, fields, number + 1, "clean"))
    if case.ending in ("approve", "wait") and case.trade_code == cases.WITHDRAWAL:
        found.append(Sheet("id_card", fields, number + 2, "clean"))
    return found


def draw(wanted: Sequence[Sheet]) -> list[Paper]:
    """Draw the sheets, many of them in as many processes as there are processors."""
    if len(wanted) <= FEW:
        return [_draw(sheet) for sheet in wanted]
    # Fresh processes: a fork would share the database connection of this one.
    with ProcessPoolExecutor(os.cpu_count() or 1, mp_context=get_context("spawn")) as pool:
        return list(pool.map(_draw, wanted, chunksize=4))


def _draw(sheet: Sheet) -> Paper:
    data, truth = vouchers.draw(sheet.kind, sheet.fields, sheet.seed, sheet.level)
    return Paper(sheet, data, truth)
