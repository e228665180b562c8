"""Pages of the reconciliation centre."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from foundation.people.roles import Permission
from foundation.ui.web import requires
from reconciliation import rules


@require_GET
@requires(Permission.RECONCILIATION_VIEW)
def overview(request: HttpRequest) -> HttpResponse:
    """Show what the centre is for and what is there today."""
    return render(request, "reconciliation/overview.html", {"words": rules.WORDS})
