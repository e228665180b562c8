"""The centres watch themselves: what of their own people's work is out of the usual."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET

from foundation.people.roles import Permission
from foundation.ui import sheets, table
from foundation.ui.table import Column, Row, Table
from foundation.ui.web import record_export, requires, taken_by
from monitoring.forms import proofs as forms
from monitoring.rules import looks, passes
from monitoring.rules import watching as rules
from monitoring.selectors import strays
from monitoring.selectors import watching as selected

WARN = "op-row--warn"


@dataclass(frozen=True)
class Part:
    """One list of the page: its key, its title, what it says, its columns, and how it is asked."""

    key: str
    title: str
    says: str
    columns: Sequence[Column]
    rows: Callable[[date, date], Sequence[Row]]


@require_GET
@requires(Permission.PROOF_VIEW)
def watch(request: HttpRequest) -> HttpResponse:
    """Show what of the centres' own work is out of the usual, by person and by pair."""
    form, today = forms.Wanted(request.GET), timezone.localdate()
    cut = form.cut(today=today)
    last = min(cut.last, today)
    first = max(min(cut.first, last), last - timedelta(days=rules.DAYS_MOST - 1))
    part, kind = request.GET.get("part", ""), request.GET.get("export", "")
    if kind in sheets.KINDS and part in PARTS:
        record_export(request)
        drawn, name = _drawn(PARTS[part], first, last), f"watch-{part}-{first}-{last}"
        return sheets.answer(sheets.drawn(name=name, table=drawn, mark=taken_by(request)), kind)
    shown: dict[str, Any] = {"form": form.shown(passes.Cut(first, last))}
    shown["parts"] = [(one, _drawn(one, first, last)) for one in PARTS.values()]
    shown["query"] = urlencode({"first": str(first), "last": str(last)})
    return render(request, "monitoring/watch.html", shown)


def _drawn(part: Part, first: date, last: date) -> Table:
    return Table(part.columns, part.rows(first, last))


def _dwells(first: date, last: date) -> Sequence[Row]:
    return [
        Row((one.label, str(one.decided), str(one.seconds), _figure(one.of_usual)))
        for one in selected.dwells(first=first, last=last)
    ]


def _forced(first: date, last: date) -> Sequence[Row]:
    return [_auditor(one, first, last) for one in selected.forced(first=first, last=last)]


def _auditor(one: rules.Forced, first: date, last: date) -> Row:
    asked = {"kind": looks.AGAIN, "of": one.staff_id, "state": looks.UPHELD}
    wrong = _opens("monitoring:look_list", one.wrong, first=first, last=last, **asked)
    cells = (
        one.label, str(one.ended), str(one.by_hand), _figure(one.share), str(one.seen), wrong,
        str(one.decided), str(one.accepted),
    )  # fmt: skip
    return Row(cells, look=WARN if one.odd or one.wrong else "")


def _pairs(first: date, last: date) -> Sequence[Row]:
    return [_pair(one) for one in selected.met(first=first, last=last)]


def _pair(one: rules.Pair) -> Row:
    found = one.met
    cells = (
        found.one, found.other, str(found.met), str(one.expected), str(found.alike),
        str(found.wrong_alike),
    )  # fmt: skip
    return Row(cells, look=WARN if one.odd or found.wrong_alike else "")


def _outside(first: date, last: date) -> Sequence[Row]:
    return [
        Row(
            (
                one.label,
                one.vendor,
                str(one.slices),
                str(one.outside),
                f"{timezone.localtime(one.last_at):%Y-%m-%d %H:%M}" if one.last_at else "—",
            ),
            look=WARN if one.outside else "",
        )
        for one in selected.outside(first=first, last=last)
    ]


def _images(first: date, last: date) -> Sequence[Row]:
    return [_viewer(one, first=first, last=last) for one in strays.opened(first=first, last=last)]


