"""Who had which page large on the screen or took it out on a day, as the trail keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from foundation.trail import selectors as trail

# Small pictures belong to lists, and what a desk fetches ahead nobody has seen yet.
LARGE = {"imaging.page.seen.view": "view", "imaging.page.seen.original": "original"}


@dataclass(frozen=True)
class Seen:
    """One person looked at one page: `use` is "view", or "original" where it was taken out."""

    event_id: int
    at: datetime
    viewer: str
    page_id: int
    document_id: int
    image_class: str
    use: str


def seen_large(*, on: date) -> Iterator[Seen]:
    """Return each time that a page was looked at or taken out on a day, in order."""
    for event in trail.looked_on(on=on, actions=tuple(LARGE)):
        yield Seen(
            event_id=event.pk,
            at=event.at,
            viewer=event.actor,
            page_id=int(event.subject.partition(":")[2]),
            document_id=int(event.detail.get("document", 0)),
            image_class=event.detail["image_class"],
            use=LARGE[event.action],
        )
