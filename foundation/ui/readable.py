"""Whether a request can be read as text at all, found out before a page or an endpoint sees it."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from foundation.kernel.text import storable

# What Django raises over a query or a form: too many fields or bytes, a torn part, another
# encoding than UTF-8, or one that nobody knows.
TORN = (
    BadRequest,
    SuspiciousOperation,
    MultiPartParserError,
    UnreadablePostError,
    LookupError,
    UnicodeError,
)


def readable(request: HttpRequest, *, form: bool) -> bool:
    """Return whether query, and form if one is read, hold nothing but what a row can hold.

    Django reads a body once and keeps what it read, so looking here costs no second reading.
    """
    try:
        return all(map(storable, _texts(request, form=form)))
    except TORN:
        return False


def _texts(request: HttpRequest, *, form: bool) -> Iterator[str]:
    for part in (request.GET, request.POST) if form else (request.GET,):
        for name, values in part.lists():
            yield name
            yield from map(str, values)
