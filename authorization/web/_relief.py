"""Relief: which transactions could do without a second person, and at what risk."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET

from authorization import forms, selectors
from authorization.selectors import Relief, ReliefLine
from authorization.web._friction import Opened, near, opener, over
from foundation.people.roles import Permission
from foundation.ui import sheets, table
from foundation.ui.context import Shell
from foundation.ui.sheets import Sheet
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import record_export, requires, taken_by

_COLUMNS = (
    Column(_("Transaction")),
    Column(_("Items decided"), table.RIGHT),
    Column(_("Refusals at most %"), table.RIGHT),
    Column(_("Money that passed"), table.RIGHT),
    Column(_("Seconds a month"), table.RIGHT),
    Column(_("Seats freed"), table.RIGHT),
    Column(_("State")),
    Column(_("What can be done"), spoken=True),
)
_NEEDED, _EASED, _WAITS = _("Second person needed"), _("Eased already"), _("Proposal waits")


@require_GET
@requires(Permission.DASHBOARD_VIEW)
def relief(request: HttpRequest) -> HttpResponse:
    """List the transactions that nobody refused for months, with the risk and gain of relief."""
    form = forms.Monthly(request.GET)
    month, until = over(form)
    found = selectors.relief(month=month, today=timezone.localdate())
    if request.GET.get("export") in sheets.KINDS:
        return _file(request, found)
    span = {"month": str(month), "until": str(until), "months": str(found.months or 1)}
    opened = opener(request, **span, met="decided")
    held = Shell(request).permissions
    form = form.filled(month)
    page: dict[str, Any] = {"form": form, "month": month, "found": found, "near": near(form, month)}
    page["table"] = Table(
        _COLUMNS,
        [_row(one, found, opened, Permission.POLICY_PROPOSE in held) for one in found.lines],
    )
    return render(request, "authorization/relief.html", page)


def _row(line: ReliefLine, found: Relief, opened: Opened, proposes: bool) -> Row:  # noqa: FBT001
    freed = table.NOTHING if line.seats_freed is None else str(line.seats_freed)
    return Row(
        (
            f"{line.trade.code} {gettext(line.trade.name)}",
            opened(line.items, code=line.trade.code),
            f"≤ {line.most_refused}",
            ops.money(line.passed),
            str(line.seconds_a_month),
            freed,
            _state(line),
            _can(line, found) if proposes and not line.eased else "",
        ),
        key=line.trade.code,
    )


def _standing(line: ReliefLine) -> str:
    return _EASED if line.eased else _WAITS if line.waits else _NEEDED


def _state(line: ReliefLine) -> SafeString:
    word = gettext(_standing(line))
    if line.eased:
        return ops.chip("ok", "check", word)
    return ops.chip("warn", "hourglass", word) if line.waits else ops.chip("", "users", word)


def _can(line: ReliefLine, found: Relief) -> SafeString:
    """Return the button to a proposal that is filled in; two people decide as about any rule."""
    why = gettext(
        "None of %(items)s items refused in %(months)s months up to %(month)s; at most %(most)s %%."
    ) % {
        "items": line.items, "months": found.months, "month": found.month,
        "most": line.most_refused,
    }  # fmt: skip
    address = reverse("authorization:propose_rule", args=[line.trade.code])
    query = urlencode({"ease": "1", "reason": why}).replace("&", "&amp;")
    return SafeString(
        f'<a class="op-btn op-btn--small" href="{address}?{query}">{ops.icon("pencil")}'
        f"{gettext('Propose a rule')}</a>"
    )


def _file(request: HttpRequest, found: Relief) -> HttpResponse:
    record_export(request)
    head = [gettext("Month"), gettext("Months"), gettext("Code")]
    head += [gettext(column.title) for column in _COLUMNS if not column.spoken]
    rows = [
        (
            str(found.month), found.months, line.trade.code, gettext(line.trade.name), line.items,
            line.most_refused, line.passed.format(commas=False), line.seconds_a_month,
            line.seats_freed, gettext(_standing(line)),
        )
        for line in found.lines
    ]  # fmt: skip
    return sheets.answer(
        Sheet(f"relief-{found.month}", head, rows, taken_by(request)), request.GET["export"]
    )
