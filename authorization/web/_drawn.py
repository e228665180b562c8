"""The lists of items, drawn as cells (decision 0133)."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from authorization import rules, selectors
from foundation.ui import table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops

ITEMS = (
    Column(_("Item number"), table.NUMBER),
    Column(_("Outlet")),
    Column(_("Transaction")),
    Column(_("Payer")),
    Column(_("Amount"), table.RIGHT),
    Column(_("State")),
    Column(_("Entered"), table.NUMBER),
    Column(_("Decided"), table.NUMBER),
    Column(_("Teller")),
    Column(_("Authorizer")),
    Column(_("Reasons")),
)
OWN = (
    Column(_("Item number"), table.NUMBER),
    Column(_("Transaction")),
    Column(_("Payer")),
    Column(_("Amount"), table.RIGHT),
    Column(_("State")),
    Column(_("Entered"), table.NUMBER),
    Column(_("Authorizer")),
    Column(_("Journal number"), table.NUMBER),
    Column(_("What can be done"), spoken=True),
)
Drawn = Callable[[str], str]
# What the teller can do with an item of their own, by its state.
STEPS = {
    rules.RETURNED: ("authorization:correct", "pencil", _("Correct")),
    rules.POSTED: ("authorization:receipt", "printer", _("Receipt")),
}


def items(rows: Sequence[selectors.Listed]) -> Table:
    """Return the list of items."""
    badge, trade = cache(ops.state_badge), cache(_trade)  # many rows show the same
    return Table(ITEMS, [_item_row(row, badge, trade) for row in rows])


def _item_row(row: selectors.Listed, badge: Drawn, trade: Drawn) -> Row:
    return Row(
        (
            table.link(to="authorization:item", key=row.number, text=row.number),
            row.place,
            trade(row.trade_code),
            ops.mask_name(row.payer_name),
            ops.money(row.amount_fen),
            badge(row.state),
            table.clock(row.created_at),
            table.clock(row.decided_at),
            row.teller_label,
            row.decider_label or table.NOTHING,
            " ".join(row.reasons),
        )
    )


def own(rows: Sequence[selectors.Own]) -> Table:
    """Return the list of a teller's own items, with what can be done with each."""
    badge, trade, step = cache(ops.state_badge), cache(_trade), cache(_step)
    return Table(OWN, [_own_row(row, badge, trade, step) for row in rows])


def _own_row(row: selectors.Own, badge: Drawn, trade: Drawn, step: Drawn) -> Row:
    state = badge(row.state)
    if row.reasons:
        state = format_html('{} <span class="op-muted">{}</span>', state, " ".join(row.reasons))
    return Row(
        (
            table.link(to="authorization:item", key=row.number, text=row.number),
            trade(row.trade_code),
            row.payer_name,
            ops.money(row.amount_fen),
            state,
            table.clock(row.created_at),
            row.decider_label or table.NOTHING,
            row.journal_no or table.NOTHING,
            _can(row, step),
        ),
        look="op-row--warn" if row.state == rules.RETURNED else "",
    )


def _can(row: selectors.Own, step: Drawn) -> SafeString | str:
    """Return the button to what the teller can do with an item of their own."""
    if row.state not in STEPS:
        return ""
    page, _sign, _word = STEPS[row.state]
    return table.link(to=page, key=row.number, text=step(row.state), look="op-btn op-btn--small")


def _step(state: str) -> SafeString:
    _page, sign, word = STEPS[state]
    return SafeString(f"{ops.icon(sign)}{html.escape(gettext(word))}")


def _trade(code: str) -> str:
    return f"{code} {gettext(rules.CATALOGUE[code].name)}"
