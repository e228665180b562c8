"""The door: signing in and out, the idle lock, the second factor, passwords."""

from __future__ import annotations

from base64 import b32encode
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import segno
from django import forms as django_forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from foundation.kernel.errors import Refused
from foundation.people import forms, rules, selectors, services
from foundation.people.models import Staff
from foundation.people.roles import ROLES
from foundation.ui.web import action, inside, public, show_in, to_sign_in

_BACKEND = "django.contrib.auth.backends.ModelBackend"


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Let a member of staff in by number and password."""
    form = forms.SignIn(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _let_in(request, _identified(request, **form.cleaned_data), how="password")
        except Refused as refusal:
            show_in(form, refusal)
    return render(
        request, "people/sign_in.html", _sign_in_page(request, form), status=_status(form)
    )


@action
@public
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Let a made-up person of the demo in with one click; anywhere else there is no such page."""
    if not settings.OPS_DEMO:
        raise Http404
    staff = selectors.staff_by_number(number=request.POST.get("number", ""))
    if staff is None or not staff.is_demo or not staff.is_active:
        raise Http404
    return _let_in(request, staff, how="demo")


@action
@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Let the person out and forget the session."""
    if isinstance(request.user, Staff):
        services.sign_out(staff=request.user, at=timezone.now(), where=_terminal(request))
    logout(request)
    answer = redirect("people:sign_in")
    answer.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
    # What the browser kept of customers goes with the session.
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@action
@public
@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Lock the session: until the password is given again, every address answers 423."""
    if not isinstance(request.user, Staff):
        return to_sign_in(request)
    if not request.session.get(selectors.LOCKED):
        request.session[selectors.LOCKED] = True
        services.lock(staff=request.user, at=timezone.now(), where=_terminal(request))
    return HttpResponse(status=204)


