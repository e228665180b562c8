"""Looking through the books and the trail of every institution, and noting that it was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from foundation.ledger import selectors as ledger
from foundation.people import selectors as people
from foundation.people import services as people_services
from foundation.trail import gateways
from foundation.trail import rules as trail_rules
from foundation.trail import selectors as trail
from foundation.trail import services as trail_services

FIRST, LAST = date(2000, 1, 1), date(2089, 12, 31)


@dataclass(frozen=True)
class Look:
    """What was looked at and what is wrong with it."""

    whole: bool
    extent: ledger.Extent
    differences: Sequence[ledger.Difference]
    breaks: Sequence[trail_rules.Break]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.differences and not self.breaks


def look(*, first: date = FIRST, last: date = LAST) -> Look:
    """Look through the books of these days, and through the whole trail."""
    with people_services.acting_as_system(reason="verify_books"):
        return Look(
            whole=(first, last) == (FIRST, LAST),
            extent=ledger.extent(first=first, last=last),
            differences=ledger.differences(first=first, last=last),
            breaks=trail.broken_seals(anchored=gateways.anchor().read()),
        )


def note(found: Look, *, at: datetime) -> None:
    """Put on the trail that everything was looked at; a look at some days only is not that."""
    root = people.root_id()
    if found.whole and root:
        trail_services.record_look(
            institution_id=root,
            differences=len(found.differences),
            breaks=len(found.breaks),
            at=at,
        )
