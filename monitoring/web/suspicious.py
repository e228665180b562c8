"""Pages of suspicious cases: the analyst tells, the reviewer supports, the lead confirms."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.ledger import selectors as ledger
from foundation.people.roles import Permission
from foundation.trail import selectors as trail
from foundation.ui import table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import action, refusals_in, requires, signed_in
from monitoring.forms import aml as forms
from monitoring.models import SuspiciousCase
from monitoring.rules import aml as rules
from monitoring.selectors import aml as selected
from monitoring.services import aml as desk
from monitoring.services import suspicious as services
from monitoring.web.aml import by, moves_of

_CASES = (
    Column(_("Case"), table.NUMBER),
    Column(_("Customer")),
    Column(_("Customer number"), table.NUMBER),
    Column(_("Origin")),
    Column(_("Opened at"), table.NUMBER),
    Column(_("Analyst")),
    Column(_("Reviewer")),
    Column(_("Lead")),
    Column(_("State")),
)


@require_GET
@requires(Permission.AML_VIEW)
def aml_cases(request: HttpRequest) -> HttpResponse:
    """List suspicious cases and where each stands."""
    form = forms.Wanted(request.GET, rules.CASE_FLOW)
    page = selected.cases(**form.chosen())
    rows = [_line(row) for row in page.rows]
    shown = {"form": form, "page": page, "table": Table(_CASES, rows)}
    return render(request, "monitoring/aml_cases.html", shown)


@require_http_methods(["GET", "POST"])
@requires(Permission.AML_WORK)
def aml_open_case(request: HttpRequest) -> HttpResponse:
    """Open a case about a customer."""
    form = forms.OpenCase(request.POST or None)
    if request.method == "POST" and form.is_valid():
        customer = form.cleaned_data["customer"]
        name = ledger.customer_name(number=customer)
        if not name:
            form.add_error("customer", gettext("There is no customer of this number."))
        else:
            branch = desk.home_of(by=signed_in(request))
            with refusals_in(request, form):
                row = services.open_by_hand(
                    customer=customer, customer_name=name, branch=branch, **by(request)
                )
                return redirect("monitoring:aml_case", row.pk)
    status = 422 if form.errors else 200
    return render(request, "monitoring/aml_open_case.html", {"form": form}, status=status)


@require_GET
@requires(Permission.AML_VIEW, missing=(rules.NoSuchCase,))
def aml_case(request: HttpRequest, aml_case_id: int) -> HttpResponse:
    """Show one case: what is suspicious, the journal lines, and what happened."""
    return _case(request, selected.case(case_id=aml_case_id))


@action
@require_POST
@requires(Permission.AML_WORK, missing=(rules.NoSuchCase,))
def aml_submit(request: HttpRequest, aml_case_id: int) -> HttpResponse:
    """Tell what is suspicious and give it to a reviewer."""
    row, form = selected.case(case_id=aml_case_id), forms.Narrative(request.POST)
    if form.is_valid():
        with refusals_in(request, form):
            services.submit(case_id=row.pk, **form.cleaned_data, **by(request))
            return redirect("monitoring:aml_case", row.pk)
    return _case(request, row, form)


@action
@require_POST
@requires(Permission.AML_REVIEW, missing=(rules.NoSuchCase,))
def aml_review_case(request: HttpRequest, aml_case_id: int) -> HttpResponse:
    """Support, send back or dismiss what an analyst told."""
    return _second(request, aml_case_id, services.review)


@action
@require_POST
@requires(Permission.AML_LEAD, missing=(rules.NoSuchCase,))
def aml_lead_case(request: HttpRequest, aml_case_id: int) -> HttpResponse:
    """Confirm, send back or dismiss what two others told and supported."""
    return _second(request, aml_case_id, services.lead)


@action
@require_POST
@requires(Permission.AML_LEAD, missing=(rules.NoSuchCase,))
def aml_report_case(request: HttpRequest, aml_case_id: int) -> HttpResponse:
    """Make the report of a confirmed case."""
    desk.report_case(case_id=aml_case_id, **by(request))
    return redirect("monitoring:aml_case", aml_case_id)


def _second(request: HttpRequest, case_id: int, service: Any) -> HttpResponse:
    row, form = selected.case(case_id=case_id), forms.Remark(request.POST)
    if form.is_valid():
        with refusals_in(request, form):
            service(case_id=row.pk, **form.cleaned_data, **by(request))
            return redirect("monitoring:aml_case", row.pk)
    return _case(request, row, form)


def _case(
    request: HttpRequest, row: SuspiciousCase, form: forms.Narrative | forms.Remark | None = None
) -> HttpResponse:
    me = signed_in(request).person
    tells = form if isinstance(form, forms.Narrative) else None
    shown = {
        "row": row,
        "form": form or forms.Narrative(initial={"narrative": row.narrative}),
        "tell": tells or forms.Narrative(initial={"narrative": row.narrative}),
        "remark": form if isinstance(form, forms.Remark) else forms.Remark(),
        "origin": rules.ORIGINS[row.origin],
        "table": moves_of(row.evidence),
        "had_part": me in {row.analyst_person, row.reviewer_person},
        "timeline": trail.timeline(subject=row.subject),
    }
    status = 422 if form is not None else 200
    return render(request, "monitoring/aml_case.html", shown, status=status)


def _line(row: SuspiciousCase) -> Row:
    return Row(
        (
            table.link(to="monitoring:aml_case", key=row.pk, text=str(row.pk)),
            row.customer_name,
            row.customer,
            gettext(rules.ORIGINS[row.origin]),
            table.clock(row.opened_at),
            row.analyst.label if row.analyst else table.NOTHING,
            row.reviewer.label if row.reviewer else table.NOTHING,
            row.lead.label if row.lead else table.NOTHING,
            SafeString(ops.state_badge(row.state)),
        ),
        key=str(row.pk),
    )
