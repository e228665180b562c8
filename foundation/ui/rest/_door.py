"""Who calls, may they, within which institutions, what did they say, and how a refusal is told."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, cast

from django.conf import settings
from django.core.cache import caches
from django.http import Http404, HttpRequest
from django.utils import timezone
from redis.exceptions import RedisError
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from foundation.kernel.errors import Refused
from foundation.people import selectors as people
from foundation.people import services as people_services
from foundation.people.models import Staff
from foundation.people.roles import Permission, permissions_of
from foundation.ui import door, web
from foundation.ui.rest import _refusals
from foundation.ui.rest._describing import describe
from foundation.ui.rest._problems import exception_handler, response_of
from foundation.ui.rest._reading import Images, StrictJson

MINUTE = 60
Does = Callable[..., Any]
Form = type[Serializer[Any]]


@dataclass(frozen=True)
class Call:
    """One call as its endpoint sees it: by whom, when, what was typed, the bytes of an image."""

    staff: Staff
    at: datetime
    typed: Mapping[str, Any]
    image: bytes = b""


class SessionSignIn(SessionAuthentication):
    """The session of the pages; whatever changes something needs the CSRF mark as well."""

    def enforce_csrf(self, request: Request) -> None:
        """Refuse a request that does not come from our own pages."""
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as error:
            raise _refusals.CsrfMissing from error


class TokenSignIn(BaseAuthentication):
    """Authorization: Bearer …; what the token's person may do, its holder may do."""

    def authenticate(self, request: Request) -> tuple[Staff, None] | None:
        """Return the person of the token, nobody without one, and refuse one that is not valid."""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        staff = people.token_holder(token=token.strip(), at=timezone.now())
        if staff is None:
            raise exceptions.AuthenticationFailed
        return staff, None


class PerMinute(BaseThrottle):
    """So many calls a minute for each member of staff, or for each address of strangers.

    Counted in Redis over all processes; while Redis is away, by each process for itself.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the call and tell whether it is within the limit."""
        del view
        user = getattr(request, "_user", None)
        who = user.pk if isinstance(user, Staff) else request.META.get("REMOTE_ADDR", "")
        return _counted(f"api:{who}:{int(time.time()) // MINUTE}") <= settings.API_CALLS_A_MINUTE

    def wait(self) -> int:
        """Return the seconds until the next minute."""
        return MINUTE - int(time.time()) % MINUTE


