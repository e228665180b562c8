"""The queues for other systems of the bank: how full they are, and what is in them; read only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from foundation.people.roles import Permission
from foundation.ui import rest
from foundation.worklist import rules, selectors
from foundation.worklist.models import WorkItem


class Wanted(rest.Query):
    """Which open items of a queue; `after` is the id of the last item of the page before."""

    state = rest.Choice(words=rules.OPEN, required=False)
    skill = rest.Named(required=False)
    holder = rest.Digits(least=1, most=12, required=False)
    urgent = rest.Flag(required=False)
    after = rest.Whole(required=False)


class DepthShown(rest.Item):
    """How full a queue is: counted up to a thousand, `more` when there are more."""

    queue = serializers.CharField(source="code")
    waiting = serializers.IntegerField()
    held = serializers.IntegerField()
    urgent = serializers.IntegerField()
    suspended = serializers.IntegerField()
    oldest = serializers.CharField()
    more = serializers.BooleanField()


class DepthsShown(rest.Item):
    """Every queue."""

    rows = DepthShown(many=True)


class QueueItemShown(rest.Item):
    """One item of a queue."""

    id = serializers.IntegerField()
    queue = serializers.CharField()
    subject = serializers.CharField()
    institution = serializers.CharField(source="institution.number")
    state = rest.Choice(words=rules.FLOW.states)
    priority = serializers.IntegerField()
    urgent = serializers.BooleanField()
    skill = serializers.CharField()
    grade_needed = serializers.IntegerField()
    amount = rest.Fen(source="amount_fen", allow_null=True)
    holder = serializers.CharField(source="holder_label")
    enqueued_at = serializers.DateTimeField()
    lease_until = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    done_at = serializers.DateTimeField(allow_null=True)


class QueueItemsShown(rest.Item):
    """A page of items in the order of their turns; `next_after` is the next page's `after`."""

    rows = QueueItemShown(many=True)
    next_after = serializers.IntegerField(allow_null=True)


@rest.endpoint("GET", Permission.QUEUE_VIEW, answers=DepthsShown)
def queues(call: rest.Call) -> Mapping[str, Any]:
    """List the queues and how full they are with items of your institutions."""
    return {"rows": selectors.depths(at=call.at)}


@rest.endpoint(
    "GET", Permission.QUEUE_VIEW, asks=Wanted, answers=QueueItemsShown, missing=(rules.NoSuchItem,)
)
def items(call: rest.Call, queue: str) -> Mapping[str, Any]:
    """List open items of a queue in the order of their turns, fifty a page."""
    typed = dict(call.typed)
    last = selectors.item(item_id=typed.pop("after")) if "after" in typed else None
    after = selectors.Place(last.turn_at, last.pk) if last else None
    wanted = selectors.Wanted(**typed)
    page = selectors.page(queue=queue, wanted=wanted, after=after)
    next_after = page.next_place.item_id if page.next_place else None
    return {"rows": page.rows, "next_after": next_after}


@rest.endpoint("GET", Permission.QUEUE_VIEW, answers=QueueItemShown, missing=(rules.NoSuchItem,))
def item(call: rest.Call, item_id: int) -> WorkItem:  # noqa: ARG001  scope is in the transaction
    """Answer one item of a queue."""
    return selectors.item(item_id=item_id)