@action
@public
@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Hear from a screen that somebody is typing or pointing; the gate notes it."""
    return HttpResponse(status=204) if isinstance(request.user, Staff) else to_sign_in(request)


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    """Open a locked session by the person's password; the work is where it was."""
    staff = request.user
    if not isinstance(staff, Staff):
        return to_sign_in(request)
    form = forms.Unlock(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _unlocked(request, form.cleaned_data["password"], staff)
        except Refused as refusal:
            show_in(form, refusal)
    page = {"form": form, "next": request.POST.get("next", "")}
    return render(request, "people/unlock.html", page, status=_status(form, 423))


@public
@never_cache
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the person's device; the first time, show how to set it up."""
    staff = request.user
    if not isinstance(staff, Staff):
        return to_sign_in(request)
    form = forms.SecondFactor(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _stepped_up(request, staff, form.cleaned_data["code"])
        except Refused as refusal:
            show_in(form, refusal)
    page = {"form": form, **_device(staff)}
    return render(request, "people/second_factor.html", page, status=_status(form))


@public
@never_cache
@sensitive_post_parameters("old", "password", "again")
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Let the person choose a new password."""
    staff = request.user
    if not isinstance(staff, Staff):
        return to_sign_in(request)
    form = forms.Password(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _changed(request, staff, form)
        except Refused as refusal:
            show_in(form, refusal)
    page = {"form": form, "profile": rules.PROFILES[settings.SECURITY_PROFILE]}
    return render(request, "people/password.html", page, status=_status(form))


@public
@never_cache
@sensitive_post_parameters("code", "password", "again")
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest) -> HttpResponse:
    """Let a person whose sign-in was reset choose a password with the code of the reset."""
    form = forms.NewPassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _reset(request, form)
        except Refused as refusal:
            show_in(form, refusal)
    page = {"form": form, "profile": rules.PROFILES[settings.SECURITY_PROFILE]}
    return render(request, "people/new_password.html", page, status=_status(form))


def locked_out(_request: HttpRequest, response: HttpResponse, _credentials: Any) -> HttpResponse:
    """Answer a locked number with the same page as any other failure: it tells nothing."""
    return response


def _identified(request: HttpRequest, number: str, password: str) -> Staff:
    """Return who has the number and the password; refuse before hashing where that can be."""
    at, where = timezone.now(), _terminal(request)
    try:
        services.count_try(address=where, at=at)
    except rules.TooManyTries:
        services.fail_sign_in(number=number, at=at, where=where, why="terminal")
        raise
    with services.hashing():
        staff = authenticate(request, username=number, password=password)
    if not isinstance(staff, Staff):
        locked = getattr(request, "axes_locked_out", False)
        why = "locked" if locked else "password"
        services.fail_sign_in(number=number, at=at, where=where, why=why)
        raise rules.SignInFailed
    services.forget_try(address=where, at=at)
    return staff


def _let_in(request: HttpRequest, staff: Staff, *, how: str) -> HttpResponse:
    fresh = services.start_session(
        staff=staff, at=timezone.now(), where=_terminal(request), how=how
    )
    # Whatever the browser brought along ends here: another key, nothing of the former person.
    request.session.flush()
    login(request, fresh, backend=_BACKEND)
    # However busy: a session ends with the working day.
    request.session.set_expiry(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    if how == "demo":
        request.session[selectors.SECOND_FACTOR] = "demo"
    return _onward(request)


def _onward(request: HttpRequest) -> HttpResponse:
    """Go on to the page that was asked for, if it is one of ours."""
    return redirect(inside(request, request.GET.get("next") or request.POST.get("next") or ""))


def _unlocked(request: HttpRequest, password: str, staff: Staff) -> HttpResponse:
    _identified(request, staff.number, password)
    request.session.pop(selectors.LOCKED, None)
    request.session.cycle_key()
    services.unlock(staff=staff, at=timezone.now(), where=_terminal(request))
    return HttpResponse(status=204) if request.headers.get("HX-Request") else _onward(request)


def _stepped_up(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    device = services.check_second_factor(
        staff=staff, code=code, at=timezone.now(), where=_terminal(request)
    )
    request.session[selectors.SECOND_FACTOR] = device.pk
    request.session.cycle_key()
    return redirect("front_door")


def _changed(request: HttpRequest, staff: Staff, form: forms.Password) -> HttpResponse:
    passed = request.session.get(selectors.SECOND_FACTOR)
    try:
        _identified(request, staff.number, form.cleaned_data["old"])
    except rules.SignInFailed:
        raise rules.WrongPassword(field="old") from None
    changed = services.change_password(
        staff=staff,
        new=form.cleaned_data["password"],
        at=timezone.now(),
        where=_terminal(request),
    )
    login(request, changed, backend=_BACKEND)
    # The key is new and the other sessions are void; the second factor was shown in this one.
    request.session[selectors.SECOND_FACTOR] = passed
    return redirect("front_door")


def _reset(request: HttpRequest, form: forms.NewPassword) -> HttpResponse:
    at, where = timezone.now(), _terminal(request)
    services.count_try(address=where, at=at)
    services.use_reset(
        number=form.cleaned_data["number"],
        code=form.cleaned_data["code"],
        new=form.cleaned_data["password"],
        at=at,
        where=where,
    )
    services.forget_try(address=where, at=at)
    return redirect("people:sign_in")


def _sign_in_page(request: HttpRequest, form: forms.SignIn) -> dict[str, Any]:
    page: dict[str, Any] = {"form": form, "ended": request.GET.get("ended", "")}
    page["next"] = request.GET.get("next", "")
    page["demo_staff"] = []
    if settings.OPS_DEMO:
        found = selectors.demo_staff(on=timezone.localdate())
        page["demo_staff"] = [(gettext(ROLES[role].name), staff) for role, staff in found]
    return page


def _device(staff: Staff) -> dict[str, Any]:
    device = services.enrol_second_factor(staff=staff)
    if device.confirmed:
        return {"qr": "", "secret": ""}
    secret = b32encode(services.secret_of(device=device)).decode()
    name = quote(f"{settings.OTP_TOTP_ISSUER}:{staff.number}")
    address = f"otpauth://totp/{name}?secret={secret}&issuer={settings.OTP_TOTP_ISSUER}"
    qr = segno.make(address, micro=False).svg_data_uri(scale=5, light="#fff")
    return {"qr": qr, "secret": secret}


def _status(form: django_forms.Form, otherwise: int = 200) -> int:
    return 422 if form.errors else otherwise


def _terminal(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))[:60]
