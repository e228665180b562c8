"""Pages of people: signing in and out."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from foundation.people import forms


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Let a member of staff in by number and password."""
    form = forms.SignIn(request.POST or None)
    if request.method == "POST" and form.is_valid():
        staff = authenticate(
            request,
            number=form.cleaned_data["number"],
            username=form.cleaned_data["number"],
            password=form.cleaned_data["password"],
        )
        if staff is not None:
            login(request, staff)
            return redirect(_safe(request, request.GET.get("next", "")))
        form.add_error(None, "wrong")
    return render(request, "people/sign_in.html", {"form": form})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Let the person out and forget the session."""
    logout(request)
    return redirect("people:sign_in")


def _safe(request: HttpRequest, target: str) -> str:
    inside = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if inside else "/"


sign_in.permission = None  # type: ignore[attr-defined]
sign_out.permission = None  # type: ignore[attr-defined]
