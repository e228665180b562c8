"""Who is signed in, and in which language the page speaks."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.functional import SimpleLazyObject

Answer = Callable[[HttpRequest], HttpResponse]
LANGUAGE_COOKIE = "ops_language"


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


class StaffMiddleware:
    """Puts the signed-in member of staff on the request as `user`, read when first asked for."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Attach the person lazily, so that static and public pages ask the database nothing."""
        request.user = SimpleLazyObject(lambda: get_user(request))  # type: ignore[assignment]
        return self.get_response(request)
