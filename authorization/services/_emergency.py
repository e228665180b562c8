"""By what an outlet decides its own items: the emergency, held fast while somebody decides."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from authorization.models import Fallback, Request
from authorization.rules import fallback as rules
from authorization.selectors import fallback as switches
from foundation.people.models import Staff

OUTLET = "outlet"


def switch_of(*, request: Request, decider: Staff, at: datetime) -> Fallback | None:
    """Return the emergency by which an outlet decides its own item; None for the centre."""
    if decider.institution_id != request.institution_id:
        return None
    found = standing(staff=decider, at=at)
    if found is None:
        if request.opened_epoch:
            raise rules.EpochOver
        return None
    rules.check_local(
        amount_fen=request.amount_fen,
        most_fen=found.local.most_fen,
        opened_epoch=request.opened_epoch,
        epoch=found.switch.epoch or 0,
    )
    return found.switch


def hold_fast(*, staff: Staff, at: datetime) -> None:
    """Let an emergency by which somebody of an outlet decides not end before they have decided.

    It comes before the item and its place in the queue: who ends it takes those afterwards.
    """
    if staff.institution.kind == OUTLET:
        standing(staff=staff, at=at)


def standing(*, staff: Staff, at: datetime) -> switches.Standing | None:
    """Return by what a person may decide at the own outlet, held fast until the transaction ends.

    Who ends the emergency waits for that, or is waited for here and then seen to have ended it. It
    is taken before any place in the queue, as who ends it takes those afterwards.
    """
    found = switches.standing(staff=staff, at=at)
    if found is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(8321, %s)", [found.switch.pk])
    return switches.standing(staff=staff, at=at)


def in_epoch(*, epoch: int) -> dict[str, int]:
    """Return what the trail tells of an emergency, nothing while the centre decides."""
    return {"epoch": epoch} if epoch else {}
