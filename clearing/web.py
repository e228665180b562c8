"""Pages of the centralised clearing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clearing import rules
from foundation.people.roles import Permission
from foundation.ui.web import requires


@require_GET
@requires(Permission.CLEARING_VIEW)
def overview(request: HttpRequest) -> HttpResponse:
    """Show what the centre is for and what is there today."""
    return render(request, "clearing/overview.html", {"words": rules.WORDS})
