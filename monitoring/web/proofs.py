"""Proof of automatic passes: missed errors against what people look at, and the pairs behind."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET

from foundation.imaging.selectors import layouts
from foundation.people.roles import Permission
from foundation.ui import sheets, table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import record_export, requires, taken_by
from monitoring import rules
from monitoring.forms import proofs as forms
from monitoring.models import Match
from monitoring.rules import passes
from monitoring.selectors import proofs as selected
from monitoring.web import _drawn_curve as drawing

SHOWN = 200
POINTS = (
    Column(_("Confidence threshold"), table.RIGHT),
    Column(_("Passed"), table.RIGHT),
    Column(_("Left to people"), table.RIGHT),
    Column(_("Left to people, %"), table.RIGHT),
    Column(_("Proofs"), table.RIGHT),
    Column(_("Missed errors"), table.RIGHT),
    Column(_("Missed errors a million"), table.RIGHT),
    Column(_("From (95 %)"), table.RIGHT),
    Column(_("To (95 %)"), table.RIGHT),
)
OUTLETS = (
    Column(_("Outlet")),
    Column(_("Passed"), table.RIGHT),
    Column(_("Drawn"), table.RIGHT),
    Column(_("Proved"), table.RIGHT),
    Column(_("Missed errors"), table.RIGHT),
    Column(_("From (95 %)"), table.RIGHT),
    Column(_("To (95 %)"), table.RIGHT),
)
LAYOUTS = (Column(_("Layout")), *OUTLETS[1:])
MONTHS = (Column(_("Month")), *OUTLETS[1:])
PAIRS = (
    Column(_("Journal number"), table.NUMBER),
    Column(_("Institution")),
    Column(_("Business date"), table.NUMBER),
    Column(_("Amount"), table.RIGHT),
    Column(_("Least confidence"), table.RIGHT),
    Column(_("Result")),
    Column(_("Proof")),
    Column(_("Keyed differently")),
)


@require_GET
@requires(Permission.PROOF_VIEW)
def proofs(request: HttpRequest) -> HttpResponse:
    """Show the curve of thresholds, the sample and what it found; every figure opens its pairs."""
    titles = layouts.titles()
    form = forms.Curved(request.GET, titles=titles)
    cut = form.cut(today=timezone.localdate())
    found = selected.figures(cut=cut)
    points = Table(POINTS, [_point(cut, one) for one in found.points])
    if (kind := request.GET.get("export", "")) in sheets.KINDS:
        record_export(request)
        name = f"proofs-{cut.first}-{cut.last}"
        return sheets.answer(sheets.drawn(name=name, table=points, mark=taken_by(request)), kind)
    shown: dict[str, Any] = {"form": form.again(cut, titles), "found": found, "points": points}
    shown |= {"figures": _figures(cut, found), "curve": drawing.curve(found.points)}
    shown |= {"outlets": _lines(OUTLETS, found, found.outlets)}
    shown |= {"months": _lines(MONTHS, found, found.months), "cut": cut}
    shown |= {"layouts": _of_layouts(found, titles), "query": urlencode(_asked(cut))}
    return render(request, "monitoring/proofs.html", shown)


@require_GET
@requires(Permission.PROOF_VIEW)
def proof_list(request: HttpRequest) -> HttpResponse:
    """List exactly the pairs that a figure counts."""
    form = forms.Listed(request.GET, titles=layouts.titles())
    cut = form.cut(today=timezone.localdate())
    rows = selected.listed(cut=cut, figure=form.figure_wanted, least=form.threshold)
    pairs = Table(PAIRS, [_pair(row) for row in rows[:SHOWN]])
    if (kind := request.GET.get("export", "")) in sheets.KINDS:
        record_export(request)
        name = f"proofs-{form.figure_wanted}-{cut.first}-{cut.last}"
        return sheets.answer(sheets.drawn(name=name, table=pairs, mark=taken_by(request)), kind)
    title = drawing.FIGURES[form.figure_wanted]
    shown = {"table": pairs, "total": rows.count(), "title": title, "cut": cut, "most": SHOWN}
    shown["query"], shown["least"] = request.GET.urlencode(), form.threshold
    return render(request, "monitoring/proof_list.html", shown)


def _figures(cut: passes.Cut, found: selected.Figures) -> list[tuple[str, str]]:
    """Return the figures above the curve: the word, and the number that opens its pairs."""
    whole, bounds, at = found.whole, found.whole.bounds, _in_force(found)
    proofs_ended = whole.proved + whole.missed
    rate = drawing.ppm(whole.missed / proofs_ended if proofs_ended else None)
    return [
        (_("Passed by machine"), _opens(cut, passes.PASSED, whole.passed, at)),
        (_("Drawn for proof"), _opens(cut, passes.DRAWN, whole.drawn)),
        (_("To be keyed"), _opens(cut, passes.KEYED, found.keying)),
        (_("Proved"), _opens(cut, passes.PROVED, whole.proved)),
        (_("Not provable"), _opens(cut, passes.UNPROVED, found.unproved)),
        (_("Missed errors"), _opens(cut, passes.MISSED, whole.missed)),
        (_("Missed errors a million"), rate),
        (_("From (95 %)"), drawing.ppm(bounds.lower)),
        (_("To (95 %)"), drawing.ppm(bounds.upper)),
    ]


def _in_force(found: selected.Figures) -> int:
    return next(point.threshold for point in found.points if point.in_force)


def _point(cut: passes.Cut, one: passes.Point) -> Row:
    at = one.threshold
    return Row(
        (
            f"{at} ★" if one.in_force else str(at),
            _opens(cut, passes.PASSED, one.passed, at),
            _opens(cut, passes.MANUAL, one.manual, at),
            str(one.manual_percent),
            str(one.proofs),
            _opens(cut, passes.MISSED, one.missed, at),
            *(drawing.whole(value) for value in (one.ppm, one.lower, one.upper)),
        ),
        look="op-row--on" if one.in_force else "",
    )


def _lines(
    columns: tuple[Column, ...], found: selected.Figures, lines: Sequence[selected.Line]
) -> Table:
    return Table(columns, [_line(one, _in_force(found)) for one in lines])


def _of_layouts(found: selected.Figures, titles: Mapping[str, str]) -> Table:
    """Return the lines of the forms, whose names open the page of that form alone."""
    rows = []
    for one in found.layouts:
        row = _line(one, _in_force(found))
        called = titles.get(one.name, one.name) or gettext("No known form")
        address = html.escape(f"?{urlencode(_asked(one.cut))}")
        name = SafeString(f'<a href="{address}">{html.escape(called)}</a>')
        rows.append(Row((name, *row.cells[1:])))
    return Table(LAYOUTS, rows)


def _line(one: selected.Line, in_force: int) -> Row:
    here, bounds = one.cut, one.bounds
    return Row(
        (
            one.name,
            _opens(here, passes.PASSED, one.passed, in_force),
            _opens(here, passes.DRAWN, one.drawn),
            _opens(here, passes.PROVED, one.proved),
            _opens(here, passes.MISSED, one.missed),
            drawing.ppm(bounds.lower),
            drawing.ppm(bounds.upper),
        )
    )


def _pair(row: Match) -> Row:
    proof = getattr(row, "proof", None)
    finding = rules.RESULTS[row.result]
    differs = [gettext(rules.FIELD_NAMES[name]) for name in proof.differs] if proof else []
    return Row(
        (
            table.link(to="monitoring:match", key=row.pk, text=row.journal_no or table.NOTHING),
            row.institution.name,
            f"{row.business_date:%Y-%m-%d}",
            ops.money(row.amount_fen),
            str(row.least),
            ops.state_badge(row.result, gettext(finding.text), finding.kind),
            ops.state_badge(proof.state) if proof else table.NOTHING,
            ", ".join(differs) or table.NOTHING,
        )
    )


def _asked(cut: passes.Cut) -> dict[str, str]:
    under = {"under": str(cut.under)} if cut.under else {}
    layout = {"layout": cut.layout} if cut.layout else {}
    return {"first": str(cut.first), "last": str(cut.last), **under, **layout}


def _opens(cut: passes.Cut, figure: str, count: int, least: int | None = None) -> str:
    if not count:
        return str(count)
    asked = _asked(cut) | {"figure": figure} | ({"least": str(least)} if least is not None else {})
    address = html.escape(f"{reverse('monitoring:proof_list')}?{urlencode(asked)}")
    return SafeString(f'<a href="{address}" data-figure="{count}">{count}</a>')
