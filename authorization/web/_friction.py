"""Where authorization rubs, month by month: by transaction, and by reason within each."""

from __future__ import annotations

import html
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET

from authorization import forms, rules, selectors
from authorization.rules import Friction, Month
from foundation.people.roles import Permission
from foundation.ui import menu, sheets, table
from foundation.ui.context import Shell
from foundation.ui.sheets import Cell, Sheet
from foundation.ui.table import Column, Row, Table
from foundation.ui.web import record_export, requires, signed_in, taken_by


@dataclass(frozen=True)
class Shown:
    """One column: its name in addresses, its title, its figure, and which items the figure counts.

    `met` is a word of selectors.MET, "" for all items, None where the figure counts none.
    """

    name: str
    title: str
    of: Callable[[Friction], Cell]
    met: str | None = None


COLUMNS = (
    Shown("submitted", _("Submitted"), lambda line: line.submitted, ""),
    Shown("held", _("Sent to the centre"), lambda line: line.held, "held"),
    Shown("decided", _("Items decided"), lambda line: line.decided, "decided"),
    Shown("returned", _("Items sent back"), lambda line: line.returned, "returned"),
    Shown("returns", _("Sent back per 100"), lambda line: line.returns_per_100),
    Shown("rejected", _("Items rejected"), lambda line: line.rejected, "rejected"),
    Shown("rejects", _("Rejected per 100"), lambda line: line.rejects_per_100),
    Shown("first", _("Approved at once"), lambda line: line.first, "first"),
    Shown("first_pass", _("First-pass rate %"), lambda line: line.first_pass),
    Shown("consulted", _("Items asked about"), lambda line: line.consulted, "consulted"),
    Shown("consults", _("Consults per 100"), lambda line: line.consults_per_100),
    Shown(
        "consult_seconds", _("Consult seconds per 100"), lambda line: line.consult_seconds_per_100
    ),
    Shown("extra", _("Extra seconds"), lambda line: line.extra_seconds),
    Shown("view", _("Seconds a look"), lambda line: line.view_seconds),
)
REASONS = (
    Column(_("Reason")),
    Column(_("Items"), table.RIGHT),
    Column(_("Per 100 decided"), table.RIGHT),
)
DEFAULT = "-extra"
Opened = Callable[..., str]


@require_GET
@requires(Permission.DASHBOARD_VIEW)
def friction(request: HttpRequest) -> HttpResponse:
    """Show what became of a month's items by transaction, and why items of one went back."""
    form = forms.Monthly(request.GET)
    month, until = over(form)
    code, found = form.said("code"), selectors.friction(month=month, until=until)
    lines = _sorted(found, form.said("sort") or DEFAULT)
    if request.GET.get("export") in sheets.KINDS:
        return _file(request, month, lines)
    opened = opener(request, month=str(month), until=str(until))
    form, whole = form.filled(month), selectors.friction_whole(lines=lines)
    page = {"form": form, "month": month, "until": until, "lines": lines, "code": code}
    page |= {"table": _drawn(lines, whole, form, opened), "near": near(form, month)}
    page |= _why(month, until, _of(lines, code) if code else whole, opened)
    return render(request, "authorization/friction.html", page)


def _of(lines: Sequence[Friction], code: str) -> Friction:
    return next((line for line in lines if line.trade_code == code), Friction(code))


def _why(month: Month, until: date, asked: Friction, opened: Opened) -> Mapping[str, object]:
    code = asked.trade_code
    found = selectors.friction_reasons(
        month=month, until=until, decided=asked.decided, trade_code=code
    )
    reasons = _reasons(found, code, opened)
    return {"whole": asked, "reasons": reasons, "trade": rules.CATALOGUE.get(code)}


def today(request: HttpRequest) -> date:
    """Return the business date by which a page that is asked nothing begins."""
    return menu.business_date(signed_in(request), timezone.localdate())


def over(form: forms.Monthly) -> tuple[Month, date]:
    """Return the month asked for, else yesterday's, and its last day that is over."""
    today = timezone.localdate()
    month = form.month_or(today - timedelta(days=1))
    return month, month.until(today)


