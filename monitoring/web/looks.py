"""Second looks as leads see them: how well auditors find, each look, who of two was right."""

from __future__ import annotations

import html
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_POST

from foundation.people.roles import Permission
from foundation.trail import selectors as trail
from foundation.ui import sheets, table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import action, record_export, requires, signed_in, taken_by
from monitoring import rules
from monitoring.forms import proofs as forms
from monitoring.models import Look
from monitoring.rules import looks, passes
from monitoring.selectors import looks as selected
from monitoring.services import looks as services
from monitoring.web import _drawn_curve as drawing

SHOWN = 200
AUDITORS = (
    Column(_("Auditor")),
    Column(_("Seen again"), table.RIGHT),
    Column(_("Waiting"), table.RIGHT),
    Column(_("With the lead"), table.RIGHT),
    Column(_("Judged"), table.RIGHT),
    Column(_("Missed"), table.RIGHT),
    Column(_("Missed, %"), table.RIGHT),
    Column(_("From (95 %)"), table.RIGHT),
    Column(_("To (95 %)"), table.RIGHT),
)
LOOKS = (
    Column(_("Look"), table.NUMBER),
    Column(_("Kind")),
    Column(_("Why")),
    Column(_("State")),
    Column(_("Institution")),
    Column(_("Journal number"), table.NUMBER),
    Column(_("Auditor")),
    Column(_("Looked at by")),
    Column(_("Opened at"), table.NUMBER),
)


@require_GET
@requires(Permission.PROOF_VIEW)
def auditors(request: HttpRequest) -> HttpResponse:
    """Show whose findings were seen again and how many were wrong; figures open their looks."""
    form = forms.Wanted(request.GET)
    cut = form.cut(today=timezone.localdate())
    found = selected.auditors(first=cut.first, last=cut.last)
    drawn = Table(AUDITORS, [_auditor(cut, one) for one in found])
    if (kind := request.GET.get("export", "")) in sheets.KINDS:
        record_export(request)
        name = f"auditors-{cut.first}-{cut.last}"
        return sheets.answer(sheets.drawn(name=name, table=drawn, mark=taken_by(request)), kind)
    shown: dict[str, Any] = {"form": form.shown(cut), "rows": found, "table": drawn}
    disputed = selected.listed(
        kind=looks.AGAIN, states=[looks.DIFFERS], first=cut.first, last=cut.last
    )
    shown["disputed"] = Table(LOOKS, [_look(row) for row in disputed[:SHOWN]])
    shown["query"] = urlencode({"first": str(cut.first), "last": str(cut.last)})
    return render(request, "monitoring/auditors.html", shown)


@require_GET
@requires(Permission.PROOF_VIEW)
def look_list(request: HttpRequest) -> HttpResponse:
    """List exactly the looks that a figure counts."""
    form = forms.Looks(request.GET)
    cut = form.cut(today=timezone.localdate())
    rows = selected.listed(
        kind=form.kind_wanted, states=form.states, first=cut.first, last=cut.last, of=form.of_whom
    )
    shown = {"table": Table(LOOKS, [_look(row) for row in rows[:SHOWN]]), "total": rows.count()}
    return render(request, "monitoring/look_list.html", shown | {"cut": cut})


@require_GET
@requires(Permission.PROOF_VIEW)
def look(request: HttpRequest, look_id: int) -> HttpResponse:
    """Show a look: what both found and, where they differ, who was right."""
    found = _look_or_404(look_id)
    shown: dict[str, Any] = {"look": found, "timeline": trail.timeline(subject=found.trail_subject)}
    shown |= {"first": _finding(found.first), "found": _finding(found.found)}
    apart = signed_in(request).person not in {*found.touched, found.looked_person}
    shown["judgeable"] = found.state == looks.DIFFERS and apart
    return render(request, "monitoring/look.html", shown)


@action
@require_POST
@requires(Permission.LOOK_JUDGE, missing=(looks.NoSuchLook,))
def judge_look(request: HttpRequest, look_id: int) -> HttpResponse:
    """Say which of two auditors was right."""
    _look_or_404(look_id)
    form = forms.Judged(request.POST)
    if form.is_valid():
        upheld = form.cleaned_data["upheld"] == "yes"
        services.judge(look_id=look_id, upheld=upheld, by=signed_in(request), at=timezone.now())
    return redirect("monitoring:look", look_id)


def _look_or_404(look_id: int) -> Look:
    found = selected.look(look_id=look_id)
    if found is None:
        raise Http404
    return found


def _finding(code: str) -> str:
    if code == looks.AGREES:
        return _("Agrees")
    return rules.RESULTS[code].text if code in rules.RESULTS else ""


def _auditor(cut: passes.Cut, one: selected.Auditor) -> Row:
    bounds, rate = one.bounds, one.missed / one.seen if one.seen else None
    judged = (looks.BORNE_OUT, looks.UPHELD, looks.DISMISSED)
    return Row(
        (
            one.label,
            _opens(cut, one, one.drawn),
            _opens(cut, one, one.waiting, looks.WAITING),
            _opens(cut, one, one.disputed, looks.DIFFERS),
            _opens(cut, one, one.seen, *judged),
            _opens(cut, one, one.missed, looks.UPHELD),
            *(drawing.percent(share) for share in (rate, bounds.lower, bounds.upper)),
        )
    )


def _look(row: Look) -> Row:
    return Row(
        (
            table.link(to="monitoring:look", key=row.pk, text=str(row.pk), mark="look"),
            gettext(row.sort.name),
            gettext(row.reason_name) if row.reason_name else table.NOTHING,
            ops.state_badge(row.state),
            row.institution.name,
            row.match.journal_no,
            row.first_by.label if row.first_by else table.NOTHING,
            row.looked_by.label if row.looked_by else table.NOTHING,
            f"{timezone.localtime(row.opened_at):%Y-%m-%d %H:%M}",
        )
    )


def _opens(cut: passes.Cut, one: selected.Auditor, count: int, *states: str) -> str:
    if not count:
        return str(count)
    asked = {"first": str(cut.first), "last": str(cut.last), "kind": looks.AGAIN}
    query = urlencode({**asked, "of": str(one.staff_id), "state": "+".join(states)})
    address = html.escape(f"{reverse('monitoring:look_list')}?{query}")
    return SafeString(f'<a href="{address}" data-figure="{count}">{count}</a>')
