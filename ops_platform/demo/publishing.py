"""What the automatic tier is to decide in the demo: proposed by one, waiting for the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from authorization.rules.publishing import Terms
from authorization.selectors import publishing as selected
from authorization.selectors import tier
from authorization.services import publishing
from foundation.kernel.calendar import local
from foundation.kernel.errors import Refused
from foundation.people.models import Staff

TRADE, DAYS = "1002", 30


def propose(*, by: Staff, at: datetime, say: Callable[[str], None]) -> None:
    """Propose that withdrawals are passed automatically, where the days bear it out."""
    on = local(at).date()
    present = tier.in_force(on=on)
    assert present is not None, "the demo has its set of rules"
    bounds = selected.bounds(on=on)
    terms = Terms(bounds.most_fen, on + timedelta(days=DAYS), bounds.sample_percent)
    try:
        publishing.propose(
            tier_set=present, trade=TRADE, terms=terms, reason="小额取款试行自动通过", by=by, at=at
        )
    except Refused as refusal:
        say(f"the automatic tier is not proposed: {refusal}")
