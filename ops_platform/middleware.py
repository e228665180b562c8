"""Requests get a number, are logged once, counted and bounded in size; text goes packed."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.functional import empty
from structlog.contextvars import bind_contextvars, clear_contextvars

from foundation.imaging.rules import batches
from foundation.kernel.text import storable
from foundation.people.models import Staff
from foundation.ui import rest, web
from foundation.ui.readable import readable
from ops_platform import metrics

Answer = Callable[[HttpRequest], HttpResponse]

FORM_BYTES_MAX = rest.JSON_BYTES_MAX
# The largest upload there is, and the form around it.
UPLOAD_BYTES_MAX = batches.UPLOAD_BYTES_MAX + FORM_BYTES_MAX
_HEADER = "X-Request-ID"
_FIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{7,63}")
# What shrinks. Images and workbooks are packed already; a stream of events would be held back.
_PACKED = re.compile(r"text/(html|plain|csv)|application/([a-z.]+\+)?json")
_QUIET = ("/static/", "/healthz", "/readyz", "/metrics")
_log = structlog.get_logger("ops.request")


class RequestLogMiddleware:
    """Names, times, logs and counts requests; outermost, so that nothing escapes it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request inside the log's context."""
        began = time.perf_counter()
        request.request_id = _number_of(request)  # type: ignore[attr-defined]
        clear_contextvars()
        bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]
        try:
            answer = self.get_response(request)
            answer[_HEADER] = request.request_id  # type: ignore[attr-defined]
            seconds = time.perf_counter() - began
            metrics.count_request(_page(request), request.method or "", answer.status_code, seconds)
            if not request.path.startswith(_QUIET):
                _say(request, answer, milliseconds=round(seconds * 1000))
            return answer
        finally:
            clear_contextvars()

    def process_view(
        self, _request: HttpRequest, _view: object, _args: object, kwargs: dict[str, object]
    ) -> None:
        """Keep the numbers in the address: they name the item that is worked on."""
        bind_contextvars(**{f"at_{name}": str(value) for name, value in kwargs.items()})


class SizeMiddleware:
    """Refuses a body that is longer than its address takes, before a byte of it is read.

    What comes behind reads a form as a whole to look at its texts, also a stranger's. Only to an
    address that takes files may a person who is signed in send more than a form; an endpoint takes
    what its parser does. A body of no told length is refused as well: who serves us knows no bound.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on: which address it is for is not known yet."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """Answer in place of the view, by what the head of the request says."""
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            return rest.length_missing(request)
        sent, limit = _length(request), FORM_BYTES_MAX
        if sent > limit:
            limit = _bytes_max(request, view)
        return rest.too_long(request, limit=limit) if sent > limit else None


class PlainTextMiddleware:
    """Refuses NUL and halves of characters, which no row can have nor the database be asked for.

    With one in the address there is nothing there; with one in the query or the form, or with
    parts that cannot be read, the request is refused. A cookie with one counts as not sent.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Leave out cookies that hold one: they would be looked up for the very page of refusal."""
        cookies = request.COOKIES
        request.COOKIES = {name: value for name, value in cookies.items() if storable(value)}
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """Answer in place of the view; bodies of the API are read, and refused, by its parsers."""
        api = request.path.startswith(rest.ADDRESSES)
        if not storable(request.path):
            bad = rest.BadAddress()
            return rest.answer_of(request, bad) if api else web.refused(request, bad, status=404)
        if not readable(request, form=not api):
            return rest.unreadable(request)
        return None


class PackMiddleware(GZipMiddleware):
    """Sends pages, parts and answers of the API gzipped, and everything else as it is.

    Each answer has a name of random length inside: its size does not tell what is in it (BREACH).
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Pack what is whole, and text."""
        kind = response.get("Content-Type", "").partition(";")[0]
        if response.streaming or not _PACKED.fullmatch(kind):
            return response
        return super().process_response(request, response)


def _length(request: HttpRequest) -> int:
    """Return the bytes that a request announces; without a number Django reads none."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _bytes_max(request: HttpRequest, view: object) -> int:
    """Return the bytes that an address takes from who sends them, if it takes more than a form."""
    endpoint = getattr(view, "cls", None)
    if endpoint is not None:
        return max(getattr(one, "bytes_max", FORM_BYTES_MAX) for one in endpoint.parser_classes)
    files = getattr(view, "takes_files", False) and isinstance(request.user, Staff)
    return UPLOAD_BYTES_MAX if files else FORM_BYTES_MAX


def _number_of(request: HttpRequest) -> str:
    given = request.headers.get(_HEADER, "")
    # A number from outside is taken over only in a form that cannot forge a log line.
    return given if _FIT.fullmatch(given) else uuid.uuid4().hex


def _page(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else "none"


def _say(request: HttpRequest, answer: HttpResponse, *, milliseconds: int) -> None:
    say = _log.error if answer.status_code >= 500 else _log.info
    say(
        "request",
        method=request.method,
        path=request.path,
        page=_page(request),
        status=answer.status_code,
        milliseconds=milliseconds,
        **_who(request),
        address=request.META.get("REMOTE_ADDR", ""),
    )


def _who(request: HttpRequest) -> dict[str, object]:
    """Return who asked, and of which institution, by their numbers in the database.

    Only when the page has asked who it is: the log costs no query.
    """
    user = request.__dict__.get("user")
    if getattr(user, "_wrapped", None) is empty:
        return {"staff": "", "institution": None}
    return {
        "staff": str(getattr(user, "number", "")),
        "institution": getattr(user, "institution_id", None),
    }