def near(form: forms.Monthly, month: Month) -> Mapping[str, str]:
    """Return the addresses of the months before and after."""
    return {
        "before": form.link(month=str(month.plus(-1))),
        "after": form.link(month=str(month.plus(1))),
    }


def opener(request: HttpRequest, **asked: str) -> Opened:
    """Return what draws a figure as the link to its items, for those who may see items."""
    held: Collection[str] = Shell(request).permissions
    items, may = reverse("authorization:items"), Permission.AUTHORIZATION_VIEW in held

    def opened(figure: Cell, **more: str) -> str:
        text = table.NOTHING if figure is None else str(figure)
        if not may or not figure:
            return text
        query = urlencode({name: value for name, value in (asked | more).items() if value})
        address = f"{items}?{query}".replace("&", "&amp;")
        return SafeString(f'<a href="{address}" data-figure="{text}">{text}</a>')

    return opened


def _sorted(lines: Sequence[Friction], order: str) -> Sequence[Friction]:
    name, falling = order.lstrip("-"), order.startswith("-")
    found = next((shown for shown in COLUMNS if shown.name == name), None)
    if found is None:
        return sorted(lines, key=lambda line: line.trade_code, reverse=falling)
    of = found.of
    by_code = sorted(lines, key=lambda line: line.trade_code)
    # What is not known stands last, whichever way the rest is sorted.
    known = [line for line in by_code if of(line) is not None]
    unknown = [line for line in by_code if of(line) is None]
    return [*sorted(known, key=lambda line: Decimal(of(line) or 0), reverse=falling), *unknown]


def _drawn(
    lines: Sequence[Friction], whole: Friction, form: forms.Monthly, opened: Opened
) -> Table:
    order = form.said("sort") or DEFAULT
    columns = [_column("code", _("Transaction"), "", order, form)]
    columns += [_column(one.name, one.title, table.RIGHT, order, form) for one in COLUMNS]
    rows = [_row(line, _name(line, form), opened) for line in lines]
    return Table(columns, [*rows, _row(whole, gettext("All transactions"), opened)])


def _column(name: str, title: str, look: str, order: str, form: forms.Monthly) -> Column:
    falling = order == f"-{name}"
    standing = {name: "ascending", f"-{name}": "descending"}.get(order, "")
    following = name if falling or (name == "code" and order != "code") else f"-{name}"
    return Column(title, look, sorts=form.link(sort=following), order=standing)


def _name(line: Friction, form: forms.Monthly) -> str:
    address = form.link(code=line.trade_code).replace("&", "&amp;")
    name = html.escape(gettext(rules.CATALOGUE[line.trade_code].name))
    return SafeString(f'<a href="{address}#reasons">{line.trade_code}</a> {name}')


def _row(line: Friction, name: str, opened: Opened) -> Row:
    cells = [
        str(table.NOTHING if one.of(line) is None else one.of(line))
        if one.met is None
        else opened(one.of(line), code=line.trade_code, met=one.met)
        for one in COLUMNS
    ]
    return Row((name, *cells), key=line.trade_code)


def _reasons(lines: Sequence[selectors.ReasonLine], code: str, opened: Opened) -> Table:
    return Table(
        REASONS,
        [
            Row(
                (
                    f"{line.reason.code} {gettext(line.reason.text)}",
                    opened(line.items, code=code, reason=line.reason.code),
                    str(line.per_100 if line.per_100 is not None else table.NOTHING),
                ),
                key=line.reason.code,
            )
            for line in lines
        ],
    )


def _file(request: HttpRequest, month: Month, lines: Sequence[Friction]) -> HttpResponse:
    record_export(request)
    head = [gettext("Month"), gettext("Code"), gettext("Transaction")]
    head += [gettext(one.title) for one in COLUMNS]
    rows = [
        (
            str(month), line.trade_code, gettext(rules.CATALOGUE[line.trade_code].name),
            *(one.of(line) for one in COLUMNS),
        )
        for line in lines
    ]  # fmt: skip
    sheet = Sheet(f"friction-{month}", head, rows, taken_by(request))
    return sheets.answer(sheet, request.GET["export"])
