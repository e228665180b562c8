"""Opening business days by the bank's clock: which are due, each by a job, and what came of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from foundation.kernel import bus
from foundation.kernel.calendar import local
from foundation.kernel.errors import Refused
from foundation.ledger import events, rules, selectors
from foundation.ledger.models import DayOpening
from foundation.ledger.services._days import open_day
from foundation.policy import selectors as policy
from foundation.ui import live

BY = "system"


@transaction.atomic
def ask_openings(*, at: datetime) -> int:
    """Ask for each business day that is due to be opened, by a job each; return how many.

    Due is today, if it is a business day and the office opens in no more minutes than
    `ledger.opens_ahead_minutes` of the institution says; where that is not set, people open days.
    An institution that never had a day is opened by a person. Asking again tries again.
    """
    on = local(at).date()
    ahead = {place: _ahead(place, on) for place in selectors.without_day(on=on)}
    due = {place: minutes for place, minutes in ahead.items() if minutes is not None}
    calendar = policy.calendar(on=on) if due else None
    if calendar is None or not calendar.is_business_day(on):
        return 0
    opens = datetime.combine(on, calendar.spans(on)[0].opens, tzinfo=local(at).tzinfo)
    asked = [place for place, minutes in due.items() if at >= opens - timedelta(minutes=minutes)]
    for place in asked:
        bus.publish(events.OpeningDue(institution_id=place, business_date=on))
    return len(asked)


@transaction.atomic
def open_one(*, institution_id: int, on: date, at: datetime) -> DayOpening:
    """Open one institution's day by the schedule; a refusal is its result and is shown."""
    rows = DayOpening.objects.select_for_update(of=("self",))
    row = rows.filter(institution_id=institution_id, business_date=on).first()
    row = row or DayOpening(institution_id=institution_id, business_date=on)
    if row.result == rules.DAY_OPEN:
        return row
    try:
        with transaction.atomic():
            open_day(institution_id=institution_id, on=on, at=at, by=BY)
    except Refused as refusal:
        row.result = refusal.code
        row.told = {name: str(value) for name, value in refusal.params.items()}
    else:
        row.result, row.told = rules.DAY_OPEN, {}
    row.tries += 1
    row.tried_at = at
    if row.pk:
        row.save(update_fields=["result", "told", "tries", "tried_at"])
    else:
        row.save(force_insert=True)
    live.tell(rules.DAYS_TOPIC, institution_id)
    return row


def _ahead(institution_id: int, on: date) -> int | None:
    """Return how many minutes before the office opens, None where no number is set."""
    try:
        return policy.whole(code="ledger.opens_ahead_minutes", on=on, institution_id=institution_id)
    except Refused:
        return None
