"""Who looked at the images of a demo day: who decided them, and an auditor whom nobody asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from authorization.models import Decision
from foundation.imaging import selectors as images
from foundation.imaging import services as imaging
from foundation.people import services as people
from foundation.people.models import Staff
from foundation.people.roles import IMAGES
from foundation.trail import services as trail
from monitoring.services import strays

# What the auditor looks at that nobody gave anybody: each so many-th of the day's images.
ASTRAY_ONE_IN = 9


def play(*, auditors: Sequence[Staff], on: date) -> int:
    """Let images of a day be looked at and the day be added up; return how many looks stray."""
    with people.acting_as_system(reason="demo glances"):
        made = Decision.objects.filter(business_date=on, decider__isnull=False)
        with trail.together():
            for place, row in enumerate(made.select_related("decider", "request").order_by("id")):
                assert row.decider is not None, "a person decided"
                for page in images.pages(document_id=row.request.document_id):
                    viewers = [(row.decider, row.at - timedelta(seconds=9))]
                    if place % ASTRAY_ONE_IN == 0:
                        viewers.append((auditors[0], row.at + timedelta(minutes=40)))
                    for viewer, at in viewers:
                        imaging.seen(page_id=page.pk, viewer=viewer, permissions=IMAGES, at=at)
        return strays.add_up(on=on)
