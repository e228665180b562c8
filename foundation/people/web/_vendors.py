"""Vendors: the companies whose people key slices, opened, looked at and ended."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.people import forms, selectors, services
from foundation.people.models import Vendor
from foundation.people.roles import Permission
from foundation.trail import selectors as trail
from foundation.ui.web import action, refusals_in, requires, signed_in

_PAGE = 50


@require_GET
@requires(Permission.STAFF_VIEW)
def vendors(request: HttpRequest) -> HttpResponse:
    """List the companies, those in use first."""
    return render(request, "people/vendors.html", {"rows": selectors.vendors()})


@require_http_methods(["GET", "POST"])
@requires(Permission.STAFF_MANAGE)
def vendor_new(request: HttpRequest) -> HttpResponse:
    """Enter a company."""
    form = forms.VendorNew(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(request, form):
            row = services.open_vendor(
                **form.cleaned_data, by=signed_in(request), at=timezone.now()
            )
            return redirect("people:vendor_detail", row.number)
    status = 422 if form.errors else 200
    return render(request, "people/vendor_new.html", {"form": form}, status=status)


@require_GET
@requires(Permission.STAFF_VIEW)
def vendor_detail(request: HttpRequest, company: str) -> HttpResponse:
    """Show a company, its people in sight and what happened with it."""
    row = _found(company)
    people = selectors.staff_of_vendor(row=row, after=request.GET.get("after", "")[:12])
    page = {
        "row": row,
        "people": people,
        "after": people[-1].number if len(people) == _PAGE else "",
        "entries": trail.timeline(subject=f"people.vendor:{row.number}", limit=30),
        "form": forms.Reason(),
    }
    return render(request, "people/vendor_detail.html", page)


@action
@require_POST
@requires(Permission.STAFF_MANAGE)
def vendor_end(request: HttpRequest, company: str) -> HttpResponse:
    """Let a company have no people any more."""
    row, reason = _found(company), request.POST.get("reason", "").strip()[:200]
    services.end_vendor(vendor_id=row.pk, reason=reason, by=signed_in(request), at=timezone.now())
    return redirect("people:vendor_detail", company)


def _found(number: str) -> Vendor:
    row = selectors.vendor(number=number)
    if row is None:
        raise Http404
    return row
