"""The conversation about an item: its teller and its desk write short messages to each other."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from authorization import rules, selectors
from authorization.models import Message
from authorization.services._queueing import told
from foundation.kernel.text import clean_text
from foundation.people.models import Staff
from foundation.ui import live


@transaction.atomic
def write(*, number: str, text: str, by: Staff, at: datetime) -> Message:
    """Write a message about an item; both screens are told, and it is on the trail.

    Refuses whoever is neither the item's teller nor has it on the desk (or asks about it), no
    words, and an item that has left the centre.
    """
    request = selectors.locked(number=number)
    said = clean_text(text, rules.LONGEST, field="text")
    desk = selectors.desk_of(request=request)
    side = rules.side_of(state=request.state, writer=by.pk, teller=request.teller_id, desk=desk)
    rules.check_message(said)
    message: Message = Message.objects.create(
        institution_id=request.institution_id,
        request=request,
        attempt=request.attempt,
        side=side,
        by=by,
        by_label=by.label,
        text=said,
        at=at,
    )
    told(request=request, step="write", actor=by.label, at=at, message=said)
    other = request.teller_id if side == rules.DESK else desk
    live.tell_person("talk", by.pk)
    if other is not None:
        live.tell_person("talk", other)
        live.tell_person("notices", other)
    return message
