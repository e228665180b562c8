"""What was said of an item on site, drawn as cells."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from authorization.models import OnSite
from foundation.ui import table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops

SAID = (
    Column(_("Decision")),
    Column(_("Decided by")),
    Column(_("Said at"), table.NUMBER),
    Column(_("Waited"), table.RIGHT),
    Column(_("Looked at"), table.RIGHT),
    Column(_("Reasons")),
)


def said(rows: Sequence[OnSite]) -> Table:
    """Return what was said of an item on site, with how long it waited and was looked at."""
    return Table(SAID, [_row(one) for one in rows])


def _row(one: OnSite) -> Row:
    why = (f"{reason.code} {gettext(reason.text)}" for reason in one.why)
    return Row(
        (
            ops.state_badge(one.step),
            one.decider_label,
            table.clock(one.at),
            table.seconds(one.wait_ms),
            table.seconds(one.view_ms),
            "; ".join([*why, *filter(None, [one.remark])]),
        )
    )
