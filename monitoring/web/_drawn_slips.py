"""How slips and the figures of outlets are drawn as lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import escape
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from foundation.imaging.models import Page
from foundation.kernel.calendar import local
from foundation.ui import addresses, table, timed
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from monitoring.models import Slip
from monitoring.rules import points as grading
from monitoring.rules import slips as rules
from monitoring.rules.bulletin import Month
from monitoring.selectors.points import OutletMonth

SLIPS = (
    Column(_("Slip number"), table.NUMBER),
    Column(_("Kind")),
    Column(_("Institution")),
    Column(_("Error")),
    Column(_("Class"), table.RIGHT),
    Column(_("At fault")),
    Column(_("State")),
    Column(_("Issued at"), table.NUMBER),
    Column(_("Due at"), table.NUMBER),
    Column(_("Age in days"), table.RIGHT),
    Column(_("Went up to")),
)
SCORES = (
    Column(_("Place"), table.RIGHT),
    Column(_("Institution")),
    Column(_("Score"), table.RIGHT),
    Column(_("First pass"), table.RIGHT),
    Column(_("Timeliness"), table.RIGHT),
    Column(_("Quality"), table.RIGHT),
    Column(_("Discipline"), table.RIGHT),
    Column(_("Audited"), table.RIGHT),
    Column(_("Errors"), table.RIGHT),
    Column(_("Error rate ‱"), table.RIGHT),
    Column(_("Points"), table.RIGHT),
    Column(_("Answers due"), table.RIGHT),
    Column(_("Late"), table.RIGHT),
    Column(_("Repeated"), table.RIGHT),
    Column(_("Rungs"), table.RIGHT),
)


def slips(rows: Sequence[Slip], at: datetime) -> Table:
    """Return slips as a list; an overdue one is marked."""
    badge = cache(lambda state: SafeString(ops.state_badge(state)))
    return Table(SLIPS, [_slip(row, at, badge(row.state)) for row in rows])


def _slip(row: Slip, at: datetime, badge: SafeString) -> Row:
    grade = table.NOTHING if row.error_class is None else str(row.error_class)
    late = is_overdue(row, at)
    return Row(
        (
            table.link(to="monitoring:slip", key=row.number, text=row.number, mark="slip"),
            gettext(row.sort.name),
            row.institution.name,
            error_of(row) or table.NOTHING,
            f"{grade} ×" if row.repeated else grade,
            row.at_fault_label or table.NOTHING,
            badge,
            minute(row.issued_at),
            _due(row, late=late),
            table.NOTHING if row.closed_at else str((local(at).date() - row.issued_on).days),
            gettext(rules.RUNGS[row.rung]) if row.rung else table.NOTHING,
        ),
        look="op-row--warn" if late else "",
        key=row.number,
    )


def error_of(row: Slip) -> str:
    """Return the code of an error and its name, or nothing."""
    return f"{row.code} {gettext(grading.CODES[row.code].name)}" if row.code else ""


def is_overdue(row: Slip, at: datetime) -> bool:
    """Tell whether an answer is late by now."""
    return row.state in rules.WITH_OUTLET and row.due_at is not None and row.due_at < at


def minute(at: datetime | None) -> str:
    """Return a moment by the bank's clock to the minute."""
    return f"{local(at):%Y-%m-%d %H:%M}" if at else table.NOTHING


def _due(row: Slip, *, late: bool) -> str:
    shown = minute(row.due_at)
    if not late:
        return shown
    return SafeString(f"{escape(shown)} {ops.chip('bad', 'alert-triangle', gettext('Overdue'))}")


def scores(rows: Sequence[OutletMonth], month: Month, first: int = 1) -> Table:
    """Return the months of outlets from a place on as a list, each figure with its slips."""
    return Table(SCORES, [_score(row, place, month) for place, row in enumerate(rows, first)])


def _score(row: OutletMonth, place: int, month: Month) -> Row:
    counted, score = row.counted, row.score

    def opens(number: int, figure: str) -> str:
        return _figure(row.institution.pk, month, number, figure)

    return Row(
        (
            str(place),
            row.institution.name,
            SafeString(f"<b>{score.total}</b>"),
            str(score.first_pass),
            str(score.timeliness),
            str(score.quality),
            str(score.discipline),
            str(counted.audited),
            opens(counted.errors, "errors"),
            _shown(grading.error_rate(errors=counted.errors, audited=counted.audited)),
            opens(counted.points, "errors"),
            opens(counted.clocked, "clocked"),
            opens(counted.late, "late"),
            opens(counted.repeated, "repeated"),
            opens(counted.rungs, "rungs"),
        ),
        key=row.institution.number,
    )


def _shown(value: Decimal | None) -> str:
    return table.NOTHING if value is None else str(value)


def _figure(place: int, month: Month, number: int, figure: str) -> str:
    """Return a figure as the link to its slips; none opens nothing."""
    if not number:
        return str(number)
    query = urlencode({"month": str(month), "under": str(place), "figure": figure})
    address = f"{addresses.page('monitoring:slips')}?{query}"
    return SafeString(f'<a href="{escape(address)}">{number}</a>')


def _timed(request: HttpRequest, use: str, page: Page) -> str:
    return timed.address(request, f"imaging:{use}", page.pk)


def pictures(request: HttpRequest, pages: Sequence[Page], title: str) -> list[dict[str, object]]:
    """Return pages as the viewer takes them; the whole one where no copy was made yet."""
    return [
        {
            "title": f"{title} {page.seq}",
            "src": _timed(request, "view" if page.view else "original", page),
            "thumb": _timed(request, "thumb" if page.thumb else "original", page),
            "width": page.width_px,
            "height": page.height_px,
            "page": reverse("imaging:page", args=[page.pk]),
            "boxes": {},
        }
        for page in pages
    ]
