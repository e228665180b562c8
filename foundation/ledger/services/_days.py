"""Opening and closing the business day of an institution."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from foundation.kernel import bus
from foundation.ledger import events, rules
from foundation.ledger.models import BusinessDay
from foundation.trail import services as trail


@transaction.atomic
def open_day(*, institution_id: int, on: date, at: datetime, by: str) -> BusinessDay:
    """Open a day for posting; the same again changes nothing, and another must be closed first."""
    last: BusinessDay | None = _days(institution_id).order_by("-date").first()
    if last is not None:
        if last.date == on and last.state == rules.DAY_OPEN:
            return last
        rules.check_next_day(last=last.date, last_state=last.state, new=on)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_day_ready(%s, %s)", [institution_id, on])
    day: BusinessDay = BusinessDay.objects.create(
        institution_id=institution_id, date=on, opened_at=at, opened_by=by
    )
    _record(day, "ledger.open_day", by=by, at=at)
    return day


@transaction.atomic
def close_day(*, institution_id: int, on: date, at: datetime, by: str) -> BusinessDay:
    """Close a day: whoever is posting finishes first, and nobody posts after."""
    day: BusinessDay | None = _days(institution_id).filter(date=on).first()
    if day is None:
        raise rules.DayNotOpened(day=on)
    if day.state == rules.DAY_CLOSED:
        raise rules.DayClosed(day=on)
    if day.state == rules.DAY_OPEN:
        day.state = rules.DAY_FLOW.after(day.state, "begin_close")
    day.state = rules.DAY_FLOW.after(day.state, "close")
    day.closed_at, day.closed_by = at, by
    day.save(update_fields=["state", "closed_at", "closed_by"])
    _record(day, "ledger.close_day", by=by, at=at)
    bus.publish(events.DayClosed(institution_id=institution_id, business_date=on))
    return day


def _days(institution_id: int) -> QuerySet[BusinessDay]:
    return BusinessDay.objects.select_for_update(of=("self",)).filter(institution_id=institution_id)


def _record(day: BusinessDay, action: str, *, by: str, at: datetime) -> None:
    trail.record(
        institution_id=day.institution_id,
        actor=by,
        action=action,
        subject=f"ledger.day:{day.institution_id}/{day.date}",
        at=at,
    )
