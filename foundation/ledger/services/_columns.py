"""The columns of long files: what stands above them, and the cells of each row, made plain text."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from foundation.kernel.calendar import local
from foundation.kernel.money import Money
from foundation.ledger import rules
from foundation.ledger.models import JournalLine
from foundation.ledger.selectors import StatementLine, TrialRow


def head(*, kind: str) -> Sequence[str]:
    """Return the titles of the columns of a list."""
    if kind == rules.STATEMENT_FILE:
        return [_("Business date"), _("Value date"), _("Entry number"), _("Debit"), _("Credit"),
                _("Balance")]  # fmt: skip
    if kind == rules.ACCOUNTS_FILE:
        return [_("Subject or account"), _("Its name"), _("Normal side"), _("Opening balance"),
                _("Debit"), _("Credit"), _("Closing balance")]  # fmt: skip
    return journal_head()


def journal_head() -> list[str]:
    """Return the titles of the columns of the journal."""
    return [
        _("Institution"),
        _("Business date"),
        _("Value date"),
        _("Journal number"),
        _("Time"),
        _("Teller"),
        _("Transaction code"),
        _("Account number"),
        _("Debit or credit"),
        _("Amount"),
        _("Currency"),
        _("Counter-account"),
        _("Voucher number"),
        _("Source"),
    ]


def cells(*, kind: str, row: Any) -> Sequence[str]:
    """Return one row of a list."""
    if kind == rules.STATEMENT_FILE:
        return _statement_cells(row)
    return _account_cells(row) if kind == rules.ACCOUNTS_FILE else journal_cells(line=row)


def journal_cells(*, line: JournalLine) -> list[str]:
    """Return one line of the journal."""
    side = _("Debit") if line.side == rules.DEBIT else _("Credit")
    source = _("Own books") if line.source == rules.OWN else _("Foreign core")
    return [
        line.institution.number,
        line.business_date.isoformat(),
        line.value_date.isoformat(),
        line.journal_no,
        f"{local(line.at):%H:%M:%S}",
        line.teller,
        line.trade_code,
        line.account_number,
        side,
        _fen(line.amount_fen),
        line.currency,
        line.counter_account,
        line.voucher_no,
        source,
    ]


def csv_lines(*, rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as lines of CSV in which nothing begins like a formula."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([rules.plain_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def _statement_cells(line: StatementLine) -> list[str]:
    moved = (line.debit_fen, line.credit_fen, line.balance_fen)
    days = (line.business_date.isoformat(), line.value_date.isoformat())
    return [*days, str(line.entry_id), *map(_fen, moved)]


def _account_cells(row: TrialRow) -> list[str]:
    moved = row.movement
    side = _("Debit") if moved.debit_normal else _("Credit")
    fen = (moved.opening_fen, moved.debit_fen, moved.credit_fen, moved.closing_fen)
    return [str(row.key), row.name, side, *map(_fen, fen)]


def _fen(fen: int) -> str:
    return Money(fen).format(commas=False)
