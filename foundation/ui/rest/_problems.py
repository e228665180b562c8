"""Problems as RFC 9457 has them: what, why, what to do, which field, and the number to quote."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from rest_framework import exceptions
from rest_framework.response import Response

from foundation.kernel.errors import Refused
from foundation.ui import web
from foundation.ui.rest import _refusals

MEDIA_TYPE = "application/problem+json"
ADDRESSES = "/api/"
Problem = dict[str, Any]
_log = logging.getLogger("ops.api")


def problem(
    refusal: Refused, *, trace_id: str, status: int = 0, errors: list[Problem] | None = None
) -> Problem:
    """Return the members of a problem; a refusal of one field lists it among the errors."""
    status = status or _refusals.STATUS.get(type(refusal)) or (422 if refusal.field else 409)
    told: Problem = {
        "type": f"urn:ops:problem:{refusal.code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": " ".join((refusal.shown(gettext), refusal.hinted(gettext))).strip(),
        "code": refusal.code,
        "trace_id": trace_id,
    }
    if refusal.field:
        errors = [_error(refusal.field, refusal.code, refusal.shown(gettext))]
    return told | ({"errors": errors} if errors else {})


def answer_of(request: HttpRequest, refusal: Refused, **more: Any) -> JsonResponse:
    """Return a problem as a plain answer, for where no endpoint was reached."""
    told = problem(refusal, trace_id=trace_id_of(request), **more)
    return JsonResponse(told, status=told["status"], content_type=MEDIA_TYPE)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is nothing at the address: a page to people, a problem to programs."""
    if request.path.startswith(ADDRESSES):
        return answer_of(request, _refusals.NotThere())
    return web.not_found(request, exception)


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Say that what was sent cannot be read: a page to people, a problem to programs."""
    refusal = _refusals.Unreadable()
    if request.path.startswith(ADDRESSES):
        return answer_of(request, refusal)
    return web.refused(request, refusal, status=400)


def too_long(request: HttpRequest, *, limit: int) -> HttpResponse:
    """Say that more was sent than the address takes: a page to people, a problem to programs."""
    if request.path.startswith(ADDRESSES):
        return answer_of(request, _refusals.TooLong(limit=limit))
    return web.too_long(request, limit=limit)


def length_missing(request: HttpRequest) -> HttpResponse:
    """Say that the length of a body must be told: a page to people, a problem to programs."""
    refusal = _refusals.LengthMissing()
    if request.path.startswith(ADDRESSES):
        return answer_of(request, refusal)
    return web.refused(request, refusal, status=411)


def fault(request: HttpRequest) -> HttpResponse:
    """Say that something unforeseen happened: a page to people, a problem to programs."""
    if request.path.startswith(ADDRESSES):
        return answer_of(request, _refusals.Fault())
    return web.fault(request)


def response_of(request: HttpRequest, refusal: Refused, **more: Any) -> Response:
    """Return a problem as the answer of an endpoint."""
    told = problem(refusal, trace_id=trace_id_of(request), **more)
    return Response(told, status=told["status"], content_type=MEDIA_TYPE)


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response:
    """Turn whatever stopped an endpoint into a problem; what nobody foresaw goes to the log."""
    request = context["request"]
    headers: dict[str, str] = {}
    errors: list[Problem] = []
    if isinstance(error, Refused):
        refusal: Refused = error
    elif isinstance(error, exceptions.ValidationError):
        refusal, errors = _refusals.FieldsWrong(), list(_errors(error.get_full_details()))
    else:
        refusal = _foreseen(error, request)
    if isinstance(error, exceptions.Throttled):
        headers["Retry-After"] = str(int(getattr(error, "wait", None) or 1))
    answer = response_of(request, refusal, errors=errors)
    if answer.status_code == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="ops"'
    for name, value in headers.items():
        answer[name] = value
    return answer


def trace_id_of(request: HttpRequest) -> str:
    """Return the number under which the logs know the request."""
    return str(getattr(request, "request_id", ""))


def _foreseen(error: Exception, request: Any) -> Refused:
    for kinds, made in FORESEEN:
        if isinstance(error, kinds):
            return made(request)
    _log.error("unforeseen", exc_info=error)
    return _refusals.Fault()


def _wanted(request: Any) -> str:
    return ", ".join(parser.media_type for parser in request.parsers)


def _errors(details: Any, path: str = "") -> Iterator[Problem]:
    """Walk the details of a validation error: fields within fields, then lists of messages."""
    if isinstance(details, Mapping) and set(details) == {"message", "code"}:
        yield _error(path or "body", str(details["code"]), str(details["message"]))
    elif isinstance(details, Mapping):
        for name, part in details.items():
            inner = "" if name == "non_field_errors" else str(name)
            yield from _errors(part, ".".join(filter(None, (path, inner))))
    else:
        for part in details:
            yield from _errors(part, path)


def _error(field: str, code: str, detail: str) -> Problem:
    return {"field": field[:80], "code": code, "detail": detail}


FORESEEN: tuple[tuple[tuple[type[Exception], ...], Callable[[Any], Refused]], ...] = (
    (
        (exceptions.NotAuthenticated, exceptions.AuthenticationFailed),
        lambda _request: _refusals.NotSignedIn(),
    ),
    (
        (exceptions.PermissionDenied, PermissionDenied),
        lambda _request: _refusals.Forbidden(),
    ),
    ((exceptions.NotFound, Http404), lambda _request: _refusals.NotThere()),
    (
        (exceptions.MethodNotAllowed,),
        lambda request: _refusals.WrongMethod(method=request.method),
    ),
    ((exceptions.NotAcceptable,), lambda _request: _refusals.CannotAnswerSo()),
    (
        (exceptions.UnsupportedMediaType,),
        lambda request: _refusals.WrongMediaType(wanted=_wanted(request)),
    ),
    ((exceptions.Throttled,), lambda _request: _refusals.TooManyCalls()),
    ((exceptions.ParseError,), lambda _request: _refusals.NotJson()),
)
