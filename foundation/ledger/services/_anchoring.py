"""Copying the heads of the chains of day seals out of the database."""

from __future__ import annotations

from datetime import datetime

from foundation.ledger import gateways, selectors


def drop_anchor(*, at: datetime) -> int:
    """Add the last seal of every institution that the anchor does not know yet; return how many."""
    anchor = gateways.anchor()
    known = anchor.read().digests
    heads = {
        place: head
        for place, head in selectors.seal_heads().items()
        if head.seq > max(known.get(place, {0: ""}))
    }
    if heads:
        anchor.add(heads, at=at)
    return len(heads)
