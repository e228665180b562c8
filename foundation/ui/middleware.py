"""Who is signed in, and in which language the page speaks."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from foundation.people import selectors as people
from foundation.people import services as people_services
from foundation.people.models import Staff
from foundation.trail import services as trail
from foundation.ui import door, idle, rest

Answer = Callable[[HttpRequest], HttpResponse]
LANGUAGE_COOKIE = "ops_language"
# A locked screen opens by the password, or is given up for another person's sign-in.
OPEN_ALWAYS = frozenset(
    {"people:unlock", "people:lock", "people:sign_out", "people:sign_in", "people:demo_sign_in"}
)


class LanguageMiddleware:
    """Chinese unless the person chose English: the browser's own preference does not count."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Speak the language of the cookie."""
        chosen = request.COOKIES.get(LANGUAGE_COOKIE, settings.LANGUAGE_CODE)
        known = chosen in dict(settings.LANGUAGES)
        with translation.override(chosen if known else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()
            return self.get_response(request)


class SessionMiddleware(sessions.SessionMiddleware):
    """Django's, but only signing out takes the cookie away.

    Unlocking changes the key of a session. What was on its way with the former key finds no
    session, and Django would answer it by taking the new cookie from the browser.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Keep the cookie unless the page itself took it away."""
        ended = settings.SESSION_COOKIE_NAME in response.cookies
        answer: HttpResponse = super().process_response(request, response)
        cookie = answer.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and not cookie.value and not ended:
            del answer.cookies[settings.SESSION_COOKIE_NAME]
        return answer


class StaffMiddleware:
    """Puts the signed-in member of staff on the request as `user`, and keeps the gate.

    The gate is passed by nobody who has locked the screen or left it alone, has not shown the
    second factor where one is asked for, or has to choose a new password first; only the page that
    settles it opens.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Attach the person lazily, so that static and public pages ask the database nothing."""
        request.user = SimpleLazyObject(lambda: _staff_of(request))  # type: ignore[assignment]
        number = str(getattr(request, "request_id", ""))
        with trail.told_from(where=request.META.get("REMOTE_ADDR", ""), request_id=number):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Answer, args: object, kwargs: object
    ) -> HttpResponse | None:
        """Answer instead of the page while the gate is shut."""
        del args, kwargs
        name = request.resolver_match.view_name if request.resolver_match else ""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or name in OPEN_ALWAYS:
            return None
        shut = None
        if request.session.get(people.LOCKED) or _left_alone(request, name):
            shut = _locked(request)
        elif getattr(view, "permission", "") is not None and isinstance(request.user, Staff):
            shut = _step_first(request, request.user)
        if shut is not None and name.startswith("api_"):
            return rest.answer_of(request, rest.GateShut())
        return shut


def _staff_of(request: HttpRequest) -> AbstractBaseUser | AnonymousUser:
    """Return who is signed in; note why a session that was one is one no more."""
    number = request.session.get(SESSION_KEY)
    staff = door.behind(request)
    if staff is not None:
        return staff
    if number:
        request.session_ended = people.signed_out_because(staff_id=int(number))  # type: ignore[attr-defined]
    return AnonymousUser()


def _left_alone(request: HttpRequest, name: str) -> bool:
    """Lock the session of a person who was away for too long; else note a sign of life."""
    staff, at = request.user, timezone.now()
    if not isinstance(staff, Staff):
        return False
    if idle.left_alone(staff=staff, at=at, seconds=door.idle_seconds(request, staff)):
        request.session[people.LOCKED] = True
        where = request.META.get("REMOTE_ADDR", "")
        people_services.lock(staff=staff, at=at, where=where, how="idle")
        return True
    if staff.seen_at is None or _by_hand(request, name):
        people_services.seen(staff=staff, at=at)
    return False


def _by_hand(request: HttpRequest, name: str) -> bool:
    """Return whether a person asked, not a page that keeps itself fresh or an item held."""
    page = "text/html" in request.headers.get("Accept", "")
    return name == "people:stay" or (page and not request.headers.get("HX-Request"))


def _locked(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request") or not isinstance(request.user, Staff):
        return HttpResponse(status=423)
    # A page that was asked for opens after the password; what was sent is not sent again.
    back = request.get_full_path() if request.method == "GET" else ""
    return render(request, "people/unlock.html", {"form": None, "next": back}, status=423)


def _step_first(request: HttpRequest, staff: Staff) -> HttpResponse | None:
    first = door.first(request, staff)
    if not first:
        return None
    target = reverse(first)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": target})
    return redirect(target)
