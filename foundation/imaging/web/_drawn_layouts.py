"""Layouts as lists drawn from cells: the versions, the zones of one, and what a sample says."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from foundation.imaging.gateways import PageText
from foundation.imaging.models import Layout
from foundation.imaging.rules import layouts as rules
from foundation.imaging.rules.layouts import Zone
from foundation.ui import table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops

LAYOUTS = (
    Column(_("Title of the form")),
    Column(_("Short name"), table.NUMBER),
    Column(_("Version"), table.RIGHT),
    Column(_("Zones"), table.RIGHT),
    Column(_("Drawn by")),
    Column(_("Decided by")),
    Column(_("State")),
)
ZONES = (
    Column(_("Value")),
    Column(_("Kind")),
    Column(_("Left, top, width, height"), table.NUMBER),
    Column(_("Check")),
    Column(_("Only these signs"), table.NUMBER),
    Column(_("Reading of record")),
    Column(_("Numbers of these forms"), table.NUMBER),
    Column(_("Always read")),
)
READ = (
    Column(_("Value")),
    Column(_("Read as")),
    Column(_("Sure"), table.RIGHT),
    Column(_("Check")),
    Column(_("Second reader"), table.NUMBER),
)


def layouts(rows: Sequence[Layout]) -> Table:
    """Return the layouts that there are and were."""
    return Table(LAYOUTS, [_layout(row) for row in rows])


def _layout(row: Layout) -> Row:
    return Row(
        (
            table.link(to="imaging:layout", key=row.pk, text=row.title),
            row.code,
            str(row.version),
            str(len(row.zones)),
            row.drawn_by.label,
            row.decided_by.label if row.decided_by else table.NOTHING,
            ops.state_badge(row.state),
        )
    )


def zones(rows: Sequence[Zone]) -> Table:
    """Return the zones of a layout in words."""
    return Table(ZONES, [_zone(row) for row in rows])


def _zone(row: Zone) -> Row:
    return Row(
        (
            gettext(rules.NAMES[row.name]),
            gettext(rules.KINDS[row.kind]),
            " ".join(map(str, row.box)),
            gettext(rules.VALIDATORS[row.validator]),
            row.whitelist or table.NOTHING,
            gettext(rules.ENGINES[row.engine]),
            f"{row.first}–{row.last}" if row.first else table.NOTHING,
            gettext("yes") if row.needed else gettext("where in doubt"),
        )
    )


def read(layout: Layout, text: PageText) -> Table:
    """Return what a sample's zones say, the fields first and then rows that gave none."""
    digits = {strip.box: strip.digits for strip in text.strips}
    fields = rules.fields_of_form(text.strips, layout.reads)
    rows = [
        Row(
            (
                gettext(rules.NAMES.get(field.name, field.name)),
                field.value,
                f"{field.confidence} %",
                _holds(field.checked),
                digits.get(field.box, "") or table.NOTHING,
            ),
            look="op-row--warn" if field.checked is False else "",
        )
        for field in fields
    ]
    known = {field.box for field in fields}
    rows += [
        Row(
            (
                gettext(rules.NAMES.get(strip.zone, strip.zone)),
                strip.text,
                f"{strip.confidence} %",
                table.NOTHING,
                strip.digits or table.NOTHING,
            )
        )
        for strip in text.strips
        if strip.text and strip.box not in known
    ]
    return Table(READ, rows)


def _holds(checked: bool | None) -> str:  # noqa: FBT001
    if checked is None:
        return table.NOTHING
    return gettext("holds") if checked else gettext("fails")
