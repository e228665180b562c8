"""What watch lists said of items; rows are the branch's, out of sight of the outlets."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from authorization.models import Request, Screening
from authorization.rules import screening as rules

SHOWN = 20


def of_item(*, request: Request) -> Screening | None:
    """Return what was found when the item was last sent; None where it is out of sight."""
    rows = Screening.objects.filter(request=request, seq__lte=request.attempt)
    found: Screening | None = rows.order_by("-seq").first()
    return found


def is_listed(*, request: Request) -> bool:
    """Return whether the item is a possible hit, whoever asks; the answer is not to be shown."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT authorization_listed(%s, %s)", [request.pk, request.attempt])
        return bool(cursor.fetchone()[0])


def is_clear(*, request: Request) -> bool:
    """Return whether the lists were asked about the item and nobody was found."""
    found = of_item(request=request)
    return found is not None and found.state == rules.CLEAR


def items_of(*, branch_id: int, customer: str, entry: str) -> Sequence[Screening]:
    """Return the items at counters of a branch that named a customer like an entry, the latest."""
    rows = Screening.objects.filter(
        institution_id=branch_id,
        state=rules.POSSIBLE,
        hits__contains=[{"customer": customer, "entry": entry}],
    )
    return tuple(rows.select_related("request__institution").order_by("-id")[:SHOWN])
