"""What is said about items, and what waits for an answer."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet

from authorization import rules
from authorization.models import Inquiry, Message, Request
from foundation.people.models import Staff
from foundation.worklist import rules as worklist

# The latest that a screen shows; the trail has all.
SHOWN = 50


def messages(*, request: Request) -> Sequence[Message]:
    """Return the latest messages about an item, the oldest of them first."""
    rows = Message.objects.filter(request=request).order_by("-id")[:SHOWN]
    return tuple(reversed(rows))


def desk_of(*, request: Request) -> int | None:
    """Return the key of who has an item before them, or asks about it; None when nobody does."""
    if request.state == rules.ON_HOLD:
        asked = Inquiry.objects.filter(request=request, ended_at=None)
        return asked.values_list("asked_by_id", flat=True).first()
    work = request.work_item
    if request.state == rules.VIEWING and work is not None and work.state == worklist.HELD:
        return work.holder_id
    return None


def to_teller(*, teller: Staff, limit: int) -> Sequence[Message]:
    """Return what desks wrote last about a teller's items, and was not answered; newest first."""
    rows = _last(rules.DESK).filter(request__teller=teller)
    return tuple(rows.select_related("request")[:limit])


def to_desk(*, staff: Staff, limit: int) -> Sequence[Message]:
    """Return what tellers wrote last about items that an authorizer has on hold; newest first."""
    asked = Inquiry.objects.filter(request=OuterRef("request"), ended_at=None, asked_by=staff)
    rows = _last(rules.COUNTER).filter(Exists(asked), request__state=rules.ON_HOLD)
    return tuple(rows.select_related("request")[:limit])


def _last(side: str) -> QuerySet[Message]:
    """Return the messages of a side, about items in the centre, after which no other came."""
    later = Message.objects.filter(request=OuterRef("request"), id__gt=OuterRef("id"))
    rows: QuerySet[Message] = Message.objects.filter(
        ~Exists(later.order_by()), side=side, request__state__in=rules.IN_THE_CENTRE
    )
    return rows.order_by("-id")
