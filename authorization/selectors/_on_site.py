"""What waits at an outlet to be confirmed on site, and what people of it said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from authorization import rules
from authorization.models import OnSite, Request
from foundation.people.models import Staff

AT_ONCE, MOST = 200, 100


def on_site_of(*, request: Request, person: UUID) -> OnSite | None:
    """Return what a human saw or said of the round in which an item stands, or None."""
    rows = OnSite.objects.filter(request=request, seq=request.attempt, decider_person=person)
    found: OnSite | None = rows.first()
    return found


def confirmed_on_site(*, request: Request) -> Sequence[UUID]:
    """Return which humans confirmed the round in which an item stands, the first one first."""
    rows = OnSite.objects.filter(request=request, seq=request.attempt, step="approve")
    return tuple(rows.order_by("level").values_list("decider_person", flat=True))


def said_on_site(*, request: Request) -> Sequence[OnSite]:
    """Return what people of its outlet said of an item in all its rounds, the latest first."""
    return tuple(OnSite.objects.filter(request=request).exclude(step="").order_by("-seq", "-level"))


def on_site(*, staff: Staff, limit: int = MOST) -> Sequence[Request]:
    """Return what waits on site at the outlet of somebody and is theirs to say, the oldest first.

    Neither their own items, under whatever number, nor what they have confirmed.
    """
    said = OnSite.objects.filter(
        request=OuterRef("pk"), seq=OuterRef("attempt"), decider_person=staff.person
    )
    rows = Request.objects.filter(state=rules.ON_SITE, institution_id=staff.institution_id)
    rows = rows.exclude(teller_person=staff.person).exclude(Exists(said.exclude(step="")))
    return tuple(rows.order_by("presented_at", "id")[:limit])


def unalarmed_on_site(*, since: datetime) -> Sequence[str]:
    """Return the numbers of items that wait on site since a moment and were not told of."""
    rows = Request.objects.filter(state=rules.ON_SITE, presented_at__lte=since, alarmed_at=None)
    return tuple(rows.order_by("presented_at", "id").values_list("number", flat=True)[:AT_ONCE])