def _viewer(one: rules.Opened, **span: date) -> Row:
    asked = {"of": rules.number_in(one.label), **span}
    cells = (
        one.label, one.place, str(one.opened),
        _opens("monitoring:stray_views", one.stray, **asked), _figure(one.share),
        _opens("monitoring:stray_views", one.taken, use="original", **asked),
    )  # fmt: skip
    return Row(cells, look=WARN if one.odd else "")


def _dispatched(first: date, last: date) -> Sequence[Row]:
    found = selected.dispatched(first=first, last=last)
    return [_dispatcher(one, since=first, until=last) for one in found]


def _dispatcher(one: selected.Dispatched, **span: date) -> Row:
    steps = [
        _opens("trail:entries", count, actor=one.label, action=step, **span)
        for step, count in one.steps.items()
    ]
    return Row((one.label, *steps))


def _opens(page: str, count: int, **asked: object) -> str:
    if not count:
        return "0"
    query = urlencode({name: str(value) for name, value in asked.items()})
    address = html.escape(f"{reverse(page)}?{query}")
    return SafeString(f'<a href="{address}" data-figure="{count}">{count}</a>')


def _figure(value: object) -> str:
    return table.NOTHING if value is None else str(value)


PARTS: Mapping[str, Part] = {
    part.key: part
    for part in (
        Part(
            "forced",
            _("Matches by hand"),
            _("Marked is who matches far more by hand than colleagues, or was found wrong."),
            (
                Column(_("Auditor")),
                Column(_("Findings"), table.RIGHT),
                Column(_("By hand"), table.RIGHT),
                Column(_("By hand, %"), table.RIGHT),
                Column(_("Seen again"), table.RIGHT),
                Column(_("Found wrong"), table.RIGHT),
                Column(_("Decided of colleagues"), table.RIGHT),
                Column(_("Let pass"), table.RIGHT),
            ),
            _forced,
        ),
        Part(
            "pairs",
            _("Pairs of keyers"),
            _("Marked is who meets far more often than by chance, or was wrong in the same way."),
            (
                Column(_("Keyer")),
                Column(_("Other keyer")),
                Column(_("Slices of both"), table.RIGHT),
                Column(_("By chance"), table.RIGHT),
                Column(_("Keyed alike"), table.RIGHT),
                Column(_("Wrong alike"), table.RIGHT),
            ),
            _pairs,
        ),
        Part(
            "outside",
            _("Vendors' people outside of office hours"),
            _("Office hours are a parameter; days off count as outside."),
            (
                Column(_("Staff")),
                Column(_("Vendor")),
                Column(_("Slices"), table.RIGHT),
                Column(_("Outside of hours"), table.RIGHT),
                Column(_("Last one outside"), table.NUMBER),
            ),
            _outside,
        ),
        Part(
            "images",
            _("Images opened without an item"),
            _("Added up each night: opened large by who never held or did anything of the item."),
            (
                Column(_("Staff")),
                Column(_("Institution")),
                Column(_("Images opened"), table.RIGHT),
                Column(_("Without an item"), table.RIGHT),
                Column(_("Without an item, %"), table.RIGHT),
                Column(_("Of these taken out"), table.RIGHT),
            ),
            _images,
        ),
        Part(
            "dwells",
            _("Time of authorizers at an item"),
            _("Who is quickest stands first, beside the authorizer in the middle."),
            (
                Column(_("Authorizer")),
                Column(_("Items"), table.RIGHT),
                Column(_("Seconds an item"), table.RIGHT),
                Column(_("Of the usual, %"), table.RIGHT),
            ),
            _dwells,
        ),
        Part(
            "steps",
            _("Steps of dispatchers"),
            _("Each figure opens the trail with the reasons."),
            (
                Column(_("Dispatcher")),
                Column(_("Assigned"), table.RIGHT),
                Column(_("Taken back"), table.RIGHT),
                Column(_("Set aside"), table.RIGHT),
                Column(_("Made urgent"), table.RIGHT),
            ),
            _dispatched,
        ),
    )
}
