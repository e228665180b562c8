"""Addresses that hold for some minutes, for one person in one session: not to be passed on."""

from __future__ import annotations

from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest
from django.urls import reverse

GIVEN = "t"
_SALT = "ops.timed"


def address(request: HttpRequest, name: str, *args: object) -> str:
    """Return the address of a page with the time at which it was given, sealed for the reader."""
    path = reverse(name, args=args)
    bound = _bound(request, path)
    given = TimestampSigner(salt=_SALT).sign(bound).removeprefix(f"{bound}:")
    return f"{path}?{GIVEN}={given}"


def holds(request: HttpRequest, *, within: timedelta) -> bool:
    """Tell whether the request's address was given to its reader, in this session, in that time."""
    sealed = f"{_bound(request, request.path)}:{request.GET.get(GIVEN, '')}"
    try:
        TimestampSigner(salt=_SALT).unsign(sealed, max_age=within)
    except BadSignature:
        return False
    return True


def _bound(request: HttpRequest, path: str) -> str:
    return f"{path} {request.user.pk} {request.session.session_key}"
