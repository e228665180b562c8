"""Pages of the AML desk: large values, exemptions, reports. Nobody else learns of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_POST

from foundation.kernel.money import Money
from foundation.kernel.text import whole
from foundation.people.roles import Permission
from foundation.trail import selectors as trail
from foundation.ui import alone, sheets, table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import (
    action,
    record_export,
    refusals_in,
    requires,
    signed_in,
    taken_by,
)
from monitoring.forms import aml as forms
from monitoring.models import AmlReport, LargeValue
from monitoring.rules import aml as rules
from monitoring.rules import currencies
from monitoring.selectors import aml as selected
from monitoring.services import aml as services
from monitoring.services import large as changes

_LARGE = (
    Column(_("Record number"), table.NUMBER),
    Column(_("Business date"), table.NUMBER),
    Column(_("Customer")),
    Column(_("Customer number"), table.NUMBER),
    Column(_("In or out")),
    Column(_("Kind")),
    Column(_("Amount"), table.RIGHT),
    Column(_("Journal lines"), table.RIGHT),
    Column(_("Due on"), table.NUMBER),
    Column(_("State")),
    Column(_("Filled by")),
    Column(_("Reviewed by")),
)
_MOVES = (
    Column(_("Institution"), table.NUMBER),
    Column(_("Journal number"), table.NUMBER),
    Column(_("Account"), table.NUMBER),
    Column(_("Counter-account"), table.NUMBER),
    Column(_("Transaction code"), table.NUMBER),
    Column(_("Currency")),
    Column(_("Amount"), table.RIGHT),
    Column(_("Worth in yuan"), table.RIGHT),
)
_REPORTS = (
    Column(_("Record number"), table.NUMBER),
    Column(_("File")),
    Column(_("Kind")),
    Column(_("Count"), table.RIGHT),
    Column(_("Made at"), table.NUMBER),
    Column(_("Asked by")),
    Column(_("Check sum"), table.NUMBER),
)
_EXEMPTIONS = (
    Column(_("Record number"), table.NUMBER),
    Column(_("Customer number"), table.NUMBER),
    Column(_("Valid from"), table.NUMBER),
    Column(_("Valid until"), table.NUMBER),
    Column(_("Reason")),
    Column(_("Proposed by")),
    Column(_("Decided by")),
    Column(_("State")),
)
REVIEWS = ("pass", "send_back")


@require_GET
@requires(Permission.AML_VIEW)
def aml_desk(request: HttpRequest) -> HttpResponse:
    """List large values with what is to be done and until when; what is late stands out."""
    form, on = forms.Wanted(request.GET, rules.LARGE_FLOW), timezone.localdate()
    page = selected.large_values(**form.chosen())
    shown: dict[str, Any] = {"form": form, "page": page, "table": _listed(page.rows, on)}
    if (kind := request.GET.get("export", "")) in sheets.KINDS:
        record_export(request)
        name = f"large-values-{on}"
        return sheets.answer(
            sheets.drawn(name=name, table=shown["table"], mark=taken_by(request)), kind
        )
    shown["query"] = request.GET.urlencode()
    shown["counts"], shown["late"] = list(selected.large_counts().items()), selected.late(on=on)
    return render(request, "monitoring/aml_desk.html", shown)


@require_GET
@requires(Permission.AML_VIEW, missing=(rules.NoSuchLarge,))
def aml_large(request: HttpRequest, large_id: int) -> HttpResponse:
    """Show one large value: the journal lines, what is still missing, and what happened."""
    return _large(request, selected.large_value(large_id=large_id))


@action
@require_POST
@requires(Permission.AML_WORK, missing=(rules.NoSuchLarge,))
def aml_fill(request: HttpRequest, large_id: int) -> HttpResponse:
    """Fill what the report needs."""
    row, form = selected.large_value(large_id=large_id), forms.Fill(request.POST)
    if form.is_valid():
        with refusals_in(request, form):
            services.fill(large_id=row.pk, **form.cleaned_data, **by(request))
            return redirect("monitoring:aml_large", row.pk)
    return _large(request, row, form)


@action
@require_POST
@requires(Permission.AML_REVIEW, missing=(rules.NoSuchLarge,))
def aml_review(request: HttpRequest, large_id: int) -> HttpResponse:
    """Pass what another person filled, or send it back."""
    row, form = selected.large_value(large_id=large_id), forms.Remark(request.POST)
    if form.is_valid() and form.cleaned_data["step"] in REVIEWS:
        given = form.cleaned_data
        with refusals_in(request, form):
            services.review(
                large_id=row.pk,
                passed=given["step"] == "pass",
                remark=given["remark"],
                **by(request),
            )
            return redirect("monitoring:aml_large", row.pk)
    return _large(request, row, remark=form)


@action
@require_POST
@requires(Permission.AML_WORK, missing=(rules.NoSuchLarge,))
def aml_take_up(request: HttpRequest, large_id: int) -> HttpResponse:
    """Take up a large value anew whose movements have changed since it was filled."""
    changes.take_up(large_id=large_id, **by(request))
    return redirect("monitoring:aml_large", large_id)


@require_GET
@requires(Permission.AML_VIEW)
def aml_exemptions(request: HttpRequest) -> HttpResponse:
    """List who is exempt since when and why, and offer to propose another."""
    return _exemptions(request, forms.Exemption())


@action
@require_POST
@requires(Permission.AML_WORK)
def aml_propose(request: HttpRequest) -> HttpResponse:
    """Propose an exemption."""
    form = forms.Exemption(request.POST)
    if form.is_valid():
        with refusals_in(request, form):
            services.propose_exemption(**form.cleaned_data, **by(request))
            return redirect("monitoring:aml_exemptions")
    return _exemptions(request, form)


@action
@require_POST
@requires(Permission.AML_REVIEW, missing=(rules.NoSuchExemption,))
def aml_decide(request: HttpRequest, exemption_id: int) -> HttpResponse:
    """Approve, decline or end an exemption."""
    step = request.POST.get("step", "")[:12]
    services.decide_exemption(exemption_id=exemption_id, step=step, **by(request))
    return redirect("monitoring:aml_exemptions")


@require_GET
@requires(Permission.AML_VIEW)
def aml_reports(request: HttpRequest) -> HttpResponse:
    """List the reports that were made, with their check sums."""
    of = alone.asked(request.GET)
    page = selected.reports(of=of, before=whole(request.GET.get("before", "")))
    waits = selected.large_counts().get(rules.PASSED, 0)
    shown = {"page": page, "table": _reports(page.rows), "waits": waits}
    shown |= alone.shown(of, page.rows)
    return render(request, "monitoring/aml_reports.html", shown)


@action
@require_POST
@requires(Permission.AML_REVIEW)
def aml_make_report(request: HttpRequest) -> HttpResponse:
    """Ask for the report of what was reviewed; a worker makes it."""
    services.ask_report(**by(request))
    return redirect("monitoring:aml_reports")


@action
@require_GET
@requires(Permission.AML_VIEW, missing=(rules.NoSuchReport,))
def aml_report_file(request: HttpRequest, report_id: int) -> HttpResponse:
    """Answer the file of a report as it was made."""
    row = services.take_report(report_id=report_id, **by(request))
    answer = HttpResponse(bytes(row.content), content_type="application/xml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{row.name}"'
    return answer


def by(request: HttpRequest) -> dict[str, Any]:
    """Return who acts and when."""
    return {"by": signed_in(request), "at": timezone.now()}


def moves_of(evidence: Sequence[dict[str, Any]]) -> Table:
    """Return the journal lines behind a large value or a case as a list."""
    rows = [
        Row(
            (
                move["place"],
                move["journal_no"],
                table.link(to="ledger:account", key=move["account"], text=move["account"]),
                move["counter"] or table.NOTHING,
                move["trade_code"],
                move.get("currency", currencies.CNY),
                Money(move["fen"]).format(),
                Money(move.get("worth_fen", move["fen"])).format(),
            )
        )
        for move in evidence
    ]
    return Table(_MOVES, rows)


def _large(
    request: HttpRequest,
    row: LargeValue,
    form: forms.Fill | None = None,
    remark: forms.Remark | None = None,
) -> HttpResponse:
    fill = form or forms.Fill(
        initial={name: getattr(row, name) for name in ("id_number", "counterparty", "purpose")}
    )
    tried = form or remark
    shown = {
        "row": row,
        "form": tried or fill,
        "fill": fill,
        "remark": remark or forms.Remark(),
        "side": rules.SIDES[row.side],
        "kind": rules.KINDS[row.kind],
        "basis": currencies.BASES[row.basis],
        "sums": [currencies.shown(fen, name) for name, fen in sorted(row.sums.items())],
        "dollars": currencies.shown(row.amount_cents, currencies.USD),
        "dollars_least": currencies.shown(row.threshold_cents, currencies.USD),
        "foreign": bool(set(row.sums) - {currencies.CNY}),
        "table": moves_of(row.evidence),
        "changed": rules.CHANGES.get(row.changed, ""),
        "late": row.state in rules.TO_REPORT and row.due_on < timezone.localdate(),
        "first": signed_in(request).person == row.filled_person,
        "timeline": trail.timeline(subject=row.subject),
    }
    status = 422 if tried is not None else 200
    return render(request, "monitoring/aml_large.html", shown, status=status)


def _reports(found: Sequence[AmlReport]) -> Table:
    rows = [
        Row(
            (
                table.alone(to="monitoring:aml_reports", key=row.pk, text=str(row.pk)),
                table.link(to="monitoring:aml_report_file", key=row.pk, text=row.name),
                gettext(rules.REPORT_KINDS[row.kind]),
                str(row.count),
                table.clock(row.made_at),
                row.asked_by.label,
                row.sha256[:16],
            ),
            key=str(row.pk),
        )
        for row in found
    ]
    return Table(_REPORTS, rows)


def _exemptions(request: HttpRequest, form: forms.Exemption) -> HttpResponse:
    of = alone.asked(request.GET)
    page = selected.exemptions(of=of, before=whole(request.GET.get("before", "")))
    rows = [
        Row(
            (
                table.alone(to="monitoring:aml_exemptions", key=row.pk, text=str(row.pk)),
                row.customer,
                str(row.valid_from),
                str(row.valid_until),
                row.reason,
                row.proposed_by.label,
                row.decided_by.label if row.decided_by else table.NOTHING,
                SafeString(ops.state_badge(row.state)),
            ),
            key=str(row.pk),
        )
        for row in page.rows
    ]
    shown: dict[str, Any] = {"page": page, "form": form, "table": Table(_EXEMPTIONS, rows)}
    shown |= {"me": signed_in(request).person, **alone.shown(of, page.rows)}
    status = 422 if form.errors else 200
    return render(request, "monitoring/aml_exemptions.html", shown, status=status)


def _listed(rows: Sequence[LargeValue], on: date) -> Table:
    return Table(_LARGE, [_line(row, on) for row in rows])


def _line(row: LargeValue, on: date) -> Row:
    late = row.state in rules.TO_REPORT and row.due_on < on
    return Row(
        (
            table.link(to="monitoring:aml_large", key=row.pk, text=str(row.pk)),
            str(row.business_date),
            row.customer_name,
            row.customer,
            gettext(rules.SIDES[row.side]),
            gettext(rules.KINDS[row.kind]),
            Money(row.amount_fen).format(),
            str(len(row.evidence)),
            str(row.due_on),
            _state(row),
            row.filled_by.label if row.filled_by else table.NOTHING,
            row.reviewed_by.label if row.reviewed_by else table.NOTHING,
        ),
        look="op-row--bad" if late else "",
        key=str(row.pk),
    )


def _state(row: LargeValue) -> SafeString:
    """Return the state, and beside it that the books have changed beneath."""
    mark = format_html(' <span class="op-chip op-chip--bad">{}</span>', gettext("Changed since"))
    return SafeString(ops.state_badge(row.state) + (mark if row.changed == rules.MOVED else ""))
