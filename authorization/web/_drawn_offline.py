"""The lists of books, slips and offline times, drawn as cells (decision 0133)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from authorization.models import OfflinePeriod, OfflineSlip
from authorization.rules import offline as rules
from authorization.selectors import offline as selected
from foundation.ui import table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops

_BOOKS = (
    Column(_("Book"), table.NUMBER),
    Column(_("Outlet")),
    Column(_("Serials"), table.NUMBER),
    Column(_("Issued by")),
    Column(_("Issued at"), table.NUMBER),
    Column(_("Unused"), table.RIGHT),
    Column(_("To be checked"), table.RIGHT),
    Column(_("Became an item"), table.RIGHT),
    Column(_("Spoiled"), table.RIGHT),
    Column(_("Missing"), table.RIGHT),
    Column(_("Left out"), table.RIGHT),
)
_SLIPS = (
    Column(_("Number of the slip"), table.NUMBER),
    Column(_("State")),
    Column(_("Transaction")),
    Column(_("Amount"), table.RIGHT),
    Column(_("Decided on paper by")),
    Column(_("Decided on paper"), table.NUMBER),
    Column(_("Keyed by")),
    Column(_("Remark")),
)
_PERIODS = (
    Column(_("Epoch"), table.RIGHT),
    Column(_("For")),
    Column(_("State")),
    Column(_("From"), table.NUMBER),
    Column(_("To"), table.NUMBER),
    Column(_("Keyed in until"), table.NUMBER),
    Column(_("Proposed by")),
    Column(_("Decided by")),
    Column(_("Reason")),
)


def books(rows: Sequence[selected.Counted]) -> Table:
    """Return the list of books with what became of their slips."""
    return Table(_BOOKS, [_book(one) for one in rows])


def _book(one: selected.Counted) -> Row:
    row = one.row
    return Row(
        (
            table.link(to="authorization:slip_book", key=row.pk, text=str(row.pk)),
            row.institution.name,
            f"{row.first}–{row.first + row.count - 1}",
            row.issued_by.label,
            _clock(row.issued_at),
            *(str(one.counts[state]) for state in (rules.ISSUED, rules.KEYED, rules.ENTERED)),
            *(str(one.counts[state]) for state in (rules.VOID, rules.MISSING)),
            str(one.gaps),
        ),
        look="op-row--warn" if one.gaps or one.counts[rules.MISSING] else "",
    )


def slips(rows: Sequence[OfflineSlip]) -> Table:
    """Return a list of slips."""
    return register(rows, ())


def register(rows: Sequence[OfflineSlip], missed: Collection[str]) -> Table:
    """Return the slips of a book; those left out are marked."""
    return Table(_SLIPS, [_slip(row, left_out=row.number in missed) for row in rows])


def _slip(row: OfflineSlip, *, left_out: bool) -> Row:
    state = ops.state_badge(row.state)
    return Row(
        (
            table.link(to="authorization:slip_of", key=row.number, text=row.number),
            ops.chip("warn", "alert-triangle", gettext("Left out")) if left_out else state,
            row.trade_code or table.NOTHING,
            ops.money(row.amount_fen) if row.amount_fen else table.NOTHING,
            row.authorizer.label if row.authorizer else table.NOTHING,
            _clock(row.signed_at),
            row.keyed_by.label if row.keyed_by else table.NOTHING,
            row.remark,
        ),
        look="op-row--warn" if left_out else "",
    )


def periods(rows: Sequence[OfflinePeriod]) -> Table:
    """Return the list of offline times."""
    return Table(_PERIODS, [_period(row) for row in rows])


def _period(row: OfflinePeriod) -> Row:
    return Row(
        (
            table.alone(
                to="authorization:offline", key=row.pk, text=str(row.epoch or table.NOTHING)
            ),
            str(row.institution),
            ops.state_badge(row.state),
            _clock(row.began_at),
            _clock(row.ended_at),
            _clock(row.until),
            row.proposed_by.label,
            row.decided_by.label if row.decided_by else table.NOTHING,
            row.reason,
        )
    )


def _clock(moment: datetime | None) -> str:
    if moment is None:
        return table.NOTHING
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")
