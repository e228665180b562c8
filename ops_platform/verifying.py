"""Looking through the books and the trail of every institution, and keeping what was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from foundation.ledger import gateways as ledger_gateways
from foundation.ledger import selectors as ledger
from foundation.people import selectors as people
from foundation.people import services as people_services
from foundation.trail import gateways
from foundation.trail import rules as trail_rules
from foundation.trail import selectors as trail
from foundation.trail import services as trail_services
from foundation.trail.models import Event, Look
from foundation.trail.rules import Wrong
from ops_platform import conserving

FIRST, LAST = date(2000, 1, 1), date(2089, 12, 31)


@dataclass(frozen=True)
class Seen:
    """What was looked at and what is wrong with it."""

    looked: trail_rules.Looked
    extent: ledger.Extent
    differences: Sequence[ledger.Difference]
    breaks: Sequence[trail_rules.Break]
    lost: Sequence[Wrong]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.looked.found


def look(*, first: date = FIRST, last: date = LAST) -> Seen:
    """Look through the books of these days, and through the whole trail."""
    began = timezone.now()
    with people_services.acting_as_system(reason="verify_books"):
        anchored = ledger_gateways.anchor().read()
        differences = (
            *ledger.differences(first=first, last=last),
            *ledger.day_differences(first=first, last=last),
            *ledger.seal_breaks(anchored=anchored.digests, whole=anchored.whole),
            *ledger.guards_off(),
            *ledger.hot_differences(),
            *ledger.archive_differences(),
        )
        breaks = trail.broken_seals(anchored=gateways.anchor().read())
        extent = ledger.extent(first=first, last=last)
        lost = (*conserving.wrong(), *conserving.uncounted())
        rows = dict.fromkeys(trail_rules.BOOK_CHECKS, extent.legs)
        rows |= {"complete": extent.lines, "balances": extent.accounts, "holds": extent.accounts}
        rows |= {"trail": Event.objects.count(), "work": conserving.rows()}
        return Seen(
            trail_rules.Looked(
                began_at=began,
                whole=(first, last) == (FIRST, LAST),
                first=first,
                last=last,
                watermark=_watermark(),
                rows=rows,
                found=(*_placed(differences), *_told(breaks), *lost),
            ),
            extent,
            differences,
            breaks,
            lost,
        )


def look_since() -> Seen:
    """Look through what was posted since the last sound look: hourly, beside the work."""
    began = timezone.now()
    with people_services.acting_as_system(reason="verify_books"):
        first = trail.last_watermark() or FIRST
        differences = (
            *ledger.recent_differences(first=first),
            *ledger.guards_off(),
            *ledger.hot_differences(),
        )
        extent = ledger.extent(first=first, last=LAST)
        lost = conserving.wrong()
        rows = {"balanced": extent.legs, "complete": extent.entries, "balances": extent.legs}
        rows |= {"immutable": extent.legs, "work": conserving.rows()}
        looked = trail_rules.Looked(
            began_at=began,
            whole=False,
            first=first,
            last=LAST,
            watermark=_watermark(),
            rows=rows,
            found=(*_placed(differences), *lost),
        )
        return Seen(looked, extent, differences, (), lost)


def keep(found: Seen, *, ended_at: datetime) -> Look:
    """Keep the look, and put on the trail that everything was looked at, if it was."""
    root = people.root_id()
    kept = trail_services.keep_look(looked=found.looked, root_id=root, ended_at=ended_at)
    if found.looked.whole and root:
        trail_services.record_look(
            institution_id=root,
            differences=len(found.differences) + len(found.lost),
            breaks=len(found.breaks),
            at=ended_at,
        )
    return kept


def _watermark() -> date | None:
    until = ledger.closed_until()
    return until + timedelta(days=1) if until else None


def _placed(differences: Iterable[ledger.Difference]) -> Sequence[Wrong]:
    found = tuple(differences)
    homes = ledger.homes(subjects={one.subject for one in found})
    return tuple(
        Wrong(
            trail_rules.DIFFERENCE_KINDS[one.kind].check,
            one.kind,
            one.subject,
            one.found,
            homes.get(one.subject, 0),
        )
        for one in found
    )


def _told(breaks: Iterable[trail_rules.Break]) -> Sequence[Wrong]:
    return tuple(
        Wrong("trail", one.kind, f"seal {one.seq}", "", one.institution_id) for one in breaks
    )
