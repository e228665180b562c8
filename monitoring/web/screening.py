"""Pages of watch lists and of the customers found on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authorization.models import Screening
from authorization.selectors import screening as items
from foundation.people.roles import Permission
from foundation.trail import selectors as trail
from foundation.ui import alone, table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import action, refusals_in, requires, signed_in, takes_files
from monitoring.forms import aml as desk_forms
from monitoring.forms import screening as forms
from monitoring.models import ScreeningHit, WatchList
from monitoring.rules import screening as rules
from monitoring.selectors import screening as selected
from monitoring.services import screening as services
from monitoring.web.aml import by

_LISTS = (
    Column(_("List")),
    Column(_("Version"), table.NUMBER),
    Column(_("Source")),
    Column(_("Names"), table.RIGHT),
    Column(_("State")),
    Column(_("Imported by")),
    Column(_("Decided by")),
    Column(_("Customers screened at"), table.NUMBER),
)
_HITS = (
    Column(_("Hit"), table.NUMBER),
    Column(_("Customer")),
    Column(_("Name on the list")),
    Column(_("List")),
    Column(_("Likeness"), table.RIGHT),
    Column(_("Raised at"), table.NUMBER),
    Column(_("State")),
)
_AT_COUNTER = (
    Column(_("Item number"), table.NUMBER),
    Column(_("Outlet")),
    Column(_("Transaction")),
    Column(_("Amount"), table.RIGHT),
    Column(_("State")),
    Column(_("Entered"), table.NUMBER),
    Column(_("Likeness"), table.RIGHT),
)
_FOUND = (
    Column(_("Entry"), table.NUMBER),
    Column(_("Name on the list")),
    Column(_("Likeness"), table.RIGHT),
    Column(_("Why")),
)


@require_GET
@requires(Permission.AML_VIEW)
def aml_lists(request: HttpRequest) -> HttpResponse:
    """List the versions of all lists: which are in force, which wait for a second person."""
    of = alone.asked(request.GET)
    rows = selected.lists(of=of)
    shown: dict[str, Any] = {
        "rows": rows,
        "table": Table(_LISTS, [_list_line(row) for row in rows]),
    }
    shown["me"] = signed_in(request).person
    shown["waiting"] = [row for row in rows if row.state == rules.IMPORTED]
    shown |= alone.shown(of, rows)
    return render(request, "monitoring/aml_lists.html", shown)


@takes_files
@require_http_methods(["GET", "POST"])
@requires(Permission.AML_WORK)
def aml_import(request: HttpRequest) -> HttpResponse:
    """Take in a version of a list; another person puts it in force."""
    form = forms.ImportList(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        content = given.pop("file").read(rules.BYTES_MOST + 1)
        with refusals_in(request, form):
            services.import_list(content=content, **given, **by(request))
            return redirect("monitoring:aml_lists")
    status = 422 if form.errors else 200
    return render(request, "monitoring/aml_import.html", {"form": form}, status=status)


@action
@require_POST
@requires(Permission.AML_REVIEW, missing=(rules.NoSuchList,))
def aml_decide_list(request: HttpRequest, list_id: int) -> HttpResponse:
    """Put a list in force that another person imported, or decline it."""
    step = "enforce" if request.POST.get("step") == "enforce" else "decline"
    services.decide_list(list_id=list_id, step=step, **by(request))
    return redirect("monitoring:aml_lists")


@require_GET
@requires(Permission.AML_VIEW)
def aml_hits(request: HttpRequest) -> HttpResponse:
    """List customers who are like an entry of a list in force when they were screened."""
    form = desk_forms.Wanted(request.GET, rules.HIT_FLOW)
    page = selected.hits(**form.chosen())
    shown: dict[str, Any] = {"form": form, "page": page, "table": _hits(page.rows)}
    shown["counts"] = list(selected.hit_counts().items())
    return render(request, "monitoring/aml_hits.html", shown)


@require_GET
@requires(Permission.AML_VIEW, missing=(rules.NoSuchHit,))
def aml_hit(request: HttpRequest, hit_id: int) -> HttpResponse:
    """Show one hit: customer and entry beside one another, why, and what was said."""
    return _hit(request, selected.hit(hit_id=hit_id))


@action
@require_POST
@requires(Permission.AML_WORK, missing=(rules.NoSuchHit,))
def aml_judge(request: HttpRequest, hit_id: int) -> HttpResponse:
    """Say whether a hit is the one on the list."""
    row, form = selected.hit(hit_id=hit_id), forms.Judge(request.POST)
    if form.is_valid():
        with refusals_in(request, form):
            services.judge(hit_id=row.pk, **form.cleaned_data, **by(request))
            return redirect("monitoring:aml_hit", row.pk)
    return _hit(request, row, form)


@action
@require_POST
@requires(Permission.AML_REVIEW, missing=(rules.NoSuchHit,))
def aml_confirm(request: HttpRequest, hit_id: int) -> HttpResponse:
    """Confirm what another person said of a hit, or send it back."""
    agreed = request.POST.get("step") == "confirm"
    services.confirm(hit_id=hit_id, agreed=agreed, **by(request))
    return redirect("monitoring:aml_hit", hit_id)


@require_GET
@requires(Permission.AML_VIEW)
def aml_screen(request: HttpRequest) -> HttpResponse:
    """Screen a name by hand against the lists in force."""
    form = forms.Ask(request.GET or None)
    shown: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        found = selected.screen(**form.cleaned_data, on=timezone.localdate())
        shown["asked"], shown["found"] = True, found
        shown["table"] = Table(_FOUND, [_found(one) for one in found])
    status = 422 if form.errors else 200
    return render(request, "monitoring/aml_screen.html", shown, status=status)


def _hit(request: HttpRequest, row: ScreeningHit, form: forms.Judge | None = None) -> HttpResponse:
    shown = {
        "row": row,
        "form": form or forms.Judge(),
        "verdict": rules.VERDICTS.get(row.verdict, ""),
        "first": signed_in(request).person == row.judged_person,
        "timeline": trail.timeline(subject=row.subject),
        "table": _at_counter(row),
    }
    status = 422 if form is not None else 200
    return render(request, "monitoring/aml_hit.html", shown, status=status)


def _at_counter(row: ScreeningHit) -> Table:
    """Return the items at counters that named the customer, as they stand now."""
    found = items.items_of(branch_id=row.institution_id, customer=row.customer, entry=row.entry)
    return Table(_AT_COUNTER, [_item(one) for one in found])


def _item(one: Screening) -> Row:
    item = one.request
    return Row(
        (
            item.number,
            item.institution.name,
            f"{item.trade_code} {gettext(item.trade.name)}",
            ops.money(item.amount_fen),
            SafeString(ops.state_badge(item.told_state)),
            table.clock(item.created_at),
            f"{max(hit['score'] for hit in one.hits)} %",
        ),
        key=item.number,
    )


def _hits(rows: Sequence[ScreeningHit]) -> Table:
    return Table(
        _HITS,
        [
            Row(
                (
                    table.link(to="monitoring:aml_hit", key=row.pk, text=str(row.pk)),
                    row.customer_name,
                    row.watch_name.name,
                    str(row.watch_list),
                    f"{row.score} %",
                    table.clock(row.raised_at),
                    SafeString(ops.state_badge(row.state)),
                ),
                key=str(row.pk),
            )
            for row in rows
        ],
    )


def _list_line(row: WatchList) -> Row:
    return Row(
        (
            table.alone(to="monitoring:aml_lists", key=row.pk, text=row.code),
            row.version,
            row.source,
            str(row.count),
            SafeString(ops.state_badge(row.state)),
            row.imported_by.label,
            row.decided_by.label if row.decided_by else table.NOTHING,
            table.clock(row.screened_at) if row.screened_at else table.NOTHING,
        ),
        key=str(row.pk),
    )


def _found(one: rules.Found) -> Row:
    why = "; ".join(rules.reasons(one))
    return Row((one.entry.entry, one.entry.name, f"{one.score} %", why), key=one.entry.entry)
