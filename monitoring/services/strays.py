"""Adding up who opened images without an item, once a day is over."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from monitoring.models import ImageDay, StrayView
from monitoring.selectors import strays as selected

_AT_ONCE = 1000


def add_up_due(*, at: datetime) -> int:
    """Add up the days that are over and were not yet; return how many looks had no item.

    Needs every scope, as jobs have it. Done again it finds no day.
    """
    return sum(add_up(on=day) for day in selected.due(today=localdate(at)))


@transaction.atomic
def add_up(*, on: date) -> int:
    """Keep who opened images on a day and which of them without an item; again changes nothing."""
    if ImageDay.objects.filter(on=on).exists():
        return 0
    found = selected.day(on=on)
    stray = Counter(one.viewer for one in found.strays)
    taken = Counter(one.viewer for one in found.strays if one.seen.use == "original")
    days = [
        ImageDay(
            institution_id=viewer.place_id, viewer_id=viewer.staff_id, viewer_label=viewer.label,
            on=on, opened=opened, stray=stray[viewer], taken=taken[viewer],
        )
        for viewer, opened in sorted(found.opened.items())
    ]  # fmt: skip
    rows = [
        StrayView(
            institution_id=one.viewer.place_id, viewer_id=one.viewer.staff_id,
            viewer_label=one.viewer.label, on=on, event=one.seen.event_id, at=one.seen.at,
            page_id=one.seen.page_id, image_class=one.seen.image_class, use=one.seen.use,
            subject=one.subject,
        )
        for one in sorted(found.strays, key=lambda one: one.seen.event_id)
    ]  # fmt: skip
    ImageDay.objects.bulk_create(days, batch_size=_AT_ONCE)
    StrayView.objects.bulk_create(rows, batch_size=_AT_ONCE)
    return len(rows)
