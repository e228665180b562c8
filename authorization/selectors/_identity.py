"""Checks of identity that still hold, and the fields of an opening."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from authorization.models import IdCheck, Opening, Request, SignUp
from foundation.people.models import Staff

SHOWN = 8


def fresh_check(*, teller: Staff, name: str, id_hash: str, at: datetime) -> IdCheck | None:
    """Return the teller's latest check of a customer that still holds, or None.

    Where the number is known it has to be that one too.
    """
    rows = IdCheck.objects.filter(teller=teller, name=name, at__lte=at, valid_until__gte=at)
    if id_hash:
        rows = rows.filter(id_hash=id_hash)
    found: IdCheck | None = rows.order_by("-id").first()
    return found


def fresh_checks(*, teller: Staff, at: datetime) -> Sequence[IdCheck]:
    """Return the teller's checks that still hold, the latest first."""
    rows = IdCheck.objects.filter(teller=teller, valid_until__gte=at)
    return tuple(rows.order_by("-id")[:SHOWN])


def opening(*, request: Request) -> Opening | None:
    """Return the fields of an item that opens an account, or None."""
    if not request.trade.opens:
        return None
    rows = Opening.objects.filter(request__key=request.key)
    found: Opening | None = rows.select_related("request").order_by("id").first()
    return found


def sign_ups(*, request: Request) -> Sequence[SignUp]:
    """Return what a customer has signed up for by an item, in the order of the products."""
    return tuple(SignUp.objects.filter(request=request).order_by("id"))
