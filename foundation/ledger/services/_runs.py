"""Closing many institutions at once: one job each, and what came of every one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from foundation.kernel import bus
from foundation.kernel.errors import Refused
from foundation.ledger import events, rules
from foundation.ledger.models import BusinessDay, DayRun
from foundation.ledger.services._days import begin_close, seal_day
from foundation.people.models import Staff
from foundation.ui import live


@transaction.atomic
def ask_to_close(*, key: UUID, day_ids: Sequence[int], at: datetime, by: Staff) -> Sequence[DayRun]:
    """Ask for days to be closed up to their seal; the same key again asks nothing twice."""
    days = BusinessDay.objects.filter(id__in=day_ids).order_by("id")
    known = set(DayRun.objects.filter(key=key).values_list("day_id", flat=True))
    runs = [
        DayRun.objects.create(
            institution_id=day.institution_id, key=key, day=day, asked_by=by, asked_at=at
        )
        for day in days
        if day.pk not in known
    ]
    for run in runs:
        bus.publish(events.CloseAsked(run_id=run.pk))
    return tuple(runs)


@transaction.atomic
def close_one(*, run_id: int, at: datetime) -> DayRun:
    """Close the day of one run up to its seal; a refusal is its result and leaves the day open."""
    run: DayRun = (
        DayRun.objects.select_for_update(of=("self",)).select_related("day", "asked_by")
    ).get(id=run_id)
    if run.done_at is not None:
        return run
    place, on, by = run.institution_id, run.day.date, run.asked_by
    try:
        with transaction.atomic():
            if run.day.state == rules.DAY_OPEN:
                begin_close(institution_id=place, on=on, at=at, by=by)
            seal_day(institution_id=place, on=on, at=at, by=by)
    except Refused as refusal:
        run.result = refusal.code
        run.told = {name: str(value) for name, value in refusal.params.items()}
    else:
        run.result = rules.DAY_SEALED
    live.tell(rules.DAYS_TOPIC, place)
    run.done_at = at
    run.save(update_fields=["result", "told", "done_at"])
    return run
