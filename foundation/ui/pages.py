"""Pages of the shell itself: home, search, manual, choices of language and theme."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from foundation.people.roles import Permission
from foundation.ui.web import requires


@require_GET
@requires(Permission.HOME)
def home(request: HttpRequest) -> HttpResponse:
    """Show where the person's work is."""
    return render(request, "ui/home.html")
