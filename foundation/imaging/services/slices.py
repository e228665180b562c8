"""Slices: a box cut out of a page for people who may see nothing else of it."""

from __future__ import annotations

from datetime import datetime

from foundation.imaging import gateways, rules, selectors
from foundation.people import services as people
from foundation.people.models import Staff
from foundation.trail import services as trail


def cut(*, page_id: int, box: tuple[int, int, int, int]) -> str | None:
    """Cut a box out of a page and keep it; return its name, or None for a page that is no more.

    Slow, for a worker; nothing is written but the file, which is named by its own fingerprint.
    """
    with people.acting_as_system(reason="imaging.slice"):
        page = selectors.page(page_id=page_id)
    if page is None or page.state == "replaced":
        return None
    data = gateways.original(name=page.original, sha256=page.sha256)
    part = gateways.cropped(data=data, box=box)
    return gateways.keep_copy(data=part, sha256=gateways.fingerprint(data=part), use="slice")


def show(*, name: str, page_id: int, viewer: Staff, at: datetime) -> bytes:
    """Return a slice for its keyer's screen, on the trail of its page before it leaves.

    The page itself is out of a keyer's sight: the look is kept at the keyer's institution.
    """
    data = gateways.copy(name=name)
    trail.record(
        institution_id=viewer.institution_id,
        actor=viewer.label,
        action="imaging.page.seen.slice",
        subject=selectors.subject_of(page_id=page_id),
        at=at,
        detail={"image_class": rules.VOUCHER},
    )
    return data