class Endpoint(APIView):
    """One address, one method, one permission; made by `endpoint`, never written by hand."""

    authentication_classes = (TokenSignIn, SessionSignIn)
    permission_classes = ()
    throttle_classes = (PerMinute,)
    renderer_classes = (JSONRenderer,)
    parser_classes: tuple[type[BaseParser], ...] = (StrictJson,)
    content_negotiation_class = DefaultContentNegotiation
    permission: Permission
    does: Does
    asks: Form | None = None
    answers: Form | None = None
    status = 200
    missing: tuple[type[Refused], ...] = ()
    finds: Does | None = None

    def get_exception_handler(self) -> Any:
        """Tell every refusal as a problem."""
        return exception_handler

    def perform_authentication(self, request: Request) -> None:
        """Find out who calls; a stranger's wrong tries are counted too."""
        try:
            known = isinstance(request.user, Staff)
        except (exceptions.APIException, Refused):
            self.check_throttles(request)
            raise
        if not known:
            self.check_throttles(request)
            raise exceptions.NotAuthenticated

    def carry_out(self, request: Request, **named: Any) -> Response:
        """Ask for the permission, read the call, do it within the person's institutions."""
        plain, staff = request._request, cast("Staff", request.user)  # noqa: SLF001  DRF's own way
        plain.user = staff
        held = permissions_of(door.entered(plain, staff).roles)
        plain.permissions = held  # type: ignore[attr-defined]
        if self.permission not in held:
            with self._acting(plain, staff):
                web.record_forbidden(plain, self.permission)
            return response_of(plain, _refusals.Forbidden())
        finds = type(self).finds
        if finds is not None:
            # Before anything typed is looked at: what is out of sight is never told of otherwise.
            lacking = self._within(plain, staff, partial(finds, **named))
            if isinstance(lacking, Response):
                return lacking
        call = self._read(request, staff)
        return cast("Response", self._within(plain, staff, lambda: self._answer(call, named)))

    def _within(self, request: HttpRequest, staff: Staff, act: Callable[[], Any]) -> Any:
        """Return what is done within the person's institutions, or the refusal as an answer."""
        try:
            with self._acting(request, staff):
                return act()
        except Http404:
            with self._acting(request, staff):
                web.record_missing(request)
            return response_of(request, _refusals.NotThere())
        except Refused as refusal:
            with self._acting(request, staff):
                web.record_refusal(request, refusal)
                return self._refused(request, refusal)

    def _acting(self, request: HttpRequest, staff: Staff) -> AbstractContextManager[None]:
        return people_services.acting(staff=staff, allowed=door.entered(request, staff).scope)

    def _read(self, request: Request, staff: Staff) -> Call:
        in_bytes = takes_files(self.parser_classes)
        has_body = request.method == "POST" and (self.asks or in_bytes)
        body = request.data if has_body else b""
        image = body if isinstance(body, bytes) else b""
        typed: Mapping[str, Any] = {}
        if self.asks is not None:
            in_address = request.method in {"GET", "HEAD"} or in_bytes
            form = self.asks(data=request.query_params if in_address else body)
            form.is_valid(raise_exception=True)
            typed = form.validated_data
        return Call(staff, timezone.now(), typed, image)

    def _answer(self, call: Call, named: Mapping[str, Any]) -> Response:
        found = type(self).does(call, **named)
        data = found if self.answers is None else self.answers(found).data
        return Response(data, status=self.status, headers={"Cache-Control": "no-store"})

    def _refused(self, request: HttpRequest, refusal: Refused) -> Response:
        status = 404 if isinstance(refusal, self.missing) else 0
        return response_of(request, refusal, status=status)


def endpoint(
    method: str,
    permission: Permission,
    *,
    asks: Form | None = None,
    answers: Form | None = None,
    missing: tuple[type[Refused], ...] = (),
    finds: Does | None = None,
    parsers: tuple[type[BaseParser], ...] = (StrictJson,),
) -> Callable[[Does], Any]:
    """Make a function the endpoint of an address.

    `asks` reads the body, or what stands behind the question mark; `answers` writes what the
    function returns; `missing` are the refusals that mean "there is no such thing" (404); `finds`
    looks up what the address names, before anything typed is read; `parsers` read the body, each
    of its media type.
    """

    def decorate(does: Does) -> Any:
        status = 200 if method == "GET" else 201

        def handle(self: Endpoint, request: Request, **named: Any) -> Response:
            return self.carry_out(request, **named)

        kinds = tuple(one.media_type for one in parsers) if takes_files(parsers) else ()
        described = describe(
            does, method=method, asks=asks, answers=answers, status=status, files=kinds,
            may=str(permission),
        )  # fmt: skip
        parts = {
            "__doc__": does.__doc__,
            "__module__": does.__module__,
            "http_method_names": [method.lower(), *(["head"] if method == "GET" else [])],
            method.lower(): described(handle),
            "permission": permission,
            "does": staticmethod(does),
            "asks": asks,
            "answers": answers,
            "status": status,
            "missing": missing,
            "finds": staticmethod(finds) if finds else None,
            "parser_classes": parsers,
        }
        view = type(does.__name__, (Endpoint,), parts).as_view()  # type: ignore[attr-defined]
        view.__name__, view.permission, view.method = does.__name__, permission, method
        return view

    return decorate


def takes_files(parsers: Sequence[type[BaseParser]]) -> bool:
    """Tell whether a body is the bytes of a file rather than a form."""
    return any(issubclass(one, Images) for one in parsers)


def _counted(key: str) -> int:
    for name in ("default", "process"):
        try:
            caches[name].add(key, 0, timeout=2 * MINUTE)
            return int(caches[name].incr(key))
        except (RedisError, ValueError):
            continue
    return 0
