"""Passing an item up: its authorizer leaves it to a lead, and says why."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from authorization import rules, selectors
from authorization.models import Request
from authorization.rules import passing
from authorization.services._queueing import MILLISECOND, moved, told
from foundation.kernel.text import clean_text
from foundation.people import selectors as people
from foundation.people.models import Staff
from foundation.people.roles import Permission
from foundation.worklist import services as worklist

LONGEST = 200
CHANGED = (
    "state", "escalated_at", "escalated_why", "escalated_note", "escalated_by_label", "opened_at",
    "shown_at", "viewed_ms",
)  # fmt: skip


@transaction.atomic
def pass_up(*, number: str, why: str, fence: int, authorizer: Staff, at: datetime) -> Request:
    """Leave the item before the authorizer to the leads, and tell them why; the desk is free again.

    Refuses a lost lease, no words, and a lead: nobody is above. Nothing is decided by it.
    """
    request = selectors.locked(number=number)
    said = clean_text(why, LONGEST, field="why")
    held = people.permissions(staff=authorizer, on=localdate(at))
    passing.check_pass_up(said, is_lead=Permission.AUTHORIZATION_LEAD in held)
    request.state = rules.FLOW.after(request.state, "pass_up")
    assert request.work_item_id is not None, "an item being viewed was queued"
    assert request.opened_at is not None, "an item being viewed was opened"
    worklist.pass_up(item_id=request.work_item_id, fence=fence, staff=authorizer)
    request.viewed_ms += (at - request.opened_at) // MILLISECOND
    request.escalated_at, request.escalated_why = at, passing.PASSED_UP
    request.escalated_note, request.escalated_by_label = said, authorizer.label
    request.opened_at = request.shown_at = None
    request.save(update_fields=CHANGED)
    told(request=request, step="pass_up", actor=authorizer.label, at=at, why=said)
    moved(request=request, at=at)
    return request
