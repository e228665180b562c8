"""Publications of the automatic tier as lists drawn from cells (decision 0133)."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from authorization import rules as items
from authorization.models import Decision, TierPublication
from authorization.selectors.publishing import Figures
from authorization.web._drawn_tier import share
from foundation.kernel.calendar import local
from foundation.ui import table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops

PUBLICATIONS = (
    Column(_("Publication"), table.NUMBER),
    Column(_("Transaction")),
    Column(_("State")),
    Column(_("Set of rules"), table.NUMBER),
    Column(_("Largest amount of an item"), table.RIGHT),
    Column(_("Last day"), table.NUMBER),
    Column(_("Decided automatically"), table.RIGHT),
    Column(_("Seen again"), table.RIGHT),
    Column(_("Wrong passes"), table.RIGHT),
    Column(_("% wrong (95 %)"), table.RIGHT),
)
DECISIONS = (
    Column(_("Item number"), table.NUMBER),
    Column(_("Outlet")),
    Column(_("Transaction")),
    Column(_("Amount"), table.RIGHT),
    Column(_("Decided"), table.NUMBER),
    Column(_("Blind review")),
    Column(_("Case")),
)
TITLES = {
    "decided": _("Decided automatically"),
    "drawn": _("Drawn to be seen again"),
    "seen": _("Seen again"),
    "wrong": _("Wrong passes"),
}


def title(figure: str) -> str:
    """Return what a figure counts, in the language of the moment."""
    return gettext(TITLES[figure])


def trades(row: TierPublication) -> str:
    """Return the transactions of a publication with their names."""
    return "; ".join(f"{code} {gettext(items.CATALOGUE[code].name)}" for code in row.codes)


def link(row: TierPublication, figure: str, *, before: int | None = None) -> str:
    """Return the address of the list of what a figure of a publication counts."""
    asked = {"figure": figure} | ({"before": str(before)} if before else {})
    return f"{reverse('authorization:publication_items', args=[row.pk])}?{urlencode(asked)}"


def publications(rows: Sequence[TierPublication], figures: Mapping[int, Figures]) -> Table:
    """Return publications with what they decided, each figure opening what it counts."""
    return Table(PUBLICATIONS, [_publication(row, figures[row.pk]) for row in rows])


def _publication(row: TierPublication, found: Figures) -> Row:
    wrong = found.wrong
    return Row(
        (
            table.link(to="authorization:publication", key=row.pk, text=str(row.pk)),
            trades(row),
            SafeString(ops.state_badge(row.state)),
            f"{row.tier_set_id}",
            ops.money(row.most_fen),
            f"{row.until}",
            counted(row, "decided", found.decided),
            counted(row, "seen", wrong.whole),
            counted(row, "wrong", wrong.part),
            share(wrong),
        ),
        look="op-row--warn" if wrong.part else "",
        key=str(row.pk),
    )


def counted(row: TierPublication, figure: str, count: int) -> SafeString:
    """Return a figure as the link that opens it."""
    address = html.escape(link(row, figure))
    return SafeString(f'<a href="{address}" data-figure="{count}">{count}</a>')


def decisions(rows: Sequence[Decision], *, opens: bool) -> Table:
    """Return what a publication decided; items are links for who may see items."""
    return Table(DECISIONS, [_decision(row, opens) for row in rows])


def _decision(row: Decision, opens: bool) -> Row:  # noqa: FBT001
    item = row.request
    seen, case = getattr(row, "seen", None), getattr(row, "case", None)
    return Row(
        (
            table.link(to="authorization:item", key=item.number, text=item.number)
            if opens
            else item.number,
            item.institution.name,
            f"{item.trade_code} {gettext(item.trade.name)}",
            ops.money(item.amount_fen),
            f"{local(row.at):%m-%d %H:%M:%S}",
            SafeString(ops.state_badge(seen)) if seen else table.NOTHING,
            SafeString(ops.state_badge(case)) if case else table.NOTHING,
        ),
        key=str(row.pk),
    )
