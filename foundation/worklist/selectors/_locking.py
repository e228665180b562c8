"""Locks of work items, for centres that go on to lock what the items are about."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from foundation.worklist.models import WorkItem


def lock(*, ids: QuerySet[Any, Any]) -> None:
    """Lock the work items whose ids a question answers, until the transaction ends.

    Whoever claims locks the item first and its subject after it: so does who calls this first.
    """
    rows = WorkItem.objects.filter(id__in=ids).select_for_update(of=("self",))
    tuple(rows.order_by("id").values_list("id"))
